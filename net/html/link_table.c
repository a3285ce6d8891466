#include "net/html/link_table.h"
#include <string.h>
#include <strings.h>

#define BIT(element) (UINT64_C(1) << HTML_##element)

#define EVERY        0
#define SCRIPTS      BIT(SCRIPT_ELEMENT)
#define MEDIA        (BIT(VIDEO) | BIT(AUDIO) | BIT(SOURCE))
#define FRAMES       (BIT(IFRAME) | BIT(FRAME))
#define PICTURES     (BIT(IMG) | BIT(SOURCE))
#define CELLS        (BIT(TABLE) | BIT(THEAD) | BIT(TBODY) | BIT(TFOOT) | BIT(TR) | BIT(TH) | BIT(TD))

#define ROW(attribute, kind, content, elements)                                          \
    {                                                                                    \
        HTML_ATTR_##attribute, HTML_LINK_##kind, HTML_CONTENT_##content, false, elements \
    }
#define ROW_FOREIGN(attribute, kind, content, elements)                                 \
    {                                                                                   \
        HTML_ATTR_##attribute, HTML_LINK_##kind, HTML_CONTENT_##content, true, elements \
    }

_Static_assert(HTML_ELEMENTS <= 64, "an element is a bit");

/* The index of attributes of the WHATWG's HTML, SVG 2, HTML 4, and what scripts that load pictures
 * late read. What is common stands first. */
static const struct html_link_rule rules[] = {
    ROW(HREF, NAVIGATION, URL, BIT(A) | BIT(AREA)),
    ROW(STYLE, REQUISITE, CSS, EVERY),
    ROW(SRC, REQUISITE, URL,
        PICTURES | MEDIA | FRAMES | SCRIPTS | BIT(TRACK) | BIT(EMBED) | BIT(INPUT) | BIT(IMAGE) |
            BIT(BGSOUND)),
    ROW(HREF, ALTERNATE, RELATED, BIT(LINK)),
    ROW(HREF, BASE, URL, BIT(BASE)),
    ROW(HREF, REQUISITE, URL, BIT(XML_STYLESHEET)),
    ROW(CONTENT, ALTERNATE, META, BIT(META)),
    ROW(SRCSET, REQUISITE, SRCSET, PICTURES | BIT(IMAGE)),
    ROW(SRCDOC, REQUISITE, DOCUMENT, BIT(IFRAME)),
    ROW(IMAGESRCSET, REQUISITE, SRCSET, BIT(LINK)),
    ROW(DATA, REQUISITE, URL, BIT(OBJECT)),
    ROW(POSTER, REQUISITE, URL, BIT(VIDEO)),
    ROW(ACTION, ACTION, URL, BIT(FORM)),
    ROW(FORMACTION, ACTION, URL, BIT(BUTTON) | BIT(INPUT)),
    ROW(PING, ACTION, LIST, BIT(A) | BIT(AREA)),
    ROW(CITE, ALTERNATE, URL, BIT(BLOCKQUOTE) | BIT(Q) | BIT(INS) | BIT(DEL)),

    ROW_FOREIGN(HREF, REQUISITE, URL, BIT(USE) | BIT(IMAGE) | BIT(FEIMAGE) | SCRIPTS),
    ROW_FOREIGN(XLINK_HREF, NAVIGATION, URL, BIT(A)),
    ROW_FOREIGN(XLINK_HREF, REQUISITE, URL, BIT(USE) | BIT(IMAGE) | BIT(FEIMAGE) | SCRIPTS),

    ROW(BACKGROUND, REQUISITE, URL, BIT(BODY) | CELLS),
    ROW(LOWSRC, REQUISITE, URL, BIT(IMG)),
    ROW(DYNSRC, REQUISITE, URL, BIT(IMG)),
    ROW(MANIFEST, REQUISITE, URL, BIT(HTML)),
    ROW(LONGDESC, ALTERNATE, URL, BIT(IMG) | FRAMES),
    ROW(PROFILE, ALTERNATE, URL, BIT(HEAD)),

    ROW(DATA_SRC, REQUISITE, URL, PICTURES | MEDIA | FRAMES | SCRIPTS | BIT(EMBED)),
    ROW(DATA_SRCSET, REQUISITE, SRCSET, PICTURES),
    ROW(DATA_LAZY, REQUISITE, URL, BIT(IMG)),
    ROW(DATA_LAZY_SRC, REQUISITE, URL, PICTURES | FRAMES),
    ROW(DATA_LAZY_SRCSET, REQUISITE, SRCSET, PICTURES),
    ROW(DATA_ORIGINAL, REQUISITE, URL, BIT(IMG)),
    ROW(DATA_POSTER, REQUISITE, URL, BIT(VIDEO)),
    ROW(DATA_BG, REQUISITE, CSS_OR_URL, EVERY),
    ROW(DATA_BACKGROUND, REQUISITE, CSS_OR_URL, EVERY),
    ROW(DATA_BACKGROUND_IMAGE, REQUISITE, CSS_OR_URL, EVERY),
};

