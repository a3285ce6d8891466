#include "cmd/mirror/reference.h"

#include <string.h>

/* Appends `name`, percent-encoded but for what means itself in every URL and every syntax that
 * convert.h knows: the new end. */
static char *put_encoded(char *end, const char *name)
{
    static const char hex[] = "0123456789ABCDEF";
    for (const unsigned char *at = (const unsigned char *)name; *at; at++) {
        unsigned char letter = *at | 0x20;
        if ((letter >= 'a' && letter <= 'z') || (*at >= '0' && *at <= '9') ||
            strchr("-._~/@=+,", *at)) {
            *end++ = (char)*at;
        } else {
            *end++ = '%';
            *end++ = hex[*at >> 4];
            *end++ = hex[*at & 15];
        }
    }
    return end;
}

/* How many bytes of both are the same directories. */
static size_t common_length(const char *a, const char *b)
{
    size_t common = 0;
    for (size_t i = 0; a[i] && a[i] == b[i]; i++) {
        if (a[i] == '/')
            common = i + 1;
    }
    return common;
}

static size_t count_slashes(const char *path)
{
    size_t count = 0;
    for (; (path = strchr(path, '/')); path++)
        count++;
    return count;
}

size_t reference_room(const char *from, const char *to, const char *fragment)
{
    size_t common = common_length(from, to);
    size_t up = count_slashes(from + common);
    return 3 * up + 3 * strlen(to + common) + (fragment ? strlen(fragment) : 0) + 2;
}

size_t reference_to_file(char *out, const char *from, const char *to, const char *fragment)
{
    size_t common = common_length(from, to);
    size_t up = count_slashes(from + common);
    char *end = out;
    while (up-- > 0)
        end = stpcpy(end, "../");
    if (!fragment || strcmp(from, to) != 0)
        end = put_encoded(end, to + common);
    if (fragment)
        end = stpcpy(stpcpy(end, "#"), fragment);
    *end = '\0';
    return (size_t)(end - out);
}
