/* An Alt-Svc field, and a file of alternatives. */
#include "net/http/altsvc.h"
#include "tests/fuzz/fuzz.h"
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const int64_t now = 1000000000;
    struct altsvc_place place, same;
    char *text = NULL;
    size_t length = 0;
    struct altsvc *altsvc = altsvc_new();
    MUST(altsvc);
    MUST(altsvc_learn(altsvc, "a.test", 443, (const char *)data, size, now, false) == 0);
    if (altsvc_find(altsvc, "a.test", 443, true, now, &place)) {
        MUST(*place.host && !strpbrk(place.host, " \r\n\t/@[]\""));
        MUST(strchr(place.key, ':') && strstr(place.key, place.host));
    }
    MUST(altsvc_read(altsvc, (const char *)data, size, now) == 0);
    /* What is written is read as the same. */
    FILE *out = open_memstream(&text, &length);
    altsvc_write(altsvc, out, now);
    fclose(out);
    struct altsvc *again = altsvc_new();
    MUST(again && altsvc_read(again, text, length, now) == 0);
    bool found = altsvc_find(altsvc, "a.test", 443, true, now, &place);
    MUST(found == altsvc_find(again, "a.test", 443, true, now, &same));
    MUST(!found || strcmp(place.key, same.key) == 0);
    altsvc_free(again);
    altsvc_free(altsvc);
    free(text);
    return 0;
}
