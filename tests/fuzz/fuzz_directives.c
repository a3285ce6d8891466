/* An X-Robots-Tag, or the content or name of a <meta>. */
#include "net/robots/directives.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    unsigned all = ROBOTS_NOINDEX | ROBOTS_NOFOLLOW;
    MUST((robots_read_tag(text, size, "fetch") & ~all) == 0);
    MUST((robots_read_meta(text, size) & ~all) == 0);
    (void)robots_is_meta(text, size, "fetch"); /* any answer will do */
    return 0;
}
