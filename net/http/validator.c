#include "net/http/validator.h"

#include <string.h>

/* RFC 7232 asked for a minute; RFC 9110 for enough to make two clocks' disagreement unlikely. */
#define CLOCKS_APART_S 60

#define EACH(byte)     (UINT64_C(0x0101010101010101) * (byte))

/* Top bits of those of eight bytes that are no ASCII, below ' ', or DEL. A carry into the next byte
 * comes only from one that is bad already. */
static uint64_t unprintable(uint64_t eight)
{
    return (eight | (eight - EACH(' ')) | (eight + EACH(1))) & EACH(0x80);
}

/* Nearly every answer has several such values: they are looked at eight characters at a time. */
static bool is_printable(const char *text, size_t length)
{
    uint64_t bad = 0, eight;
    size_t at = 0;
    for (; length - at >= sizeof eight; at += sizeof eight) {
        memcpy(&eight, text + at, sizeof eight);
        bad |= unprintable(eight);
    }
    eight = EACH(' ');
    memcpy(&eight, text + at, length - at);
    return (bad | unprintable(eight)) == 0;
}

void validator_take(char *place, size_t size, const char *value, size_t length)
{
    size_t taken = length < size && is_printable(value, length) ? length : 0;
    memcpy(place, value, taken);
    place[taken] = '\0';
}

bool validator_etag_is_strong(const char *etag)
{
    size_t length = strlen(etag);
    return length >= 2 && etag[0] == '"' && etag[length - 1] == '"' &&
           !memchr(etag + 1, '"', length - 2);
}

bool validator_date_is_strong(int64_t last_modified, int64_t date)
{
    return last_modified >= 0 && date >= last_modified + CLOCKS_APART_S;
}
