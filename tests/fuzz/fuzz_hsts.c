/* A Strict-Transport-Security field, and an HSTS file. */
#include "net/http/hsts.h"
#include "tests/fuzz/fuzz.h"
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const int64_t now = 1000000000;
    char *text = NULL;
    size_t length = 0;
    struct hsts *hsts = hsts_new();
    MUST(hsts);
    MUST(hsts_learn(hsts, "a.test", (const char *)data, size, now) == 0);
    bool covered = hsts_covers(hsts, "a.test", now);
    MUST(covered || !hsts_covers(hsts, "b.a.test", now));
    MUST(hsts_read(hsts, (const char *)data, size, now) == 0);
    /* What is written is read as the same. */
    FILE *out = open_memstream(&text, &length);
    hsts_write(hsts, out, now);
    fclose(out);
    struct hsts *again = hsts_new();
    MUST(again && hsts_read(again, text, length, now) == 0);
    MUST(hsts_covers(hsts, "a.test", now) == hsts_covers(again, "a.test", now));
    MUST(hsts_covers(hsts, "x.a.test", now) == hsts_covers(again, "x.a.test", now));
    hsts_free(again);
    hsts_free(hsts);
    free(text);
    return 0;
}
