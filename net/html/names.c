#include "net/html/names.h"
#include <stdint.h>
#include <string.h>

/* By their length, so that most names are no name of ours after one look. */
struct name {
    char text[19];
    uint8_t id;
};

static const struct name elements[][13] = {
    [1] = {{"a", HTML_A}, {"q", HTML_Q}},
    [2] = {{"td", HTML_TD}, {"th", HTML_TH}, {"tr", HTML_TR}},
    [3] = {{"del", HTML_DEL},
           {"img", HTML_IMG},
           {"ins", HTML_INS},
           {"svg", HTML_SVG},
           {"use", HTML_USE},
           {"xmp", HTML_XMP}},
    [4] = {{"area", HTML_AREA},
           {"base", HTML_BASE},
           {"body", HTML_BODY},
           {"desc", HTML_DESC},
           {"form", HTML_FORM},
           {"head", HTML_HEAD},
           {"html", HTML_HTML},
           {"link", HTML_LINK},
           {"math", HTML_MATH},
           {"meta", HTML_META}},
    [5] = {{"audio", HTML_AUDIO},
           {"embed", HTML_EMBED},
           {"frame", HTML_FRAME},
           {"image", HTML_IMAGE},
           {"input", HTML_INPUT},
           {"style", HTML_STYLE},
           {"table", HTML_TABLE},
           {"tbody", HTML_TBODY},
           {"tfoot", HTML_TFOOT},
           {"thead", HTML_THEAD},
           {"title", HTML_TITLE},
           {"track", HTML_TRACK},
           {"video", HTML_VIDEO}},
    [6] = {{"applet", HTML_APPLET},
           {"button", HTML_BUTTON},
           {"iframe", HTML_IFRAME},
           {"object", HTML_OBJECT},
           {"script", HTML_SCRIPT_ELEMENT},
           {"source", HTML_SOURCE}},
    [7] = {{"bgsound", HTML_BGSOUND},
           {"command", HTML_COMMAND},
           {"feimage", HTML_FEIMAGE},
           {"noembed", HTML_NOEMBED}},
    [8] = {{"noframes", HTML_NOFRAMES}, {"textarea", HTML_TEXTAREA}},
    [9] = {{"plaintext", HTML_PLAINTEXT_ELEMENT}},
    [10] = {{"blockquote", HTML_BLOCKQUOTE}},
    [13] = {{"foreignobject", HTML_FOREIGNOBJECT}},
};

static const struct name attributes[][8] = {
    [2] = {{"id", HTML_ATTR_ID}},
    [3] = {{"rel", HTML_ATTR_REL}, {"src", HTML_ATTR_SRC}},
    [4] = {{"cite", HTML_ATTR_CITE},
           {"code", HTML_ATTR_CODE},
           {"data", HTML_ATTR_DATA},
           {"href", HTML_ATTR_HREF},
           {"icon", HTML_ATTR_ICON},
           {"name", HTML_ATTR_NAME},
           {"ping", HTML_ATTR_PING},
           {"type", HTML_ATTR_TYPE}},
    [5] = {{"style", HTML_ATTR_STYLE}},
    [6] = {{"action", HTML_ATTR_ACTION},
           {"dynsrc", HTML_ATTR_DYNSRC},
           {"lowsrc", HTML_ATTR_LOWSRC},
           {"poster", HTML_ATTR_POSTER},
           {"srcset", HTML_ATTR_SRCSET},
           {"usemap", HTML_ATTR_USEMAP}},
    [7] = {{"archive", HTML_ATTR_ARCHIVE},
           {"classid", HTML_ATTR_CLASSID},
           {"content", HTML_ATTR_CONTENT},
           {"data-bg", HTML_ATTR_DATA_BG},
           {"profile", HTML_ATTR_PROFILE}},
    [8] = {{"codebase", HTML_ATTR_CODEBASE},
           {"data-src", HTML_ATTR_DATA_SRC},
           {"itemprop", HTML_ATTR_ITEMPROP},
           {"longdesc", HTML_ATTR_LONGDESC},
           {"manifest", HTML_ATTR_MANIFEST},
           {"property", HTML_ATTR_PROPERTY}},
    [9] = {{"data-href", HTML_ATTR_DATA_HREF}, {"data-lazy", HTML_ATTR_DATA_LAZY}},
    [10] = {{"background", HTML_ATTR_BACKGROUND},
            {"formaction", HTML_ATTR_FORMACTION},
            {"http-equiv", HTML_ATTR_HTTP_EQUIV},
            {"xlink:href", HTML_ATTR_XLINK_HREF}},
    [11] = {{"data-poster", HTML_ATTR_DATA_POSTER},
            {"data-srcset", HTML_ATTR_DATA_SRCSET},
            {"imagesrcset", HTML_ATTR_IMAGESRCSET}},
    [13] = {{"data-lazy-src", HTML_ATTR_DATA_LAZY_SRC}, {"data-original", HTML_ATTR_DATA_ORIGINAL}},
    [15] = {{"data-background", HTML_ATTR_DATA_BACKGROUND}},
    [16] = {{"data-lazy-srcset", HTML_ATTR_DATA_LAZY_SRCSET}},
};

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static unsigned find(const struct name *names, size_t count, const char *name, size_t length)
{
    for (size_t i = 0; i < count && names[i].id; i++)
        if (names[i].text[0] == name[0] && memcmp(names[i].text, name, length) == 0)
            return names[i].id;
    return 0;
}

static const char *name_of(const struct name *names, size_t count, unsigned id)
{
    for (size_t i = 0; i < count; i++)
        if (names[i].id == id && id)
            return names[i].text;
    return "";
}

enum html_element html_element_find(const char *name, size_t length)
{
    if (length >= COUNT(elements))
        return HTML_OTHER;
    return (enum html_element)find(elements[length], COUNT(elements[0]), name, length);
}

enum html_attr html_attr_find(const char *name, size_t length)
{
    if (length >= COUNT(attributes))
        return HTML_ATTR_OTHER;
    return (enum html_attr)find(attributes[length], COUNT(attributes[0]), name, length);
}

const char *html_element_name(enum html_element element)
{
    return name_of(elements[0], sizeof elements / sizeof elements[0][0], element);
}

const char *html_attr_name(enum html_attr attribute)
{
    return name_of(attributes[0], sizeof attributes / sizeof attributes[0][0], attribute);
}
