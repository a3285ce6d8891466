/* From a URL to the name of its file, in both layouts, and apart from one that has the name. */
#include "cmd/get/name.h"
#include "tests/fuzz/fuzz.h"
#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* Below the directory, no way out of it, nothing that hides or is taken for an option. */
static void check_component(const char *name, size_t length)
{
    MUST(length > 0 && length <= NAME_MAX);
    MUST(name[0] != '.' && name[0] != '-');
    for (size_t i = 0; i < length; i++)
        MUST((unsigned char)name[i] >= 0x20 && name[i] != 0x7f);
}

static void check_name(char *name, bool flat)
{
    MUST(name != NULL);
    MUST(!flat || !strchr(name, '/'));
    for (const char *part = name;;) {
        size_t length = strcspn(part, "/");
        check_component(part, length);
        if (!part[length])
            break;
        part += length + 1;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct url url;
    const char *why = NULL;
    if (url_parse(&url, (const char *)data, size, &why))
        return 0;
    for (int layout = LAYOUT_FLAT; layout <= LAYOUT_PATH; layout++) {
        char *name = name_from_url(&url, (enum layout)layout);
        check_name(name, layout == LAYOUT_FLAT);
        char *apart = name_distinct(name, &url, 0);
        check_name(apart, layout == LAYOUT_FLAT);
        MUST(strcmp(apart, name) != 0);
        free(apart);
        free(name);
    }
    url_clear(&url);
    return 0;
}
