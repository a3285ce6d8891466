#include "net/http/refresh.h"

#include "engine/deadline.h"
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#define DELAY_LONGEST_S INT64_C(604800) /* a week */

struct cursor {
    const char *at;
    const char *end;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static void skip_blanks(struct cursor *cursor)
{
    while (cursor->at < cursor->end && is_blank(*cursor->at))
        cursor->at++;
}

/* Passes `letter`, a lower-case one or a sign, in either case. */
static bool skip_letter(struct cursor *cursor, char letter)
{
    if (cursor->at == cursor->end || (*cursor->at | 0x20) != (letter | 0x20))
        return false;
    cursor->at++;
    return true;
}

/* Seconds; what is behind the point is not counted. -1: no number. */
static int64_t read_seconds(struct cursor *cursor)
{
    const char *begin = cursor->at;
    int64_t seconds = 0;
    for (; cursor->at < cursor->end && is_digit(*cursor->at); cursor->at++)
        if (seconds < DELAY_LONGEST_S)
            seconds = seconds * 10 + (*cursor->at - '0');
    if (cursor->at == begin && (cursor->at == cursor->end || *cursor->at != '.'))
        return -1;
    while (cursor->at < cursor->end && (is_digit(*cursor->at) || *cursor->at == '.'))
        cursor->at++;
    return seconds < DELAY_LONGEST_S ? seconds : DELAY_LONGEST_S;
}

/* False: there is something else than what may be between the seconds and the URL. */
static bool skip_separator(struct cursor *cursor)
{
    if (cursor->at == cursor->end)
        return true;
    if (*cursor->at != ';' && *cursor->at != ',' && !is_blank(*cursor->at))
        return false;
    skip_blanks(cursor);
    if (cursor->at < cursor->end && (*cursor->at == ';' || *cursor->at == ','))
        cursor->at++;
    skip_blanks(cursor);
    return true;
}

/* Passes "url =". False: what begins like it is a URL that begins so. */
static bool skip_name(struct cursor *cursor)
{
    struct cursor name = *cursor;
    if (!skip_letter(&name, 'u'))
        return true;
    if (!skip_letter(&name, 'r') || !skip_letter(&name, 'l'))
        return false;
    skip_blanks(&name);
    if (name.at == name.end || *name.at != '=')
        return false;
    name.at++;
    skip_blanks(&name);
    *cursor = name;
    return true;
}

/* An opening quote goes, and what is behind the closing one; that may be missing. */
static void skip_quotes(struct cursor *cursor)
{
    if (cursor->at == cursor->end || (*cursor->at != '"' && *cursor->at != '\''))
        return;
    char quote = *cursor->at++;
    const char *closing = memchr(cursor->at, quote, (size_t)(cursor->end - cursor->at));
    if (closing)
        cursor->end = closing;
}

int refresh_parse(struct refresh *refresh, const char *value, size_t length)
{
    struct cursor cursor = {value, value + length};
    skip_blanks(&cursor);
    int64_t seconds = read_seconds(&cursor);
    if (seconds < 0 || !skip_separator(&cursor))
        return -EINVAL;
    if (skip_name(&cursor))
        skip_quotes(&cursor);
    skip_blanks(&cursor);
    while (cursor.at < cursor.end && is_blank(cursor.end[-1]))
        cursor.end--;
    refresh->delay = seconds * NSEC_PER_SEC;
    refresh->url = (size_t)(cursor.at - value);
    refresh->length = (size_t)(cursor.end - cursor.at);
    return 0;
}
