/* A srcset: its candidates follow each other within the value, and one of them is the largest. */
#include "net/html/srcset.h"
#include "tests/fuzz/fuzz.h"
#include <string.h>

static void check(const char *value, size_t length, const struct srcset_candidate *candidate,
                  size_t from)
{
    size_t end = candidate->offset + candidate->length;
    MUST(candidate->offset >= from && candidate->length > 0 && end <= length);
    MUST(value[candidate->offset] != ',' && value[end - 1] != ',');
    for (size_t i = candidate->offset; i < end; i++)
        MUST(!strchr(" \t\n\f\r", value[i]) || !value[i]);
    MUST(candidate->descriptor >= end);
    MUST(candidate->descriptor + candidate->descriptor_length <= length);
    MUST(candidate->density >= 0 && candidate->density < 1e301);
    MUST(candidate->width == 0 || candidate->descriptor_length > 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *value = (const char *)data;
    struct srcset_candidate largest;
    struct srcset_candidate candidate;
    struct srcset srcset = srcset_begin(value, size);
    bool any = srcset_largest(value, size, &largest);
    bool met = false;
    size_t from = 0;
    while (srcset_next(&srcset, &candidate)) {
        check(value, size, &candidate, from);
        from = candidate.offset + candidate.length;
        MUST(any && !srcset_is_larger(&candidate, &largest));
        met |= candidate.offset == largest.offset;
    }
    MUST(met == any);
    return 0;
}
