#include "cmd/get/name.h"

#include "cmd/get/component.h"
#include <limits.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    PATH_NAME_MAX = PATH_MAX - 256, /* leaves room for what name_distinct() adds */
    DIGITS_STEP = 8,                /* hexadecimal digits a distinct name takes at a time */
    DIGITS_MAX = 64,                /* of a SHA-256 */
};

static const char index_name[] = "index.html";

static char *name_flat(const char *path)
{
    const char *last = strrchr(path, '/');
    last = last ? last + 1 : path;
    if (!*last)
        return strdup(index_name);
    size_t length = strlen(last);
    char *name = malloc(length + 3);
    if (name)
        name[component_from_url(name, last, length)] = '\0';
    return name;
}

/* The last component, with the query: the length written. */
static size_t put_last(char *out, const char *segment, size_t length, const char *query)
{
    if (length == 0) {
        segment = index_name;
        length = sizeof index_name - 1;
    }
    if (!query)
        return component_from_url(out, segment, length);
    char *both = NULL;
    int size = asprintf(&both, "%.*s?%s", (int)length, segment, query);
    if (size < 0)
        return 0;
    size_t put = component_from_url(out, both, (size_t)size);
    free(both);
    return put;
}

void name_drop_inner(char *name, size_t last)
{
    size_t size = strlen(name + last) + 1;
    size_t keep = PATH_NAME_MAX - size;
    if (last + size <= PATH_NAME_MAX)
        return;
    while (name[keep - 1] != '/')
        keep--;
    memmove(name + keep, name + last, size);
}

static char *name_path(const struct url *url)
{
    size_t query = url->query ? strlen(url->query) : 0;
    /* A component is at most two bytes longer than what it is made from, and has a slash. */
    char *name = malloc(strlen(url->host_key) + 3 * strlen(url->path) + query + 64);
    if (!name)
        return NULL;
    size_t end = component_host(name, url);
    name[end++] = '/';
    const char *segment = url->path + (*url->path == '/');
    for (const char *slash; (slash = strchr(segment, '/')); segment = slash + 1) {
        if (slash == segment)
            continue; /* "a//b" is one directory deep for every file system */
        end += component_from_url(name + end, segment, (size_t)(slash - segment));
        name[end++] = '/';
    }
    size_t put = put_last(name + end, segment, strlen(segment), url->query);
    name[end + put] = '\0';
    if (put > 0)
        name_drop_inner(name, end);
    char *exact = put > 0 ? strdup(name) : NULL;
    free(name);
    return exact;
}

char *name_from_url(const struct url *url, enum layout layout)
{
    return layout == LAYOUT_PATH ? name_path(url) : name_flat(url->path);
}

/* Puts the directories that `path` begins with, each with a slash: where they end in `out`.
 * *segment is what remains. */
static size_t put_directories(char *out, const char *path, const char **segment)
{
    size_t end = 0;
    const char *slash;
    for (; (slash = strchr(path, '/')); path = slash + 1) {
        size_t length = (size_t)(slash - path);
        if (length == 0 || (length == 1 && *path == '.'))
            continue;
        memcpy(out + end + 1, path, length);
        end += component_make_safe(out + end, length);
        out[end++] = '/';
    }
    *segment = path;
    return end;
}

char *name_given(const char *dir, const char *path)
{
    const char *last;
    char *inside = NULL;
    /* A component is at most two bytes longer than what it is made from, and has a slash. */
    size_t size = 3 * (strlen(path) + (dir ? strlen(dir) : 0)) + 64;
    if (asprintf(&inside, "%s/%s", dir ? dir : "", path) < 0)
        return NULL;
    char *name = malloc(size);
    if (name) {
        size_t end = put_directories(name, inside, &last);
        size_t length = strlen(last);
        memcpy(name + end + 1, last, length);
        length = component_make_safe(name + end, length);
        name[end + length] = '\0';
        name_drop_inner(name, end);
    }
    free(inside);
    return name;
}

char *name_suggested(const char *name, const char *suggested)
{
    const char *slash = strrchr(name, '/');
    char *dir = slash ? strndup(name, (size_t)(slash - name)) : NULL;
    char *made = slash && !dir ? NULL : name_given(dir, suggested);
    free(dir);
    return made;
}

/* `name` with `tag` before the extension of its last component, the stem cut to make room. */
static char *name_tagged(const char *name, const char *tag)
{
    const char *slash = strrchr(name, '/');
    size_t start = slash ? (size_t)(slash + 1 - name) : 0;
    size_t length = strlen(name + start);
    size_t dot = component_extension(name + start, length);
    size_t room = NAME_MAX - strlen(tag) - (length - dot);
    size_t stem = component_cut(name + start, dot, room);

    char *tagged = NULL;
    if (asprintf(&tagged, "%.*s%s%s", (int)(start + stem), name, tag, name + start + dot) < 0)
        return NULL;
    return tagged;
}

char *name_marked(const char *name, const char *text, unsigned attempt)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    char tag[1 + DIGITS_MAX + 16];
    if (!EVP_Digest(text, strlen(text), digest, NULL, EVP_sha256(), NULL))
        return NULL;
    size_t digits = (size_t)DIGITS_STEP * (attempt + 1);
    size_t end = 1;
    tag[0] = '~';
    for (size_t i = 0; i < digits / 2 && i < DIGITS_MAX / 2; i++)
        end += (size_t)sprintf(tag + end, "%02x", digest[i]);
    /* Only a list made for the purpose comes here. */
    if (digits > DIGITS_MAX)
        sprintf(tag + end, "~%u", attempt);
    return name_tagged(name, tag);
}

char *name_distinct(const char *name, const struct url *url, unsigned attempt)
{
    /* Credentials may change, and nothing that is made from them shall be in a name. */
    char *redacted = url->has_credentials ? url_redacted(url) : NULL;
    if (url->has_credentials && !redacted)
        return NULL;
    char *marked = name_marked(name, redacted ? redacted : url->text, attempt);
    free(redacted);
    return marked;
}

char *name_numbered(const char *name, unsigned number)
{
    char tag[16];
    snprintf(tag, sizeof tag, ".%u", number);
    return name_tagged(name, tag);
}

char *name_below(const char *directory, const char *name)
{
    char *path;
    size_t length = strlen(directory);
    if (strcmp(directory, ".") == 0)
        return strdup(name);
    const char *slash = length > 0 && directory[length - 1] == '/' ? "" : "/";
    return asprintf(&path, "%s%s%s", directory, slash, name) < 0 ? NULL : path;
}
