#include "cmd/get/wire.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static size_t string_count(char *const *strings)
{
    size_t count = 0;
    while (strings && strings[count])
        count++;
    return count;
}

void wire_put_details(struct wire *wire, const struct details *details)
{
    char text[CHECKSUM_TEXT_SIZE];
    bool checked = details && details->checksum.algorithm != CHECKSUM_NONE;
    wire_put_number(wire, details != NULL);
    if (!details)
        return;
    wire_put_string(wire, checked ? checksum_text(&details->checksum, text) : NULL);
    wire_put_number(wire, details->size);
    wire_put_number(wire, (int64_t)details->mirror_count);
    for (size_t i = 0; i < details->mirror_count; i++)
        wire_put_string(wire, details->mirrors[i].text);
    wire_put_number(wire, (int64_t)string_count(details->headers));
    for (char *const *line = details->headers; line && *line; line++)
        wire_put_string(wire, *line);
}

static int get_checksum(struct wire *wire, struct checksum *checksum)
{
    char *text = wire_get_string(wire);
    bool wrong = text && checksum_parse(checksum, text, strlen(text));
    free(text);
    return wrong ? -EPROTO : 0;
}

static int get_mirror(struct wire *wire, struct details *details)
{
    const char *why;
    struct url mirror;
    char *text = wire_get_string(wire);
    int error = text ? url_parse(&mirror, text, strlen(text), &why) : -EPROTO;
    free(text);
    return error ? error : details_add_mirror(details, &mirror);
}

static int get_header(struct wire *wire, struct details *details)
{
    char *line = wire_get_string(wire);
    int error = line ? details_add_header(details, line, strlen(line)) : -EPROTO;
    free(line);
    return error;
}

static int get_all(struct wire *wire, struct details *details,
                   int (*get)(struct wire *wire, struct details *details))
{
    int64_t count = wire_get_number(wire);
    int error = 0;
    for (int64_t i = 0; i < count && !error; i++)
        error = get(wire, details);
    return error;
}

int wire_get_details(struct wire *wire, struct details **details)
{
    *details = NULL;
    if (wire_get_number(wire) == 0)
        return 0;
    *details = details_new();
    if (!*details)
        return -ENOMEM;
    int error = get_checksum(wire, &(*details)->checksum);
    (*details)->size = wire_get_number(wire);
    if (!error)
        error = get_all(wire, *details, get_mirror);
    if (!error)
        error = get_all(wire, *details, get_header);
    return error;
}
