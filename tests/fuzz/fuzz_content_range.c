/* The value of a Content-Range header. */
#include "net/http/content_range.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct content_range range = content_range_parse((const char *)data, size);
    MUST(range.first >= -1 && range.last >= -1 && range.total >= -1);
    MUST((range.first < 0) == (range.last < 0));
    MUST(range.first <= range.last);
    MUST(range.total < 0 || range.last < range.total);
    return 0;
}
