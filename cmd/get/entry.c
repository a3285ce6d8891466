#include "cmd/get/entry.h"

#include <stdlib.h>

enum trust entry_trust(const struct entry *entry, const struct url *url)
{
    return url_same_origin(url, &entry->url) ? TRUST_ALL : TRUST_OWN_LOGIN;
}

void entry_free(struct entry *entry)
{
    if (!entry)
        return;
    url_clear(&entry->url);
    details_free(entry->details);
    free(entry->name);
    free(entry->text);
    free(entry->option);
    free(entry->known);
    free(entry->facts);
    free(entry);
}
