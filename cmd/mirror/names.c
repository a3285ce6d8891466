#include "cmd/mirror/names.h"

#include "cmd/get/component.h"
#include "cmd/get/name.h"
#include "cmd/mirror/types.h"
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* A path as it comes together: the component that is being made begins at `end`, and its text one
 * byte behind, for component_guard(). */
struct path {
    char *text;
    size_t end;
    size_t length; /* of the component so far */
};

/* For an extension, marks, and what is put before and after a component. */
enum { ROOM = 64 };

static char *component_text(const struct path *path)
{
    return path->text + path->end + 1;
}

static void add(struct path *path, const char *text, size_t length)
{
    memcpy(component_text(path) + path->length, text, length);
    path->length += length;
}

/* Appends raw bytes of a URL, decoded, and without those that Windows or its file systems refuse.
 */
static void add_raw(struct path *path, const char *raw, size_t length)
{
    char *at = component_text(path) + path->length;
    memcpy(at, raw, length);
    length = component_decode(at, length);
    for (size_t i = 0; i < length; i++) {
        if (at[i] && strchr("\"*:<>?|", at[i]))
            at[i] = '_';
    }
    path->length += length;
}

/* A device on Windows, whatever its extension? */
static bool is_device(const char *name, size_t length)
{
    static const char *const devices[] = {"con", "prn", "aux", "nul"};
    const char *dot = memchr(name, '.', length);
    size_t stem = dot ? (size_t)(dot - name) : length;
    for (size_t i = 0; stem == 3 && i < sizeof devices / sizeof devices[0]; i++) {
        if (strncasecmp(name, devices[i], 3) == 0)
            return true;
    }
    return stem == 4 && name[3] >= '1' && name[3] <= '9' &&
           (strncasecmp(name, "com", 3) == 0 || strncasecmp(name, "lpt", 3) == 0);
}

/* Cuts a component that is too long, and marks it with the hash of the whole. False when memory
 * runs out. */
static bool fit(struct path *path)
{
    char *name = path->text + path->end;
    name[path->length] = '\0';
    char *marked = name_marked(name, name, 0);
    if (!marked)
        return false;
    path->length = strlen(marked);
    memcpy(name, marked, path->length);
    free(marked);
    return true;
}

/* The component is complete: it is made safe, and the next one begins. False when memory runs out.
 */
static bool close_component(struct path *path)
{
    char *name = path->text + path->end;
    path->length = component_guard(name, path->length);
    path->length = component_guard_end(name, path->length);
    if (is_device(name, path->length)) {
        memmove(name + 1, name, path->length);
        name[0] = '_';
        path->length++;
    }
    if (path->length > NAME_MAX && !fit(path))
        return false;
    path->end += path->length;
    path->text[path->end] = '\0';
    path->length = 0;
    return true;
}

/* Puts the directories of `segment`, less the first `skip`. What remains is the last segment; NULL
 * when memory runs out. */
static const char *add_directories(struct path *path, const char *segment, unsigned skip)
{
    const char *slash;
    for (; (slash = strchr(segment, '/')); segment = slash + 1) {
        if (slash == segment)
            continue; /* "a//b" is one directory deep for every file system */
        if (skip > 0) {
            skip--;
            continue;
        }
        add_raw(path, segment, (size_t)(slash - segment));
        if (!close_component(path))
            return NULL;
        path->text[path->end++] = '/';
    }
    return segment;
}

/* What the file's name is to get after it, NULL: nothing. `own` is what its segment of the URL ends
 * in; that counts where the type says nothing and a query comes behind it. */
static const char *choose_extension(const struct path *path, const char *content_type,
                                    bool is_index, const char *own)
{
    const char *usual = type_usual_extension(content_type);
    if (is_index)
        return usual ? usual : "html";
    if (!usual)
        return *own ? own : NULL;
    return type_extension(content_type, component_text(path), path->length);
}

/* Puts the file's name. False when memory runs out. */
static bool add_file(struct path *path, const char *segment, const char *query,
                     const char *content_type)
{
    char own[ROOM / 2] = "";
    bool is_index = !*segment;
    if (is_index)
        add(path, "index", 5);
    add_raw(path, segment, strlen(segment));
    if (query) {
        size_t dot = component_extension(component_text(path), path->length);
        size_t length = path->length - dot;
        if (length > 1 && length < sizeof own)
            memcpy(own, component_text(path) + dot + 1, length - 1);
        add(path, "@", 1);
        add_raw(path, query, strlen(query));
    }
    const char *extension = choose_extension(path, content_type, is_index, own);
    if (extension) {
        add(path, ".", 1);
        add(path, extension, strlen(extension));
    }
    return close_component(path);
}

char *names_plain(const struct names_layout *layout, const struct url *url,
                  const char *content_type)
{
    size_t query = url->query ? strlen(url->query) : 0;
    /* What a component gets beyond its bytes of the URL: a slash and two that guard it. */
    size_t size = strlen(url->host_key) + 4 * strlen(url->path) + query + ROOM;
    struct path path = {.text = malloc(size)};
    if (!path.text)
        return NULL;
    if (!layout->no_host) {
        path.end = component_host(path.text, url);
        path.text[path.end++] = '/';
    }
    const char *segment = url->path + (*url->path == '/');
    segment = add_directories(&path, segment, layout->cut_dirs);
    size_t last = path.end;
    char *name = NULL;
    if (segment && add_file(&path, segment, url->query, content_type)) {
        name_drop_inner(path.text, last);
        name = strdup(path.text);
    }
    free(path.text);
    return name;
}

/* The code points of two bytes that have a lower case of two bytes, `distance` away. */
static unsigned fold_two(unsigned point)
{
    bool latin = point >= 0xc0 && point <= 0xde && point != 0xd7;
    bool greek = point >= 0x391 && point <= 0x3a9;
    bool cyrillic = point >= 0x410 && point <= 0x42f;
    if (latin || greek || cyrillic)
        return point + 0x20;
    return point >= 0x400 && point <= 0x40f ? point + 0x50 : point;
}

char *names_key(const char *name)
{
    char *key = strdup(name);
    for (char *at = key; at && *at; at++) {
        if (*at >= 'A' && *at <= 'Z')
            *at |= 0x20;
        if (((unsigned char)at[0] >> 5) != 6 || ((unsigned char)at[1] >> 6) != 2)
            continue;
        unsigned point = fold_two(((unsigned)at[0] & 0x1f) << 6 | ((unsigned)at[1] & 0x3f));
        *at++ = (char)(0xc0 | point >> 6);
        *at = (char)(0x80 | (point & 0x3f));
    }
    return key;
}
