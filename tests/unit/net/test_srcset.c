/* srcset.h: candidates as a browser splits them, and which of them is the largest. */
#include "net/html/srcset.h"
#include "tests/unit/net/unit.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* "URL descriptor;" for each candidate of the value, which lies in a block of its own. */
static void print_all(const char *value, char *out, size_t size)
{
    size_t length = strlen(value);
    size_t end = 0;
    char *copy = malloc(length + !length);
    assert_non_null(copy);
    memcpy(copy, value, length);
    struct srcset srcset = srcset_begin(copy, length);
    struct srcset_candidate candidate;
    out[0] = '\0';
    while (srcset_next(&srcset, &candidate)) {
        char number[32] = "";
        if (candidate.width)
            snprintf(number, sizeof number, " %juw", (uintmax_t)candidate.width);
        else if (candidate.density != 1)
            snprintf(number, sizeof number, " %gx", candidate.density);
        end += (size_t)snprintf(out + end, size - end, "%.*s%s;", (int)candidate.length,
                                copy + candidate.offset, number);
        assert_true(end < size);
    }
    free(copy);
}

static void expect(const char *value, const char *expected)
{
    char all[1024];
    print_all(value, all, sizeof all);
    if (strcmp(all, expected) != 0)
        fail_msg("\"%s\": \"%s\", not \"%s\"", value, all, expected);
}

static void test_splitting(void **state)
{
    (void)state;
    expect("", "");
    expect(",", "");
    expect(" , ,\n", "");
    expect("a", "a;");
    expect("a,b", "a,b;");
    expect("a, b", "a;b;");
    expect(",,a,,, ,b,,", "a;b;");
    expect("\t\n\f\r a\t1x\n,\fb\r2x ", "a;b 2x;");
    expect("\va\v1x\v", "\va\v1x\v;");
    expect("data:image/gif;base64,R0lGOD== 2x, b", "data:image/gif;base64,R0lGOD== 2x;b;");
    expect("a 2x,b 3x", "a 2x;b 3x;");
    expect("a 2x,,b 3x,", "a 2x;b 3x;");
    expect("a ,b", "a;b;");
    expect("a\xc2\xa0", "a\xc2\xa0;");
}

static void test_brackets(void **state)
{
    (void)state;
    expect("a 1x 1x ( , b 2x, ), c", "c;");
    expect("a ((( , b, ), c", "c;");
    expect("a [ , b, ], c", "b;];c;");
    expect("a, b (", "a;");
    expect("a, b (,", "a;");
    expect("a, b ()", "a;");
    expect("a (x), b", "b;");
}

static void test_widths(void **state)
{
    (void)state;
    expect("a 480w, b 1200w", "a 480w;b 1200w;");
    expect("a 1w 1h, b 1h 1w", "a 1w;b 1w;");
    expect("a 007w", "a 7w;");
    expect("a 99999999999999999999999w", "a 18446744073709551615w;");
    expect("a 0w, b -1w, c +1w, d 1.0w, e 1e0w, f 1W, g w, h 1ww", "");
    expect("a 1w 1w, b 1w 1x, c 1x 1w, d 1h, e 1h 1x, f 1h 1h 1w, g 1w 0h", "");
    expect("a 1w foo, b foo, c 1q", "");
    expect("a 1\x01w", "");
}

static void test_densities(void **state)
{
    (void)state;
    expect("a 2x, b 1.5x, c .5x, d 0x, e -0x", "a 2x;b 1.5x;c 0.5x;d 0x;e -0x;");
    expect("a 1e1x, b 1E+1x, c 15e-1x, d 1.5e1x", "a 10x;b 10x;c 1.5x;d 15x;");
    expect("a 1.x, b +1x, c -1x, d x, e 1X, f 1ex, g 1e1.5x, h Infinityx, i NaNx, j .x, k 1e+x",
           "");
    expect("a 1x 1x", "");
    expect("a 123456789012345678901234567890x", "a 1.23457e+29x;");
    expect("a 0.00000000000000000000000000000000000000000000000000000001x", "a 1e-56x;");
    expect("a 2e99999999999999999999x", "a 2e+300x;");
    expect("a 1e-99999999999999999999x", "a 1e-301x;");
}

/* The URL of the largest candidate. */
static void expect_largest(const char *value, const char *expected)
{
    struct srcset_candidate largest;
    bool found = srcset_largest(value, strlen(value), &largest);
    assert_int_equal(found, expected != NULL);
    if (found) {
        assert_int_equal(largest.length, strlen(expected));
        assert_memory_equal(value + largest.offset, expected, largest.length);
    }
}

static void test_largest(void **state)
{
    (void)state;
    expect_largest("", NULL);
    expect_largest("a 1x 1x", NULL);
    expect_largest("a", "a");
    expect_largest("a 1x, b 3x, c 2x", "b");
    expect_largest("a .5x, b", "b");
    expect_largest("a 100w, b 2000w, c 1999w", "b");
    expect_largest("a 2x, b 2x", "a");
    expect_largest("a, b 1x", "a");
    expect_largest("a 3x, b 10w", "b");
}

/* What is said of where things are, for whoever rewrites them. */
static void test_ranges(void **state)
{
    (void)state;
    static const char value[] = " ,a.png  1.5x , b.png,c.png\t100w 20h";
    struct srcset srcset = srcset_begin(value, sizeof value - 1);
    struct srcset_candidate candidate;
    assert_true(srcset_next(&srcset, &candidate));
    assert_int_equal(candidate.offset, 2);
    assert_int_equal(candidate.length, 5);
    assert_int_equal(candidate.descriptor, 9);
    assert_int_equal(candidate.descriptor_length, 4);
    assert_true(srcset_next(&srcset, &candidate));
    assert_int_equal(candidate.length, 11);
    assert_memory_equal(value + candidate.descriptor, "100w 20h", 8);
    assert_int_equal(candidate.descriptor_length, 8);
    assert_false(srcset_next(&srcset, &candidate));
    assert_false(srcset_next(&srcset, &candidate));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_splitting), cmocka_unit_test(test_brackets),
        cmocka_unit_test(test_widths),    cmocka_unit_test(test_densities),
        cmocka_unit_test(test_largest),   cmocka_unit_test(test_ranges),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