/* What a rel makes of a link; the first row that is there decides. Every other word is about
 * something that may be instead of the page, or about it. */
static const struct related {
    const char *word;
    enum html_link_kind kind;
    bool is_document;
    bool stylesheet;
} related[] = {
    {"stylesheet", HTML_LINK_REQUISITE, true, true},
    {"icon", HTML_LINK_REQUISITE, true, false}, /* also as "shortcut icon" */
    {"apple-touch-icon", HTML_LINK_REQUISITE, true, false},
    {"apple-touch-icon-precomposed", HTML_LINK_REQUISITE, true, false},
    {"apple-touch-startup-image", HTML_LINK_REQUISITE, true, false},
    {"mask-icon", HTML_LINK_REQUISITE, true, false},
    {"fluid-icon", HTML_LINK_REQUISITE, true, false},
    {"manifest", HTML_LINK_REQUISITE, true, false},
    {"preload", HTML_LINK_REQUISITE, true, false},
    {"modulepreload", HTML_LINK_REQUISITE, true, false},
    {"image_src", HTML_LINK_REQUISITE, true, false},
    {"dns-prefetch", HTML_LINK_ALTERNATE, false, false},
    {"preconnect", HTML_LINK_ALTERNATE, false, false},
    {"pingback", HTML_LINK_ACTION, true, false},
    {"webmention", HTML_LINK_ACTION, true, false},
};

static const char *const meta_links[] = {
    "og:image",
    "og:image:url",
    "og:image:secure_url",
    "og:video",
    "og:video:url",
    "og:video:secure_url",
    "og:audio",
    "og:audio:url",
    "og:audio:secure_url",
    "twitter:image",
    "twitter:image:src",
    "msapplication-tileimage",
    "msapplication-square70x70logo",
    "msapplication-square150x150logo",
    "msapplication-square310x310logo",
    "msapplication-wide310x150logo",
    "msapplication-config",
    "image",
    "thumbnailurl",
};

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

const struct html_link_rule *html_link_rule_find(enum html_element element,
                                                 enum html_attr attribute, bool foreign)
{
    for (const struct html_link_rule *rule = rules; rule < rules + COUNT(rules); rule++)
        if (rule->attribute == attribute && (foreign || !rule->foreign) &&
            (rule->elements == EVERY || rule->elements & UINT64_C(1) << element))
            return rule;
    return NULL;
}

bool html_has_word(const char *text, size_t length, const char *word)
{
    size_t size = strlen(word);
    for (size_t at = 0, end; at < length; at = end + 1) {
        end = at;
        while (end < length && !html_is_blank(text[end]))
            end++;
        if (end - at == size && strncasecmp(text + at, word, size) == 0)
            return true;
    }
    return false;
}

bool html_link_rel(const char *rel, size_t length, enum html_link_kind *kind, bool *stylesheet)
{
    *kind = HTML_LINK_ALTERNATE;
    *stylesheet = false;
    for (size_t i = 0; i < COUNT(related); i++) {
        if (!html_has_word(rel, length, related[i].word))
            continue;
        *kind = related[i].kind;
        *stylesheet = related[i].stylesheet;
        return related[i].is_document;
    }
    return true;
}

bool html_meta_is_link(const char *name, size_t length)
{
    for (size_t i = 0; i < COUNT(meta_links); i++)
        if (strlen(meta_links[i]) == length && strncasecmp(meta_links[i], name, length) == 0)
            return true;
    return false;
}
