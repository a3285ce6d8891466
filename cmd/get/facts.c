#include "cmd/get/facts.h"

#include "cmd/get/block.h"
#include <stdlib.h>

struct facts *facts_new(const struct facts *from)
{
    struct facts *facts =
        malloc(sizeof *from + block_size(from->referrer) + block_size(from->title) +
               block_size(from->content_type) + block_size(from->digest));
    if (!facts)
        return NULL;
    char *place = (char *)(facts + 1);
    *facts = *from;
    facts->referrer = block_put(&place, from->referrer);
    facts->title = block_put(&place, from->title);
    facts->content_type = block_put(&place, from->content_type);
    facts->digest = block_put(&place, from->digest);
    return facts;
}
