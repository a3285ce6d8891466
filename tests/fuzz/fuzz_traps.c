/* A URL. */
#include "cmd/crawl/traps.h"
#include "cmd/crawl/url_pattern.h"
#include "tests/fuzz/fuzz.h"
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct traps *traps; /* one for all: it is not small */
    struct url_resolver resolver = {0};
    struct url_resolved url;
    struct url_pattern pattern;
    const char *why = NULL;
    uint64_t family;
    if (!traps)
        traps = traps_new(&trap_limits_default, 1);
    MUST(traps);
    if (url_resolve(&resolver, &url, (const char *)data, size, &why) == 0) {
        url_pattern_read(&pattern, &url);
        MUST(pattern.length <= URL_PATTERN_MAX && strlen(pattern.text) == pattern.length);
        MUST(pattern.segments >= 1 && pattern.repeats <= pattern.segments);
        MUST((pattern.parameters > 0) == (url.query > 0));
        MUST(traps_judge(traps, &url, &family) < TRAP_RULES);
    }
    url_resolver_clear(&resolver);
    return 0;
}
