#include "net/html/names.h"
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* By their length, so that most names are none of ours after one look. 0 ends a list. */
static const char element_names[][16] = {
    [0] = "",
    [HTML_A] = "a",
    [HTML_AREA] = "area",
    [HTML_AUDIO] = "audio",
    [HTML_BASE] = "base",
    [HTML_BGSOUND] = "bgsound",
    [HTML_BLOCKQUOTE] = "blockquote",
    [HTML_BODY] = "body",
    [HTML_BUTTON] = "button",
    [HTML_DEL] = "del",
    [HTML_DESC] = "desc",
    [HTML_EMBED] = "embed",
    [HTML_FEIMAGE] = "feimage",
    [HTML_FOREIGNOBJECT] = "foreignobject",
    [HTML_FORM] = "form",
    [HTML_FRAME] = "frame",
    [HTML_HEAD] = "head",
    [HTML_HTML] = "html",
    [HTML_IFRAME] = "iframe",
    [HTML_IMAGE] = "image",
    [HTML_IMG] = "img",
    [HTML_INPUT] = "input",
    [HTML_INS] = "ins",
    [HTML_LINK] = "link",
    [HTML_MATH] = "math",
    [HTML_META] = "meta",
    [HTML_NOEMBED] = "noembed",
    [HTML_NOFRAMES] = "noframes",
    [HTML_OBJECT] = "object",
    [HTML_PLAINTEXT_ELEMENT] = "plaintext",
    [HTML_Q] = "q",
    [HTML_SCRIPT_ELEMENT] = "script",
    [HTML_SOURCE] = "source",
    [HTML_STYLE] = "style",
    [HTML_SVG] = "svg",
    [HTML_TABLE] = "table",
    [HTML_TBODY] = "tbody",
    [HTML_TD] = "td",
    [HTML_TEXTAREA] = "textarea",
    [HTML_TFOOT] = "tfoot",
    [HTML_TH] = "th",
    [HTML_THEAD] = "thead",
    [HTML_TITLE] = "title",
    [HTML_TR] = "tr",
    [HTML_TRACK] = "track",
    [HTML_USE] = "use",
    [HTML_VIDEO] = "video",
    [HTML_XMP] = "xmp",
};

static const uint8_t elements_of_length[][14] = {
    [1] = {HTML_A, HTML_Q},
    [2] = {HTML_TD, HTML_TH, HTML_TR},
    [3] = {HTML_DEL, HTML_IMG, HTML_INS, HTML_SVG, HTML_USE, HTML_XMP},
    [4] = {HTML_AREA, HTML_BASE, HTML_BODY, HTML_DESC, HTML_FORM, HTML_HEAD, HTML_HTML, HTML_LINK,
           HTML_MATH, HTML_META},
    [5] = {HTML_AUDIO, HTML_EMBED, HTML_FRAME, HTML_IMAGE, HTML_INPUT, HTML_STYLE, HTML_TABLE,
           HTML_TBODY, HTML_TFOOT, HTML_THEAD, HTML_TITLE, HTML_TRACK, HTML_VIDEO},
    [6] = {HTML_BUTTON, HTML_IFRAME, HTML_OBJECT, HTML_SCRIPT_ELEMENT, HTML_SOURCE},
    [7] = {HTML_BGSOUND, HTML_FEIMAGE, HTML_NOEMBED},
    [8] = {HTML_NOFRAMES, HTML_TEXTAREA},
    [9] = {HTML_PLAINTEXT_ELEMENT},
    [10] = {HTML_BLOCKQUOTE},
    [13] = {HTML_FOREIGNOBJECT},
};

