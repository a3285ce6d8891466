#include "net/css/text.h"

#include <stdlib.h>
#include <string.h>

enum { SIZE_FIRST = 256 };

void css_text_begin(struct css_text *text, const char *mark)
{
    text->mark = mark;
    text->length = 0;
    text->too_long = false;
}

/* Room for `more` bytes; false when there is none, or not to be. */
static bool reserve(struct css_text *text, size_t more)
{
    if (text->too_long || more > CSS_TEXT_MAX - text->length) {
        text->too_long = true;
        return false;
    }
    if (text->length + more <= text->size)
        return true;
    size_t size = text->size ? text->size : SIZE_FIRST;
    while (size < text->length + more)
        size *= 2;
    char *buffer = realloc(text->buffer, size);
    if (!buffer) {
        text->failed = true;
        return false;
    }
    text->buffer = buffer;
    text->size = size;
    return true;
}

static void append(struct css_text *text, const char *data, size_t size)
{
    if (size == 0 || !reserve(text, size))
        return;
    memcpy(text->buffer + text->length, data, size);
    text->length += size;
}

void css_text_keep(struct css_text *text, const char *until)
{
    if (text->mark)
        append(text, text->mark, (size_t)(until - text->mark));
    text->mark = NULL;
}

void css_text_put(struct css_text *text, uint32_t point)
{
    char bytes[4];
    size_t size = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    static const unsigned char lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (size_t i = size; i-- > 1; point >>= 6)
        bytes[i] = (char)(0x80 | (point & 0x3f));
    bytes[0] = (char)(lead[size] | point);
    append(text, bytes, size);
}

bool css_text_whole(struct css_text *text, const char *until, const char **data, size_t *length)
{
    if (text->mark && text->length == 0 && !text->too_long) {
        *data = text->mark;
        *length = (size_t)(until - text->mark);
        return *length > 0 && *length <= CSS_TEXT_MAX;
    }
    css_text_keep(text, until);
    *data = text->buffer;
    *length = text->length;
    return text->length > 0 && !text->too_long && !text->failed;
}

void css_text_clear(struct css_text *text)
{
    free(text->buffer);
    *text = (struct css_text){0};
}
