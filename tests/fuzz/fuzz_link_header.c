/* A Link field: links, relations and parameters lie within it. */
#include "net/http/digest_header.h"
#include "net/http/link_header.h"
#include "tests/fuzz/fuzz.h"
#include <string.h>

static bool is_within(struct link_text text, const uint8_t *data, size_t size)
{
    const char *begin = (const char *)data;
    return text.at >= begin && text.length <= size &&
           (size_t)(text.at - begin) <= size - text.length;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct link_text field = {(const char *)data, size};
    unsigned char digest[DIGEST_SHA256_SIZE];
    struct link link;
    char value[16];
    size_t length = size + 1;
    while (link_next(&field, &link)) {
        MUST(field.length < length); /* it comes to an end */
        length = field.length;
        MUST(is_within(link.target, data, size) && is_within(link.parameters, data, size));
        MUST(!memchr(link.target.at, '>', link.target.length));
        link_relates(&link, "duplicate");
        MUST(link_parameter(&link, "pri", value, sizeof value) || !*value);
        MUST(strlen(value) < sizeof value);
    }
    MUST(field.length == 0);
    digest_header_sha256((const char *)data, size, digest);
    return 0;
}
