#include "cmd/get/list_line.h"

#include <ctype.h>
#include <string.h>

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f';
}

/* aria2's "  out=FILE": a word of small letters and dashes, then '='. */
static bool is_option(const char *text, size_t length)
{
    size_t i = 0;
    while (i < length && (islower((unsigned char)text[i]) || text[i] == '-'))
        i++;
    return i > 0 && i < length && text[i] == '=';
}

static bool is_digest_length(size_t digits)
{
    return digits == 32 || digits == 40 || digits == 56 || digits == 64 || digits == 96 ||
           digits == 128; /* MD5, SHA-1, SHA-2 */
}

/* "HASH  URL" as sha256sum(1) writes it. */
static bool is_checksum(const char *text, size_t length)
{
    size_t i = 0;
    while (i < length && isxdigit((unsigned char)text[i]))
        i++;
    return is_digest_length(i) && i < length && is_blank(text[i]);
}

static const char *line_problem(const struct list_line *line, bool indented, bool csv)
{
    if (indented && is_option(line->text, line->length))
        return "option lines are not supported";
    if (is_checksum(line->text, line->length))
        return "checksums in a list are not supported";
    if (memchr(line->text, '\t', line->length))
        return "more than one URL on a line is not supported";
    if (csv && memchr(line->text, ',', line->length))
        return "CSV lists are not supported";
    return NULL;
}

bool list_line_read(const char *text, size_t length, bool csv, struct list_line *line)
{
    bool indented = length > 0 && (*text == ' ' || *text == '\t');
    while (length > 0 && is_blank(*text)) {
        text++;
        length--;
    }
    while (length > 0 && is_blank(text[length - 1]))
        length--;
    if (length == 0 || *text == '#')
        return false;
    *line = (struct list_line){.text = text, .length = length};
    line->problem = line_problem(line, indented, csv);
    return true;
}
