#include "cmd/get/entry.h"

#include <stdlib.h>

void entry_free(struct entry *entry)
{
    if (!entry)
        return;
    url_clear(&entry->url);
    free(entry->name);
    free(entry->text);
    free(entry->known);
    free(entry);
}
