#include "tests/origin/json.h"

#include <stdlib.h>

char *json_latin1(struct span bytes)
{
    char *text = malloc(2 * bytes.size + 1);
    char *to = text;
    if (!text)
        return NULL;
    for (size_t i = 0; i < bytes.size; i++) {
        unsigned char c = (unsigned char)bytes.data[i];
        if (c < 0x80) {
            *to++ = (char)c;
        } else {
            *to++ = (char)(0xc0 | c >> 6);
            *to++ = (char)(0x80 | (c & 0x3f));
        }
    }
    *to = '\0';
    return text;
}

json_t *json_latin1_string(struct span bytes)
{
    char *text = json_latin1(bytes);
    json_t *string = text ? json_string(text) : NULL;
    free(text);
    return string;
}
