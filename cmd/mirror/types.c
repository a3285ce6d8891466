#include "cmd/mirror/types.h"

#include <string.h>
#include <strings.h>

enum { PLAIN_TEXT }; /* of no use as a type where servers know none better */

static const struct type {
    const char *name;
    const char *extension; /* what a name gets */
    const char *others;    /* with which it is as right, separated by blanks */
} types[] = {
    [PLAIN_TEXT] = {"text/plain", "txt", ""},
    {"text/html", "html", "htm"},
    {"application/xhtml+xml", "xhtml", "xht"},
    {"text/css", "css", ""},
    {"text/javascript", "js", "mjs"},
    {"application/javascript", "js", "mjs"},
    {"application/x-javascript", "js", "mjs"},
    {"application/ecmascript", "js", "mjs"},
    {"application/json", "json", "map webmanifest geojson topojson"},
    {"application/manifest+json", "webmanifest", "json"},
    {"application/wasm", "wasm", ""},
    {"application/pdf", "pdf", ""},
    {"application/xml", "xml", "xsl xslt xsd rss atom rdf svg"},
    {"text/xml", "xml", "xsl xslt xsd rss atom rdf svg"},
    {"application/xslt+xml", "xsl", "xslt"},
    {"application/rss+xml", "rss", "xml"},
    {"application/atom+xml", "atom", "xml"},
    {"application/rdf+xml", "rdf", "xml"},
    {"text/vtt", "vtt", ""},
    {"image/svg+xml", "svg", "svgz"},
    {"image/png", "png", "apng"},
    {"image/apng", "apng", "png"},
    {"image/jpeg", "jpg", "jpeg jpe jfif"},
    {"image/gif", "gif", ""},
    {"image/webp", "webp", ""},
    {"image/avif", "avif", ""},
    {"image/bmp", "bmp", "dib"},
    {"image/x-icon", "ico", "cur"},
    {"image/vnd.microsoft.icon", "ico", "cur"},
    {"image/tiff", "tiff", "tif"},
    {"font/woff", "woff", ""},
    {"font/woff2", "woff2", ""},
    {"font/ttf", "ttf", ""},
    {"font/otf", "otf", ""},
    {"video/mp4", "mp4", "m4v"},
    {"video/webm", "webm", ""},
    {"video/ogg", "ogv", "ogg"},
    {"audio/mpeg", "mp3", ""},
    {"audio/mp4", "m4a", "mp4"},
    {"audio/ogg", "ogg", "oga opus"},
    {"audio/wav", "wav", ""},
    {"audio/flac", "flac", ""},
};

enum { TYPES = sizeof types / sizeof types[0] };

/* What browsers render or run rather than show as text. */
static const char active[] = "html htm xhtml xht svg svgz css js mjs pdf xml xsl xslt";

static const struct type *find_type(const char *content_type)
{
    content_type += strspn(content_type, " \t");
    size_t length = strcspn(content_type, "; \t,");
    for (size_t i = 0; i < TYPES; i++) {
        if (strlen(types[i].name) == length &&
            strncasecmp(types[i].name, content_type, length) == 0)
            return &types[i];
    }
    return NULL;
}

/* Is `extension` one of `list`? */
static bool is_one_of(const char *list, const char *extension, size_t length)
{
    while (*list) {
        size_t next = strcspn(list, " ");
        if (next == length && strncasecmp(list, extension, length) == 0)
            return true;
        list += next + (list[next] == ' ');
    }
    return false;
}

/* What follows the last dot of the name, if there is a stem before it. */
static size_t find_extension(const char *name, size_t length, const char **extension)
{
    const char *dot = memrchr(name, '.', length);
    *extension = dot && dot > name ? dot + 1 : name + length;
    return (size_t)(name + length - *extension);
}

bool type_leads_on(const char *name)
{
    const char *base = strrchr(name, '/');
    const char *extension;
    base = base ? base + 1 : name;
    size_t length = find_extension(base, strlen(base), &extension);
    return is_one_of("html htm xhtml xht css svg xml rss atom", extension, length);
}

const char *type_usual_extension(const char *content_type)
{
    const struct type *type = content_type ? find_type(content_type) : NULL;
    return type ? type->extension : NULL;
}

const char *type_extension(const char *content_type, const char *name, size_t length)
{
    const char *has;
    size_t has_length = find_extension(name, length, &has);
    const struct type *type = content_type ? find_type(content_type) : NULL;
    if (!type || is_one_of(type->extension, has, has_length) ||
        is_one_of(type->others, has, has_length))
        return NULL;
    if (type == &types[PLAIN_TEXT] && !is_one_of(active, has, has_length))
        return NULL;
    return type->extension;
}
