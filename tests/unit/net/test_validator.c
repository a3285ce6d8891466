/* validator.h: what is kept of a validator, and which are strong enough to join ranges by. */
#include "net/http/validator.h"
#include "tests/unit/net/unit.h"
#include <string.h>

static const char *take(const char *value, size_t length)
{
    static struct validators validators;
    validator_take(validators.etag, sizeof validators.etag, value, length);
    return validators.etag;
}

static void kept_as_sent(void **state)
{
    (void)state;
    char longest[ETAG_MAX + 2];
    memset(longest, 'x', sizeof longest);
    assert_string_equal(take("\"abc\"", 5), "\"abc\"");
    assert_string_equal(take("W/\"a b\"", 7), "W/\"a b\"");
    assert_string_equal(take("bare", 4), "bare");
    assert_string_equal(take("", 0), "");
    assert_int_equal(strlen(take(longest, ETAG_MAX)), ETAG_MAX);
    assert_string_equal(take(longest, ETAG_MAX + 1), "");
    assert_string_equal(take("\"a\nb\"", 5), "");
    assert_string_equal(take("\"\xc3\xa4\"", 4), "");
    assert_string_equal(take("\"a\0b\"", 5), "");
    /* Each byte at each place. */
    for (int byte = 0; byte < 256; byte++) {
        for (size_t at = 0; at < 20; at++) {
            char text[] = "any validator of 20.";
            text[at] = (char)byte;
            assert_string_equal(take(text, 20), byte >= ' ' && byte <= '~' ? text : "");
        }
    }
}

static void strong_tags(void **state)
{
    (void)state;
    assert_true(validator_etag_is_strong("\"abc\""));
    assert_true(validator_etag_is_strong("\"\""));
    assert_false(validator_etag_is_strong("W/\"abc\""));
    assert_false(validator_etag_is_strong("abc"));
    assert_false(validator_etag_is_strong("\"abc"));
    assert_false(validator_etag_is_strong("\""));
    assert_false(validator_etag_is_strong("\"a\"b\""));
    assert_false(validator_etag_is_strong(""));
}

static void strong_dates(void **state)
{
    (void)state;
    assert_true(validator_date_is_strong(1000, 1060));
    assert_true(validator_date_is_strong(0, INT64_MAX));
    assert_false(validator_date_is_strong(1000, 1059));
    assert_false(validator_date_is_strong(1000, -1));
    assert_false(validator_date_is_strong(-1, 1000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kept_as_sent),
        cmocka_unit_test(strong_tags),
        cmocka_unit_test(strong_dates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
