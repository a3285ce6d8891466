/* seen.h: what was added is in, far beyond what memory holds. */
#include "cmd/get/limits.h"
#include "cmd/get/seen.h"
#include "tests/unit/cmd/unit.h"
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

/* Several generations and many splits on disk. */
enum { STRINGS = 5 * LIMIT_SEEN_MEMORY + 17 };

static int add(struct seen *seen, unsigned number)
{
    char text[32];
    int length = snprintf(text, sizeof text, "string %u", number);
    return seen_add(seen, text, (size_t)length);
}

static int has(struct seen *seen, unsigned number)
{
    char text[32];
    int length = snprintf(text, sizeof text, "string %u", number);
    return seen_has(seen, text, (size_t)length);
}

static void remembers(void **state)
{
    (void)state;
    struct seen *seen = seen_new(NULL);
    assert_non_null(seen);
    for (unsigned i = 0; i < STRINGS; i++) {
        assert_int_equal(add(seen, i), 1);
        /* One of any age, those on their way to disk included. */
        if (i % 7 == 0) {
            unsigned old = (unsigned)rand() % (i + 1);
            assert_int_equal(has(seen, old), 1);
            assert_int_equal(add(seen, old), 0);
            assert_int_equal(has(seen, i + 1), 0);
        }
    }
    for (unsigned i = 0; i < STRINGS; i++)
        assert_int_equal(add(seen, i), 0);
    for (unsigned i = STRINGS; i < STRINGS + 1000; i++)
        assert_int_equal(add(seen, i), 1);
    seen_free(seen);
}

static void any_bytes(void **state)
{
    (void)state;
    struct seen *seen = seen_new(NULL);
    assert_int_equal(seen_add(seen, "", 0), 1);
    assert_int_equal(seen_add(seen, "", 0), 0);
    assert_int_equal(seen_add(seen, "a\0b", 3), 1);
    assert_int_equal(seen_add(seen, "a\0c", 3), 1);
    assert_int_equal(seen_add(seen, "a\0b", 3), 0);
    assert_int_equal(seen_add(seen, "a", 1), 1);
    seen_free(seen);
    seen_free(NULL);
}

/* Adds until it fails: the error. */
static int add_until_error(struct seen *seen)
{
    for (unsigned i = 0; i < STRINGS; i++) {
        int added = add(seen, i);
        if (added < 0)
            return added;
    }
    return 0;
}

static void no_place(void **state)
{
    (void)state;
    struct seen *seen = seen_new("/nonexistent");
    assert_non_null(seen);
    assert_int_equal(add_until_error(seen), -ENOENT);
    seen_free(seen);

    /* TMPDIR counts where nothing else is said. */
    setenv("TMPDIR", "/nonexistent", 1);
    seen = seen_new(NULL);
    assert_int_equal(add_until_error(seen), -ENOENT);
    seen_free(seen);
    unsetenv("TMPDIR");
}

static void no_space(void **state)
{
    (void)state;
    struct rlimit old, small;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    small = (struct rlimit){.rlim_cur = 16 * LIMIT_SEEN_PAGE, .rlim_max = old.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    struct seen *seen = seen_new(NULL);
    int error = add_until_error(seen);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
    assert_int_equal(error, -EFBIG);
    seen_free(seen);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(remembers),
        cmocka_unit_test(any_bytes),
        cmocka_unit_test(no_place),
        cmocka_unit_test(no_space),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
