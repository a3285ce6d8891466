#include "cmd/get/twins.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Finds the first key that no other entry has. 0 or -errno. */
static int take_key(struct twins *twins, struct entry *entry)
{
    int added = 0;
    while (added == 0) {
        char *owned;
        const char *key = entry_key(entry, &owned);
        added = key ? seen_add(twins->keys, key, strlen(key)) : -ENOMEM;
        free(owned);
        if (added == 0)
            entry->twin++;
    }
    return added < 0 ? added : 0;
}

int twins_number(struct twins *twins, struct seen *urls, struct entry *entry)
{
    bool secret = entry->url.has_credentials;
    if (!secret && !twins->keys)
        return 0;
    if (!twins->keys)
        twins->keys = seen_new(NULL);
    if (!twins->keys)
        return -ENOMEM;
    if (secret) {
        /* One without credentials that came first is not among the keys. */
        char *owned;
        const char *key = entry_key(entry, &owned);
        int plain = key ? seen_has(urls, key, strlen(key)) : -ENOMEM;
        free(owned);
        if (plain < 0)
            return plain;
        entry->twin = plain > 0;
    }
    return take_key(twins, entry);
}

void twins_clear(struct twins *twins)
{
    seen_free(twins->keys);
    twins->keys = NULL;
}
