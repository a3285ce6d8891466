/* A list of DNS servers, as an option gives it. */
#include "net/dns/server_list.h"
#include "tests/fuzz/fuzz.h"
#include <errno.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = strndup(size ? (const char *)data : "", size);
    char *normal = NULL;
    char *again = NULL;
    const char *why = NULL;
    int error = server_list_normalise(text, &normal, &why);
    MUST(error == 0 || (error == -EINVAL && why));
    if (error == 0) {
        MUST(server_list_normalise(normal, &again, &why) == 0);
        MUST(strcmp(normal, again) == 0);
    }
    free(again);
    free(normal);
    free(text);
    return 0;
}
