#include "net/http/validator.h"

#include <string.h>

/* RFC 7232 asked for a minute; RFC 9110 for enough to make two clocks' disagreement unlikely. */
#define CLOCKS_APART_S 60

/* Nearly every answer has two of them: eight characters at a time. The top bit of a byte shows when
 * it is no ASCII, when it lies below ' ', or when it is DEL; a carry into the next byte comes only
 * from one that is bad already. */
static bool is_printable(const char *text, size_t length)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    uint64_t bad = 0;
    for (size_t at = 0; at < length; at += sizeof bad) {
        uint64_t eight = ones * ' ';
        memcpy(&eight, text + at, length - at < sizeof eight ? length - at : sizeof eight);
        bad |= eight | (eight - ones * ' ') | (eight + ones);
    }
    return (bad & ones * 0x80) == 0;
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
