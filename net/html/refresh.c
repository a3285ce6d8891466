#include "net/html/refresh.h"
#include <strings.h>

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\f' || byte == '\r';
}

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static const char *skip_blanks(const char *at, const char *end)
{
    while (at < end && is_blank(*at))
        at++;
    return at;
}

/* Behind the seconds and what divides them from the rest; NULL when it begins with no number. */
static const char *skip_time(const char *at, const char *end)
{
    const char *begin = at = skip_blanks(at, end);
    while (at < end && is_digit(*at))
        at++;
    if (at == begin && (at == end || *at != '.'))
        return NULL;
    while (at < end && (is_digit(*at) || *at == '.'))
        at++;
    if (at < end && *at != ';' && *at != ',' && !is_blank(*at))
        return NULL;
    at = skip_blanks(at, end);
    if (at < end && (*at == ';' || *at == ','))
        at++;
    return skip_blanks(at, end);
}

/* Behind "url =", which may be left out. */
static const char *skip_word(const char *at, const char *end)
{
    if (end - at < 3 || strncasecmp(at, "url", 3) != 0)
        return at;
    const char *behind = skip_blanks(at + 3, end);
    return behind < end && *behind == '=' ? skip_blanks(behind + 1, end) : at;
}

bool html_refresh_find(const char *text, size_t length, size_t *offset, size_t *size)
{
    const char *end = text + length, *at = skip_time(text, end);
    if (!at || at == end)
        return false;
    at = skip_word(at, end);
    if (at < end && (*at == '"' || *at == '\'')) {
        char quote = *at++;
        const char *stop = at;
        while (stop < end && *stop != quote)
            stop++;
        end = stop;
    }
    while (end > at && is_blank(end[-1]))
        end--;
    *offset = (size_t)(at - text);
    *size = (size_t)(end - at);
    return end > at;
}
