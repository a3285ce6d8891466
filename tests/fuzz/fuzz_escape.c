/* Text from outside on its way to JSON and to a terminal, and a wrong line with credentials in it.
 */
#include "cmd/get/escape.h"
#include "tests/fuzz/fuzz.h"
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static void check_terminal(const char *text)
{
    for (const unsigned char *byte = (const unsigned char *)text; *byte; byte++) {
        MUST(*byte >= 0x20 && *byte != 0x7f);
        MUST(byte[0] != 0xc2 || byte[1] >= 0xa0); /* C1 controls */
    }
}

static void check_escaped(const char *text)
{
    char *for_json = escape_text(text, ESCAPE_JSON);
    char *for_terminal = escape_text(text, ESCAPE_TERMINAL);
    MUST(for_json && for_terminal);
    json_t *string = json_string(for_json); /* NULL: no UTF-8 */
    MUST(string != NULL);
    json_decref(string);
    string = json_string(text);
    MUST(!string || strcmp(for_json, text) == 0);
    json_decref(string);
    string = json_string(for_terminal);
    MUST(string != NULL);
    json_decref(string);
    check_terminal(for_terminal);
    free(for_json);
    free(for_terminal);
}

static void check_credentials(char *line)
{
    size_t length = strlen(line);
    escape_credentials(line);
    MUST(strlen(line) <= length);
    const char *authority = strstr(line, "://");
    if (authority)
        MUST(!memchr(authority + 3, '@', strcspn(authority + 3, "/?# \t")));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    MUST(text != NULL);
    memcpy(text, data, size);
    text[size] = '\0';
    check_escaped(text);
    check_credentials(text);
    free(text);
    return 0;
}
