#include "net/http/content_range.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

struct rest {
    const char *at;
    const char *end;
};

static bool take_char(struct rest *rest, char wanted)
{
    if (rest->at == rest->end || *rest->at != wanted)
        return false;
    rest->at++;
    return true;
}

/* -1: no number, or none that fits. */
static int64_t take_number(struct rest *rest)
{
    int64_t value = -1;
    for (; rest->at < rest->end && isdigit((unsigned char)*rest->at); rest->at++) {
        int digit = *rest->at - '0';
        if (value > (INT64_MAX - digit) / 10)
            return -1;
        value = (value < 0 ? 0 : value * 10) + digit;
    }
    return value;
}

static bool take_span(struct rest *rest, struct content_range *range)
{
    range->first = take_number(rest);
    if (range->first < 0 || !take_char(rest, '-'))
        return false;
    range->last = take_number(rest);
    return range->last >= range->first;
}

/* Either the span or the total must be told. */
static bool take_range(struct rest *rest, struct content_range *range)
{
    bool spanless = take_char(rest, '*');
    if ((!spanless && !take_span(rest, range)) || !take_char(rest, '/'))
        return false;
    if (!spanless && take_char(rest, '*'))
        return rest->at == rest->end;
    range->total = take_number(rest);
    return range->total >= 0 && range->last < range->total && rest->at == rest->end;
}

struct content_range content_range_parse(const char *text, size_t length)
{
    static const char unit[] = "bytes";
    struct content_range range = CONTENT_RANGE_NONE;
    struct rest rest = {text, text + length};
    if (length < sizeof unit || strncasecmp(text, unit, sizeof unit - 1) != 0)
        return range;
    rest.at += sizeof unit - 1;
    /* Some put a colon or nothing there; only blanks are right. */
    while (take_char(&rest, ' '))
        continue;
    return take_range(&rest, &range) ? range : CONTENT_RANGE_NONE;
}
