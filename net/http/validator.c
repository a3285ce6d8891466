#include "net/http/validator.h"

#include <string.h>

/* RFC 7232 asked for a minute; RFC 9110 for enough to make two clocks' disagreement unlikely. */
#define CLOCKS_APART_S 60

void validator_take(char *place, size_t size, const char *value, size_t length)
{
    place[0] = '\0';
    if (length >= size)
        return;
    for (size_t i = 0; i < length; i++)
        if (value[i] < ' ' || value[i] > '~')
            return;
    memcpy(place, value, length);
    place[length] = '\0';
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
