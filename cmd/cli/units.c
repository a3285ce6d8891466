#include "cmd/cli/cli.h"

#include "engine/deadline.h"
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#define FRACTION_ONE 1000000000

struct unit {
    const char *name;
    int64_t factor;
};

static const struct unit sizes[] = {
    {"", 1},        {"K", 1 << 10}, {"k", 1 << 10}, {"M", 1 << 20},
    {"m", 1 << 20}, {"G", 1 << 30}, {"g", 1 << 30},
};

static const struct unit times[] = {
    {"", NSEC_PER_SEC},       {"ms", NSEC_PER_MSEC},      {"s", NSEC_PER_SEC},
    {"m", 60 * NSEC_PER_SEC}, {"h", 3600 * NSEC_PER_SEC},
};

/* A rate's units, as the time in which so many happen. */
static const struct unit rates[] = {
    {"/s", NSEC_PER_SEC},
    {"/m", 60 * NSEC_PER_SEC},
    {"/h", 3600 * NSEC_PER_SEC},
    {"/d", 86400 * NSEC_PER_SEC},
};

/* Nobody waits for longer from one request to the next. */
static const int64_t interval_max = 366 * (86400 * NSEC_PER_SEC);

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* "12" or "1.5": whole part and billionths. Returns what follows it, NULL when it is no number or
 * too large. Not strtod(), which takes the locale's decimal point and "1e9", "nan", "0x10". */
static const char *read_decimal(const char *text, int64_t *whole, int64_t *billionths)
{
    *whole = 0;
    *billionths = 0;
    if (!is_digit(*text))
        return NULL;
    for (; is_digit(*text); text++)
        if (__builtin_mul_overflow(*whole, 10, whole) ||
            __builtin_add_overflow(*whole, *text - '0', whole))
            *whole = INT64_MAX;
    if (*text != '.')
        return text;
    if (!is_digit(*++text))
        return NULL;
    int64_t place = FRACTION_ONE / 10;
    for (; is_digit(*text); text++, place /= 10)
        *billionths += (*text - '0') * place;
    return text;
}

static int parse_quantity(const char *text, const struct unit *units, size_t count, int64_t *value)
{
    int64_t whole, billionths;
    const char *unit = read_decimal(text, &whole, &billionths);
    if (!unit)
        return -EINVAL;
    for (size_t i = 0; i < count; i++) {
        if (strcmp(unit, units[i].name) != 0)
            continue;
        __int128 total = (__int128)whole * units[i].factor;
        total += (__int128)billionths * units[i].factor / FRACTION_ONE;
        if (total > INT64_MAX || whole == INT64_MAX)
            return -ERANGE;
        *value = (int64_t)total;
        return 0;
    }
    return -EINVAL;
}

int cli_parse_size(const char *text, int64_t *bytes)
{
    return parse_quantity(text, sizes, sizeof sizes / sizeof *sizes, bytes);
}

int cli_parse_time(const char *text, int64_t *ns)
{
    return parse_quantity(text, times, sizeof times / sizeof *times, ns);
}

int cli_parse_rate(const char *text, int64_t *interval)
{
    int64_t whole, billionths;
    const char *unit = read_decimal(text, &whole, &billionths);
    if (!unit)
        return -EINVAL;
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
        if (strcmp(unit, rates[i].name) != 0)
            continue;
        __int128 count = (__int128)whole * FRACTION_ONE + billionths;
        __int128 each = count > 0 ? (__int128)rates[i].factor * FRACTION_ONE / count : 0;
        if (each < 1 || each > interval_max)
            return -ERANGE;
        *interval = (int64_t)each;
        return 0;
    }
    return -EINVAL;
}
