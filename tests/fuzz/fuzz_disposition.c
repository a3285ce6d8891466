/* A Content-Disposition field, and the file name that is made of what it suggests. */
#include "cmd/get/name.h"
#include "net/http/disposition.h"
#include "tests/fuzz/fuzz.h"
#include <limits.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *suggested;
    MUST(disposition_file_name((const char *)data, size, &suggested) == 0);
    if (!suggested)
        return 0;
    MUST(*suggested && strlen(suggested) <= 2 * size);
    MUST(!strpbrk(suggested, "/\\"));
    char *name = name_given("dir", suggested);
    MUST(name && strncmp(name, "dir/", 4) == 0);
    const char *last = name + 4;
    MUST(*last && strlen(last) <= NAME_MAX);
    MUST(!strpbrk(last, "/\\\n\r\t\x1b\x7f") && !strchr(".-~ ", *last));
    free(name);
    free(suggested);
    return 0;
}
