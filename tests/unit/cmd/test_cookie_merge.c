/* Several workers change the same cookies: what is left. */
#include "unit.h"

#include "cmd/get/cookie_merge.h"
#include <stdlib.h>
#include <string.h>

#define A1 "a.test\tFALSE\t/\tFALSE\t0\tn\t1"
#define A2 "a.test\tFALSE\t/\tFALSE\t0\tn\t2"
#define A3 "#HttpOnly_a.test\tTRUE\t/\tTRUE\t9\tn\t3"
#define M1 "a.test\tFALSE\t/\tFALSE\t0\tm\t1"
#define P1 "a.test\tFALSE\t/p\tFALSE\t0\tn\t1"
#define B1 ".b.test\tTRUE\t/\tFALSE\t0\tn\t1"

static struct curl_slist *list(const char *first, const char *second, const char *third)
{
    const char *const all[] = {first, second, third};
    struct curl_slist *made = NULL;
    for (int i = 0; i < 3; i++)
        if (all[i])
            made = curl_slist_append(made, all[i]);
    return made;
}

static void expect_changes(struct curl_slist *before, struct curl_slist *now, const char *expected)
{
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    assert_int_equal(cookie_changes_write(out, before, now), 0);
    fclose(out);
    assert_string_equal(text, expected);
    free(text);
    curl_slist_free_all(before);
    curl_slist_free_all(now);
}

static void changes(void **state)
{
    (void)state;
    expect_changes(NULL, NULL, "");
    expect_changes(NULL, list(A1, NULL, NULL), "+" A1 "\n");
    expect_changes(list(A1, NULL, NULL), NULL, "-" A1 "\n");
    expect_changes(list(A1, B1, NULL), list(B1, A1, NULL), "");
    expect_changes(list(A1, B1, NULL), list(B1, A2, NULL), "-" A1 "\n+" A2 "\n");
    expect_changes(list(A1, NULL, NULL), list(A3, NULL, NULL), "-" A1 "\n+" A3 "\n");
    expect_changes(list(A1, M1, P1), list(A1, P1, NULL), "-" M1 "\n");
}

static void expect_jar(struct curl_slist *before, const char *changes_text, const char *expected)
{
    char *text;
    size_t size;
    char *copy = strdup(changes_text);
    FILE *out = open_memstream(&text, &size);
    assert_int_equal(cookie_changes_apply(out, before, copy), 0);
    fclose(out);
    assert_string_equal(text, expected);
    free(text);
    free(copy);
    curl_slist_free_all(before);
}

static void jars(void **state)
{
    (void)state;
    expect_jar(NULL, "", "");
    expect_jar(list(A1, NULL, NULL), "", A1 "\n");
    expect_jar(list(A1, NULL, NULL), "-" A1 "\n", "");
    expect_jar(list(A1, NULL, NULL), "-" A1 "\n+" A2 "\n", A2 "\n");
    /* One worker after another: the last word counts, and a new value more than a loss. */
    expect_jar(list(A1, NULL, NULL), "-" A1 "\n+" A2 "\n-" A1 "\n+" A3 "\n", A3 "\n");
    expect_jar(list(A1, NULL, NULL), "-" A1 "\n+" A2 "\n-" A1 "\n", A2 "\n");
    expect_jar(list(A1, M1, P1), "-" A1 "\n+" B1 "\n", B1 "\n" M1 "\n" P1 "\n");
    /* Of a worker that died while it wrote. */
    expect_jar(NULL, "+" A1 "\n+a.te", "a.te\n" A1 "\n");
    expect_jar(NULL, "?\n\n+\n", "\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(changes),
        cmocka_unit_test(jars),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
