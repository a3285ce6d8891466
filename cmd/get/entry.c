#include "cmd/get/entry.h"

#include <stdio.h>
#include <stdlib.h>

const char *entry_gate(const struct entry *entry)
{
    return entry->group ? entry->group : entry->url.host_key;
}

enum trust entry_trust(const struct entry *entry, const struct url *url)
{
    if (entry->foreign)
        return TRUST_NONE;
    return url_same_origin(url, &entry->url) ? TRUST_ALL : TRUST_OWN_LOGIN;
}

const char *entry_key(const struct entry *entry, char **owned)
{
    *owned = entry->url.has_credentials ? url_redacted(&entry->url) : NULL;
    if (entry->url.has_credentials && !*owned)
        return NULL;
    const char *plain = *owned ? *owned : entry->url.text;
    if (entry->twin == 0)
        return plain;
    char *key;
    int length = asprintf(&key, "%s#%u", plain, entry->twin + 1);
    free(*owned);
    *owned = length < 0 ? NULL : key;
    return *owned;
}

void entry_free(struct entry *entry)
{
    if (!entry)
        return;
    url_clear(&entry->url);
    details_free(entry->details);
    free(entry->name);
    free(entry->group);
    free(entry->text);
    free(entry->option);
    free(entry->known);
    free(entry->facts);
    free(entry);
}
