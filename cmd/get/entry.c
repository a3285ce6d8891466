#include "cmd/get/entry.h"

#include <stdlib.h>

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
    free(entry);
}
