#include "cmd/get/details.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct details *details_new(void)
{
    struct details *details = calloc(1, sizeof *details);
    if (details)
        details->size = -1;
    return details;
}

void details_free(struct details *details)
{
    if (!details)
        return;
    for (size_t i = 0; i < details->mirror_count; i++)
        url_clear(&details->mirrors[i]);
    for (char **line = details->headers; line && *line; line++)
        free(*line);
    free(details->mirrors);
    free(details->headers);
    free(details);
}

int details_add_mirror(struct details *details, struct url *mirror)
{
    size_t count = details->mirror_count;
    struct url *longer = realloc(details->mirrors, (count + 1) * sizeof *longer);
    if (!longer) {
        url_clear(mirror);
        return -ENOMEM;
    }
    longer[count] = *mirror;
    details->mirrors = longer;
    details->mirror_count = count + 1;
    return 0;
}

static size_t header_count(char *const *headers)
{
    size_t count = 0;
    while (headers && headers[count])
        count++;
    return count;
}

int details_add_header(struct details *details, const char *line, size_t length)
{
    size_t count = header_count(details->headers);
    if (length > DETAILS_HEADERS_MAX - details->header_bytes)
        return -E2BIG;
    char **longer = realloc(details->headers, (count + 2) * sizeof *longer);
    if (!longer)
        return -ENOMEM;
    details->headers = longer;
    longer[count] = strndup(line, length);
    longer[count + 1] = NULL;
    if (!longer[count])
        return -ENOMEM;
    details->header_bytes += length;
    return 0;
}

/* Where the header `name` is, or NULL. */
static char **find_header(const struct details *details, const char *name)
{
    size_t length = strlen(name);
    for (char **line = details->headers; line && *line; line++)
        if (strncasecmp(*line, name, length) == 0 && (*line)[length] == ':')
            return line;
    return NULL;
}

/* Takes one out of the list; the last takes its place. */
static void drop_header(struct details *details, char **place)
{
    char **last = &details->headers[header_count(details->headers) - 1];
    details->header_bytes -= strlen(*place);
    free(*place);
    *place = *last;
    *last = NULL;
}

int details_set_header(struct details *details, const char *name, const char *value, size_t length)
{
    char *line;
    char **place = find_header(details, name);
    if (asprintf(&line, "%s: %.*s", name, (int)length, value) < 0)
        return -ENOMEM;
    if (place)
        drop_header(details, place);
    int error = details_add_header(details, line, strlen(line));
    free(line);
    return error;
}
