/* From a URL and a type to the name of its copy, on any system. The first line is the type. */
#include "cmd/mirror/names.h"
#include "cmd/mirror/types.h"
#include "tests/fuzz/fuzz.h"
#include <limits.h>
#include <string.h>

/* Below the directory, no way out of it, nothing that hides, is taken for an option, or refused. */
static void check_component(const char *name, size_t length, bool is_host)
{
    MUST(length > 0 && length <= NAME_MAX);
    MUST(!strchr(".-~ ", name[0]));
    for (size_t i = 0; i < length; i++) {
        MUST((unsigned char)name[i] >= 0x20 && name[i] != 0x7f && name[i] != '\\');
        MUST(is_host || !strchr("\"*:<>?|", name[i]));
    }
}

static void check_name(const char *name, bool with_host)
{
    for (const char *part = name;;) {
        size_t length = strcspn(part, "/");
        check_component(part, length, with_host && part == name);
        if (!part[length])
            break;
        part += length + 1;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *newline = memchr(data, '\n', size);
    if (!newline)
        return 0;
    size_t type_length = (size_t)(newline - data);
    char *type = strndup((const char *)data, type_length);
    struct url url;
    const char *why = NULL;
    if (url_parse(&url, (const char *)newline + 1, size - type_length - 1, &why) == 0) {
        for (unsigned i = 0; i < 4; i++) {
            struct names_layout layout = {.no_host = i & 1, .cut_dirs = i / 2};
            char *name = names_plain(&layout, &url, type);
            char *key = names_key(name);
            char *again = names_key(key);
            check_name(name, !layout.no_host);
            MUST(strlen(key) == strlen(name) && strcmp(key, again) == 0);
            const char *last = strrchr(name, '/') ? strrchr(name, '/') + 1 : name;
            MUST(!type_extension(type, last, strlen(last)));
            free(again);
            free(key);
            free(name);
        }
        url_clear(&url);
    }
    free(type);
    return 0;
}
