/* The user's configuration file. */
#include "cmd/cli/config.h"
#include "tests/fuzz/fuzz.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct config config = {.text = malloc(size + 1)};
    struct config_line line;
    unsigned number = 0;
    int result;
    MUST(config.text != NULL);
    memcpy(config.text, data, size);
    config.text[size] = '\0';
    config.rest = config.text;
    while ((result = config_next(&config, &line)) == 0) {
        MUST(line.number > number);
        number = line.number;
        MUST(line.name >= config.text && line.name <= config.text + size);
        MUST(!strpbrk(line.name, " \t\n="));
        MUST(!line.value || !strchr(line.value, '\n'));
    }
    MUST(result == 1 || result == -EINVAL);
    config_clear(&config);
    return 0;
}
