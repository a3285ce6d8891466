/* A Refresh field. */
#include "net/http/refresh.h"
#include "tests/fuzz/fuzz.h"
#include <errno.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct refresh refresh;
    int error = refresh_parse(&refresh, (const char *)data, size);
    MUST(error == 0 || error == -EINVAL);
    if (error)
        return 0;
    MUST(refresh.delay >= 0);
    MUST(refresh.url <= size && refresh.length <= size - refresh.url);
    return 0;
}
