#include "net/html/names.h"
#include <stdint.h>
#include <string.h>

/* By length and first letter, so that most names are none of ours after one look; those that share
 * both follow each other, the common ones first. */
#define LETTER(c) ((c)&31)

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
    [HTML_XML_STYLESHEET] = "?xml-stylesheet",
    [HTML_XMP] = "xmp",
};

static const uint8_t first_element[][32] = {
    [1] = {[LETTER('a')] = HTML_A, [LETTER('q')] = HTML_Q},
    [2] = {[LETTER('t')] = HTML_TD},
    [3] = {[LETTER('d')] = HTML_DEL,
           [LETTER('i')] = HTML_IMG,
           [LETTER('s')] = HTML_SVG,
           [LETTER('u')] = HTML_USE,
           [LETTER('x')] = HTML_XMP},
    [4] = {[LETTER('a')] = HTML_AREA,
           [LETTER('b')] = HTML_BASE,
           [LETTER('d')] = HTML_DESC,
           [LETTER('f')] = HTML_FORM,
           [LETTER('h')] = HTML_HEAD,
           [LETTER('l')] = HTML_LINK,
           [LETTER('m')] = HTML_META},
    [5] = {[LETTER('a')] = HTML_AUDIO,
           [LETTER('e')] = HTML_EMBED,
           [LETTER('f')] = HTML_FRAME,
           [LETTER('i')] = HTML_IMAGE,
           [LETTER('s')] = HTML_STYLE,
           [LETTER('t')] = HTML_TITLE,
           [LETTER('v')] = HTML_VIDEO},
    [6] = {[LETTER('b')] = HTML_BUTTON,
           [LETTER('i')] = HTML_IFRAME,
           [LETTER('o')] = HTML_OBJECT,
           [LETTER('s')] = HTML_SCRIPT_ELEMENT},
    [7] = {[LETTER('b')] = HTML_BGSOUND,
           [LETTER('f')] = HTML_FEIMAGE,
           [LETTER('n')] = HTML_NOEMBED},
    [8] = {[LETTER('n')] = HTML_NOFRAMES, [LETTER('t')] = HTML_TEXTAREA},
    [9] = {[LETTER('p')] = HTML_PLAINTEXT_ELEMENT},
    [10] = {[LETTER('b')] = HTML_BLOCKQUOTE},
    [13] = {[LETTER('f')] = HTML_FOREIGNOBJECT},
    [15] = {[LETTER('?')] = HTML_XML_STYLESHEET},
};

static const uint8_t next_element[HTML_ELEMENTS] = {
    [HTML_TD] = HTML_TH,
    [HTML_TH] = HTML_TR,
    [HTML_IMG] = HTML_INS,
    [HTML_BASE] = HTML_BODY,
    [HTML_HEAD] = HTML_HTML,
    [HTML_META] = HTML_MATH,
    [HTML_IMAGE] = HTML_INPUT,
    [HTML_TITLE] = HTML_TABLE,
    [HTML_TABLE] = HTML_TBODY,
    [HTML_TBODY] = HTML_TFOOT,
    [HTML_TFOOT] = HTML_THEAD,
    [HTML_THEAD] = HTML_TRACK,
    [HTML_SCRIPT_ELEMENT] = HTML_SOURCE,
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
    [HTML_ATTR_SRCDOC] = "srcdoc",
    [HTML_ATTR_SRCSET] = "srcset",
    [HTML_ATTR_STYLE] = "style",
    [HTML_ATTR_XLINK_HREF] = "xlink:href",
};

static const uint8_t first_attr[][32] = {
    [2] = {[LETTER('i')] = HTML_ATTR_ID},
    [3] = {[LETTER('r')] = HTML_ATTR_REL, [LETTER('s')] = HTML_ATTR_SRC},
    [4] = {[LETTER('c')] = HTML_ATTR_CITE,
           [LETTER('d')] = HTML_ATTR_DATA,
           [LETTER('h')] = HTML_ATTR_HREF,
           [LETTER('n')] = HTML_ATTR_NAME,
           [LETTER('p')] = HTML_ATTR_PING},
    [5] = {[LETTER('s')] = HTML_ATTR_STYLE},
    [6] = {[LETTER('a')] = HTML_ATTR_ACTION,
           [LETTER('d')] = HTML_ATTR_DYNSRC,
           [LETTER('l')] = HTML_ATTR_LOWSRC,
           [LETTER('p')] = HTML_ATTR_POSTER,
           [LETTER('s')] = HTML_ATTR_SRCSET},
    [7] = {[LETTER('c')] = HTML_ATTR_CONTENT,
           [LETTER('d')] = HTML_ATTR_DATA_BG,
           [LETTER('p')] = HTML_ATTR_PROFILE},
    [8] = {[LETTER('d')] = HTML_ATTR_DATA_SRC,
           [LETTER('i')] = HTML_ATTR_ITEMPROP,
           [LETTER('l')] = HTML_ATTR_LONGDESC,
           [LETTER('m')] = HTML_ATTR_MANIFEST,
           [LETTER('p')] = HTML_ATTR_PROPERTY},
    [9] = {[LETTER('d')] = HTML_ATTR_DATA_LAZY},
    [10] = {[LETTER('b')] = HTML_ATTR_BACKGROUND,
            [LETTER('f')] = HTML_ATTR_FORMACTION,
            [LETTER('h')] = HTML_ATTR_HTTP_EQUIV,
            [LETTER('x')] = HTML_ATTR_XLINK_HREF},
    [11] = {[LETTER('d')] = HTML_ATTR_DATA_POSTER, [LETTER('i')] = HTML_ATTR_IMAGESRCSET},
    [13] = {[LETTER('d')] = HTML_ATTR_DATA_LAZY_SRC},
    [15] = {[LETTER('d')] = HTML_ATTR_DATA_BACKGROUND},
    [16] = {[LETTER('d')] = HTML_ATTR_DATA_LAZY_SRCSET},
    [21] = {[LETTER('d')] = HTML_ATTR_DATA_BACKGROUND_IMAGE},
};

static const uint8_t next_attr[HTML_ATTRS] = {
    [HTML_ATTR_DATA_POSTER] = HTML_ATTR_DATA_SRCSET,
    [HTML_ATTR_SRCSET] = HTML_ATTR_SRCDOC,
    [HTML_ATTR_DATA_LAZY_SRC] = HTML_ATTR_DATA_ORIGINAL,
};

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

enum html_element html_element_find(const char *name, size_t length)
{
    if (length == 0 || length >= COUNT(first_element))
        return HTML_OTHER;
    uint8_t id = first_element[length][LETTER(name[0])];
    while (id && memcmp(element_names[id], name, length) != 0)
        id = next_element[id];
    return (enum html_element)id;
}

enum html_attr html_attr_find(const char *name, size_t length)
{
    if (length == 0 || length >= COUNT(first_attr))
        return HTML_ATTR_OTHER;
    uint8_t id = first_attr[length][LETTER(name[0])];
    while (id && memcmp(attr_names[id], name, length) != 0)
        id = next_attr[id];
    return (enum html_attr)id;
}

const char *html_element_name(enum html_element element)
{
    return element_names[element];
}

const char *html_attr_name(enum html_attr attribute)
{
    return attr_names[attribute];
}
