/* names.h - the names of elements and attributes that somebody here asks for.
 *
 * Everything else is HTML_OTHER and HTML_ATTR_OTHER. Names are compared as the tokenizer gives
 * them, in lower case. Any thread; nothing here parks.
 */
#ifndef NET_HTML_NAMES_H
#define NET_HTML_NAMES_H

#include <stddef.h>

enum html_element {
    HTML_OTHER,
    HTML_A,
    HTML_AREA,
    HTML_AUDIO,
    HTML_BASE,
    HTML_BGSOUND,
    HTML_BLOCKQUOTE,
    HTML_BODY,
    HTML_BUTTON,
    HTML_DEL,
    HTML_DESC,
    HTML_EMBED,
    HTML_FEIMAGE,
    HTML_FOREIGNOBJECT,
    HTML_FORM,
    HTML_FRAME,
    HTML_HEAD,
    HTML_HTML,
    HTML_IFRAME,
    HTML_IMAGE,
    HTML_IMG,
    HTML_INPUT,
    HTML_INS,
    HTML_LINK,
    HTML_MATH,
    HTML_META,
    HTML_NOEMBED,
    HTML_NOFRAMES,
    HTML_OBJECT,
    HTML_PLAINTEXT_ELEMENT,
    HTML_Q,
    HTML_SCRIPT_ELEMENT,
    HTML_SOURCE,
    HTML_STYLE,
    HTML_SVG,
    HTML_TABLE,
    HTML_TBODY,
    HTML_TD,
    HTML_TEXTAREA,
    HTML_TFOOT,
    HTML_TH,
    HTML_THEAD,
    HTML_TITLE,
    HTML_TR,
    HTML_TRACK,
    HTML_USE,
    HTML_VIDEO,
    HTML_XML_STYLESHEET, /* of XML: the processing instruction, as if it were an element */
    HTML_XMP,
    HTML_ELEMENTS
};

enum html_attr {
    HTML_ATTR_OTHER,
    HTML_ATTR_ACTION,
    HTML_ATTR_BACKGROUND,
    HTML_ATTR_CITE,
    HTML_ATTR_CONTENT,
    HTML_ATTR_DATA,
    HTML_ATTR_DATA_BACKGROUND,
    HTML_ATTR_DATA_BACKGROUND_IMAGE,
    HTML_ATTR_DATA_BG,
    HTML_ATTR_DATA_LAZY,
    HTML_ATTR_DATA_LAZY_SRC,
    HTML_ATTR_DATA_LAZY_SRCSET,
    HTML_ATTR_DATA_ORIGINAL,
    HTML_ATTR_DATA_POSTER,
    HTML_ATTR_DATA_SRC,
    HTML_ATTR_DATA_SRCSET,
    HTML_ATTR_DYNSRC,
    HTML_ATTR_FORMACTION,
    HTML_ATTR_HREF,
    HTML_ATTR_HTTP_EQUIV,
    HTML_ATTR_ID,
    HTML_ATTR_IMAGESRCSET,
    HTML_ATTR_ITEMPROP,
    HTML_ATTR_LONGDESC,
    HTML_ATTR_LOWSRC,
    HTML_ATTR_MANIFEST,
    HTML_ATTR_NAME,
    HTML_ATTR_PING,
    HTML_ATTR_POSTER,
    HTML_ATTR_PROFILE,
    HTML_ATTR_PROPERTY,
    HTML_ATTR_REL,
    HTML_ATTR_SRC,
    HTML_ATTR_SRCDOC,
    HTML_ATTR_SRCSET,
    HTML_ATTR_STYLE,
    HTML_ATTR_XLINK_HREF,
    HTML_ATTRS
};

enum html_element html_element_find(const char *name, size_t length);
enum html_attr html_attr_find(const char *name, size_t length);

/* "a", "xlink:href"; "" for OTHER. */
const char *html_element_name(enum html_element element);
const char *html_attr_name(enum html_attr attribute);

#endif