static const char attr_names[][24] = {
    [0] = "",
    [HTML_ATTR_ACTION] = "action",
    [HTML_ATTR_BACKGROUND] = "background",
    [HTML_ATTR_CITE] = "cite",
    [HTML_ATTR_CONTENT] = "content",
    [HTML_ATTR_DATA] = "data",
    [HTML_ATTR_DATA_BACKGROUND] = "data-background",
    [HTML_ATTR_DATA_BACKGROUND_IMAGE] = "data-background-image",
    [HTML_ATTR_DATA_BG] = "data-bg",
    [HTML_ATTR_DATA_LAZY] = "data-lazy",
    [HTML_ATTR_DATA_LAZY_SRC] = "data-lazy-src",
    [HTML_ATTR_DATA_LAZY_SRCSET] = "data-lazy-srcset",
    [HTML_ATTR_DATA_ORIGINAL] = "data-original",
    [HTML_ATTR_DATA_POSTER] = "data-poster",
    [HTML_ATTR_DATA_SRC] = "data-src",
    [HTML_ATTR_DATA_SRCSET] = "data-srcset",
    [HTML_ATTR_DYNSRC] = "dynsrc",
    [HTML_ATTR_FORMACTION] = "formaction",
    [HTML_ATTR_HREF] = "href",
    [HTML_ATTR_HTTP_EQUIV] = "http-equiv",
    [HTML_ATTR_ID] = "id",
    [HTML_ATTR_IMAGESRCSET] = "imagesrcset",
    [HTML_ATTR_ITEMPROP] = "itemprop",
    [HTML_ATTR_LONGDESC] = "longdesc",
    [HTML_ATTR_LOWSRC] = "lowsrc",
    [HTML_ATTR_MANIFEST] = "manifest",
    [HTML_ATTR_NAME] = "name",
    [HTML_ATTR_PING] = "ping",
    [HTML_ATTR_POSTER] = "poster",
    [HTML_ATTR_PROFILE] = "profile",
    [HTML_ATTR_PROPERTY] = "property",
    [HTML_ATTR_REL] = "rel",
    [HTML_ATTR_SRC] = "src",
    [HTML_ATTR_SRCSET] = "srcset",
    [HTML_ATTR_STYLE] = "style",
    [HTML_ATTR_XLINK_HREF] = "xlink:href",
};

static const uint8_t attrs_of_length[][7] = {
    [2] = {HTML_ATTR_ID},
    [3] = {HTML_ATTR_REL, HTML_ATTR_SRC},
    [4] = {HTML_ATTR_CITE, HTML_ATTR_DATA, HTML_ATTR_HREF, HTML_ATTR_NAME, HTML_ATTR_PING},
    [5] = {HTML_ATTR_STYLE},
    [6] = {HTML_ATTR_ACTION, HTML_ATTR_DYNSRC, HTML_ATTR_LOWSRC, HTML_ATTR_POSTER,
           HTML_ATTR_SRCSET},
    [7] = {HTML_ATTR_CONTENT, HTML_ATTR_DATA_BG, HTML_ATTR_PROFILE},
    [8] = {HTML_ATTR_DATA_SRC, HTML_ATTR_ITEMPROP, HTML_ATTR_LONGDESC, HTML_ATTR_MANIFEST,
           HTML_ATTR_PROPERTY},
    [9] = {HTML_ATTR_DATA_LAZY},
    [10] = {HTML_ATTR_BACKGROUND, HTML_ATTR_FORMACTION, HTML_ATTR_HTTP_EQUIV, HTML_ATTR_XLINK_HREF},
    [11] = {HTML_ATTR_DATA_POSTER, HTML_ATTR_DATA_SRCSET, HTML_ATTR_IMAGESRCSET},
    [13] = {HTML_ATTR_DATA_LAZY_SRC, HTML_ATTR_DATA_ORIGINAL},
    [15] = {HTML_ATTR_DATA_BACKGROUND},
    [16] = {HTML_ATTR_DATA_LAZY_SRCSET},
    [21] = {HTML_ATTR_DATA_BACKGROUND_IMAGE},
};

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static bool is_name(const char *ours, const char *name, size_t length)
{
    return ours[0] == name[0] && memcmp(ours, name, length) == 0;
}

enum html_element html_element_find(const char *name, size_t length)
{
    if (length >= COUNT(elements_of_length))
        return HTML_OTHER;
    const uint8_t *id = elements_of_length[length];
    while (*id && !is_name(element_names[*id], name, length))
        id++;
    return (enum html_element)id[0];
}

enum html_attr html_attr_find(const char *name, size_t length)
{
    if (length >= COUNT(attrs_of_length))
        return HTML_ATTR_OTHER;
    const uint8_t *id = attrs_of_length[length];
    while (*id && !is_name(attr_names[*id], name, length))
        id++;
    return (enum html_attr)id[0];
}

const char *html_element_name(enum html_element element)
{
    return element_names[element];
}

const char *html_attr_name(enum html_attr attribute)
{
    return attr_names[attribute];
}
