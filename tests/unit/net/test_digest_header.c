#include "tests/unit/net/unit.h"

#include "net/http/digest_header.h"
#include <string.h>

/* Of no bytes at all. */
#define DIGITS "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="

static const struct {
    const char *field;
    bool found;
} cases[] = {
    {"", false},
    {"SHA-256=" DIGITS, true},
    {"sha-256=" DIGITS, true},
    {"MD5=HUXZLQLMuI/KZ5KDcJPcOA==,SHA-256=" DIGITS, true},
    {" SHA=x , SHA-256=" DIGITS " , SHA-512=y", true},
    {"SHA-256=" DIGITS ";q=1", true},
    {"sha-256=:" DIGITS ":", true},
    {"sha-512=:x:, sha-256=:" DIGITS ":", true},
    {"sha-256=:" DIGITS, false},
    {"sha-256=" DIGITS ":", false},
    {"sha-256=:" DIGITS "=", false},
    {"SHA-256=", false},
    {"SHA-256", false},
    {"SHA-256 =" DIGITS, false},
    {"XSHA-256=" DIGITS, false},
    {"SHA-256=" DIGITS "=", false},
    {"SHA-256=A" DIGITS, false},
    {"SHA-256=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuF==", false},
    {"SHA-256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU=", false},
    {"SHA-256=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU", false},
    {",,,", false},
    /* The first counts. */
    {"SHA-256=x,SHA-256=" DIGITS, false},
};

static void test_fields(void **state)
{
    static const unsigned char expected[] = {
        0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4,
        0xc8, 0x99, 0x6f, 0xb9, 0x24, 0x27, 0xae, 0x41, 0xe4, 0x64, 0x9b,
        0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55,
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        unsigned char digest[DIGEST_SHA256_SIZE] = {0};
        const char *field = cases[i].field;
        if (digest_header_sha256(field, strlen(field), digest) != cases[i].found)
            fail_msg("%s", field);
        if (cases[i].found)
            assert_memory_equal(digest, expected, sizeof expected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_fields)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
