#include "cmd/get/columns.h"

#include "cmd/get/escape.h"
#include <string.h>
#include <wchar.h>

/* Languages that need more on one letter are not written in file names. */
#define MARKS_MAX 2

/* What is not cut apart: one byte shown as %XX, or a character with the marks upon it. */
struct cell {
    size_t length; /* bytes of the text */
    size_t width;  /* columns */
    bool escaped;
};

/* Characters without a width that are no marks: joiners, fillers, tags, annotations. They would
 * make two names look the same. */
static bool is_invisible(uint32_t point)
{
    return point == 0xad || point == 0x34f || point == 0x115f || point == 0x1160 ||
           (point >= 0x17b4 && point <= 0x17b5) || (point >= 0x180b && point <= 0x180f) ||
           (point >= 0x200b && point <= 0x200f) || (point >= 0x2028 && point <= 0x202e) ||
           (point >= 0x2060 && point <= 0x206f) || point == 0x3164 || point == 0xfeff ||
           point == 0xffa0 || (point >= 0xfff9 && point <= 0xfffb) ||
           (point >= 0x1d173 && point <= 0x1d17a) || (point >= 0xe0000 && point <= 0xe0fff);
}

/* Columns of the character that `text` begins with, and its length; -1: it is not to be shown. */
static int width_of(const char *text, bool utf8, size_t *length)
{
    uint32_t point;
    *length = escape_read_utf8(text, &point);
    if (*length == 0 || (!utf8 && point >= 0x80) || escape_is_control(point) || is_invisible(point))
        return -1;
    return wcwidth((wchar_t)point); /* which is the code point (__STDC_ISO_10646__) */
}

static struct cell next_cell(const char *text, bool utf8)
{
    struct cell cell = {0};
    int width = width_of(text, utf8, &cell.length);
    if (width <= 0)
        return (struct cell){.length = 1, .width = 3, .escaped = true};
    cell.width = (size_t)width;
    for (int marks = 0; marks < MARKS_MAX && text[cell.length]; marks++) {
        size_t length;
        if (width_of(text + cell.length, utf8, &length) != 0)
            break;
        cell.length += length;
    }
    return cell;
}

static size_t width_of_all(const char *text, bool utf8)
{
    size_t width = 0;
    while (*text) {
        struct cell cell = next_cell(text, utf8);
        text += cell.length;
        width += cell.width;
    }
    return width;
}

/* As many cells as fit. Returns their columns. */
static size_t write_cells(FILE *out, const char *text, size_t columns, bool utf8)
{
    size_t used = 0;
    while (*text) {
        struct cell cell = next_cell(text, utf8);
        if (used + cell.width > columns)
            break;
        if (cell.escaped)
            fprintf(out, "%%%02X", (unsigned char)*text);
        else
            fwrite(text, 1, cell.length, out);
        text += cell.length;
        used += cell.width;
    }
    return used;
}

size_t columns_write(FILE *out, const char *text, size_t columns, bool utf8)
{
    const char *gap = utf8 ? "\xe2\x80\xa6" : "..";
    size_t gap_width = utf8 ? 1 : 2;
    size_t width = width_of_all(text, utf8);
    if (width <= columns || columns < gap_width + 2)
        return write_cells(out, text, columns, utf8);
    size_t kept = columns - gap_width;
    size_t used = write_cells(out, text, kept - kept / 2, utf8);
    fputs(gap, out);
    for (size_t left = width; left > kept / 2;) {
        struct cell cell = next_cell(text, utf8);
        text += cell.length;
        left -= cell.width;
    }
    return used + gap_width + write_cells(out, text, kept / 2, utf8);
}
