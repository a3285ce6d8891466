/* Text from outside on its way to JSON and to a terminal, and a wrong line with credentials in it.
 */
#include "cmd/get/columns.h"
#include "cmd/get/escape.h"
#include "cmd/get/json_text.h"
#include "tests/fuzz/fuzz.h"
#include <jansson.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

static void check_terminal(const char *text)
{
    for (const unsigned char *byte = (const unsigned char *)text; *byte; byte++) {
        MUST(*byte >= 0x20 && *byte != 0x7f);
        MUST(byte[0] != 0xc2 || byte[1] >= 0xa0); /* C1 controls */
    }
}

/* Text that JSON has a place for comes out as it was, other text as something. */
static void check_json(const char *text)
{
    struct json_text printed = {0};
    json_text_string(&printed, text);
    MUST(!printed.error);
    json_t *read = json_loadb(printed.data, printed.length, JSON_DECODE_ANY, NULL);
    MUST(json_is_string(read));
    json_t *string = json_string(text); /* NULL: no UTF-8 */
    MUST(!string || json_equal(string, read));
    json_decref(string);
    json_decref(read);
    json_text_clear(&printed);
}

static void check_escaped(const char *text)
{
    char *escaped = escape_text(text);
    MUST(escaped);
    json_t *string = json_string(escaped);
    MUST(string != NULL);
    json_decref(string);
    check_terminal(escaped);
    free(escaped);
}

/* In the view: whatever the room, no wider than that, and whole characters. */
static void check_columns(const char *text, size_t columns, bool utf8)
{
    char *shown = NULL;
    size_t size;
    FILE *out = open_memstream(&shown, &size);
    MUST(out != NULL);
    MUST(columns_write(out, text, columns, utf8) <= columns);
    MUST(fclose(out) == 0);
    check_terminal(shown);
    json_t *string = json_string(shown);
    MUST(string != NULL);
    MUST(utf8 || strlen(shown) <= columns);
    json_decref(string);
    free(shown);
}

static void check_credentials(char *line)
{
    size_t length = strlen(line);
    escape_credentials(line);
    MUST(strlen(line) <= length);
    const char *authority = strstr(line, "://");
    const char *at = strrchr(line, '@');
    /* Before the last '@' there is nothing but stars, and perhaps a colon. */
    for (const char *c = authority ? authority + 3 : NULL; c && at && c < at; c++)
        MUST(*c == '*' || (*c == ':' && c == authority + 3));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    setlocale(LC_CTYPE, "C.UTF-8");
    char *text = malloc(size + 1);
    MUST(text != NULL);
    memcpy(text, data, size);
    text[size] = '\0';
    check_escaped(text);
    check_json(text);
    for (size_t columns = 0; columns < 100; columns = columns * 3 / 2 + 1) {
        check_columns(text, columns, true);
        check_columns(text, columns, false);
    }
    check_credentials(text);
    free(text);
    return 0;
}
