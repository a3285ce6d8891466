#include "cmd/get/checksum.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static const struct {
    const char *name;
    const char *other; /* without the dash */
    size_t size;
} algorithms[CHECKSUM_COUNT] = {
    [CHECKSUM_NONE] = {"", "", 0},
    [CHECKSUM_MD5] = {"md5", "md-5", 16},
    [CHECKSUM_SHA_1] = {"sha-1", "sha1", 20},
    [CHECKSUM_SHA_224] = {"sha-224", "sha224", 28},
    [CHECKSUM_SHA_256] = {"sha-256", "sha256", 32},
    [CHECKSUM_SHA_384] = {"sha-384", "sha384", 48},
    [CHECKSUM_SHA_512] = {"sha-512", "sha512", 64},
};

static bool is_word(const char *text, size_t length, const char *word)
{
    return strlen(word) == length && strncasecmp(text, word, length) == 0;
}

static enum checksum_algorithm algorithm_by_name(const char *text, size_t length)
{
    for (int i = CHECKSUM_MD5; i < CHECKSUM_COUNT; i++)
        if (is_word(text, length, algorithms[i].name) || is_word(text, length, algorithms[i].other))
            return (enum checksum_algorithm)i;
    return CHECKSUM_NONE;
}

static unsigned digit_value(char c)
{
    return isdigit((unsigned char)c) ? (unsigned)(c - '0') : (unsigned)((c | 0x20) - 'a' + 10);
}

static size_t count_digits(const char *text, size_t length)
{
    size_t count = 0;
    while (count < length && isxdigit((unsigned char)text[count]))
        count++;
    return count;
}

static void take_digits(struct checksum *checksum, const char *digits)
{
    for (size_t i = 0; i < algorithms[checksum->algorithm].size; i++)
        checksum->bytes[i] =
            (unsigned char)(digit_value(digits[2 * i]) << 4 | digit_value(digits[2 * i + 1]));
}

const char *checksum_parse(struct checksum *checksum, const char *text, size_t length)
{
    const char *equals = memchr(text, '=', length);
    *checksum = (struct checksum){0};
    if (!equals)
        return "not ALGORITHM=DIGEST";
    size_t name_length = (size_t)(equals - text);
    const char *digits = equals + 1;
    size_t count = length - name_length - 1;
    enum checksum_algorithm algorithm = algorithm_by_name(text, name_length);
    if (algorithm == CHECKSUM_NONE)
        return "the algorithm is none of md5, sha-1, sha-224, sha-256, sha-384, sha-512";
    if (count_digits(digits, count) != count)
        return "the digest is not hexadecimal";
    if (count != 2 * algorithms[algorithm].size)
        return "the digest has not as many digits as the algorithm's";
    checksum->algorithm = algorithm;
    take_digits(checksum, digits);
    return NULL;
}

size_t checksum_scan(struct checksum *checksum, const char *text, size_t length)
{
    size_t count = count_digits(text, length);
    for (int i = CHECKSUM_MD5; i < CHECKSUM_COUNT && count > 0; i++) {
        if (count != 2 * algorithms[i].size)
            continue;
        *checksum = (struct checksum){.algorithm = (enum checksum_algorithm)i};
        take_digits(checksum, text);
        return count;
    }
    return 0;
}

bool checksum_equal(const struct checksum *a, const struct checksum *b)
{
    return a->algorithm == b->algorithm &&
           memcmp(a->bytes, b->bytes, algorithms[a->algorithm].size) == 0;
}

const char *checksum_text(const struct checksum *checksum, char text[CHECKSUM_TEXT_SIZE])
{
    size_t end = (size_t)sprintf(text, "%s=", algorithms[checksum->algorithm].name);
    for (size_t i = 0; i < algorithms[checksum->algorithm].size; i++)
        end += (size_t)sprintf(text + end, "%02x", checksum->bytes[i]);
    return text;
}
