#include "cmd/crawl/referrers.h"

#include <stdlib.h>
#include <string.h>

static uint64_t slot_of(int64_t number)
{
    return (uint64_t)number & (REFERRERS_COUNT - 1);
}

void referrers_add(struct referrers *referrers, int64_t number, const char *url)
{
    uint64_t slot = slot_of(number);
    if (referrers->numbers[slot] == number && referrers->urls[slot])
        return;
    free(referrers->urls[slot]);
    referrers->urls[slot] = strdup(url);
    referrers->numbers[slot] = number;
}

const char *referrers_find(const struct referrers *referrers, int64_t number)
{
    uint64_t slot = slot_of(number);
    return referrers->numbers[slot] == number ? referrers->urls[slot] : NULL;
}

void referrers_clear(struct referrers *referrers)
{
    for (int i = 0; i < REFERRERS_COUNT; i++)
        free(referrers->urls[i]);
    *referrers = (struct referrers){0};
}
