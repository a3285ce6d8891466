#include "net/http/retry_after.h"
#include "engine/deadline.h"
#include "net/http/date.h"
#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#define WAIT_LONGEST_S INT64_C(604800) /* a week */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static int64_t bounded(int64_t seconds)
{
    if (seconds < 0)
        seconds = 0;
    return (seconds < WAIT_LONGEST_S ? seconds : WAIT_LONGEST_S) * NSEC_PER_SEC;
}

static int64_t parse_seconds(const char *value, size_t length)
{
    int64_t seconds = 0;
    for (size_t i = 0; i < length; i++) {
        if (!is_digit(value[i]))
            return -EINVAL;
        if (seconds < WAIT_LONGEST_S)
            seconds = seconds * 10 + (value[i] - '0');
    }
    return bounded(seconds);
}

/* libcurl reads far more than HTTP dates, "-5" and "noon" too. All three forms of RFC 9110 section
 * 5.6.7 begin with the name of a day and tell the time, so that much is asked for. */
static int64_t parse_date(const char *value, size_t length, time_t now)
{
    if (!isalpha((unsigned char)value[0]) || !memchr(value, ':', length))
        return -EINVAL;
    int64_t then = http_date_parse(value, length);
    return then == -1 ? -EINVAL : bounded(then - (int64_t)now);
}

int64_t retry_after_parse(const char *value, size_t length, time_t now)
{
    while (length && is_blank(value[0])) {
        value++;
        length--;
    }
    while (length && is_blank(value[length - 1]))
        length--;
    if (length == 0)
        return -EINVAL;
    return is_digit(value[0]) ? parse_seconds(value, length) : parse_date(value, length, now);
}
