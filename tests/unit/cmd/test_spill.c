/* spill.h: queues of bytes in one file, and a disk that fails. */
#include "cmd/get/limits.h"
#include "cmd/get/spill.h"
#include "tests/unit/cmd/unit.h"
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

enum { QUEUES = 5, RECORDS = 4000, RECORD_MAX = 3 * LIMIT_SPILL_PAGE };

static unsigned char byte_of(int queue, uint64_t at)
{
    return (unsigned char)(at * 31 + at / 251 + (uint64_t)queue * 7);
}

/* Any order of putting and getting gives back what was put, and pages are used again. */
static void keeps_order(void **state)
{
    (void)state;
    struct spill *spill = spill_new();
    struct spill_queue queues[QUEUES] = {0};
    uint64_t put[QUEUES] = {0}, got[QUEUES] = {0};
    unsigned char bytes[RECORD_MAX];
    uint64_t most = 0;
    assert_non_null(spill);
    srand(3);
    for (int i = 0; i < RECORDS; i++) {
        int q = rand() % QUEUES;
        size_t size = (size_t)rand() % RECORD_MAX + 1;
        bool putting = put[q] - got[q] < size || (put[q] - got[q] < 8 * RECORD_MAX && rand() % 2);
        for (size_t j = 0; putting && j < size; j++)
            bytes[j] = byte_of(q, put[q]++);
        if (putting) {
            assert_int_equal(spill_put(spill, &queues[q], bytes, size), 0);
        } else {
            assert_int_equal(spill_get(spill, &queues[q], bytes, size), 0);
            for (size_t j = 0; j < size; j++)
                assert_int_equal(bytes[j], byte_of(q, got[q]++));
        }
        assert_int_equal(queues[q].bytes, put[q] - got[q]);
        uint64_t waiting = 0;
        for (int k = 0; k < QUEUES; k++)
            waiting += put[k] - got[k];
        most = waiting > most ? waiting : most;
    }
    /* Each queue may have two pages in part, and every page has its head. */
    assert_true(spill_size(spill) <= 2 * most + 2 * QUEUES * LIMIT_SPILL_PAGE);
    spill_free(spill);
}

static void empties_the_file(void **state)
{
    (void)state;
    struct spill *spill = spill_new();
    struct spill_queue a = {0}, b = {0};
    char bytes[RECORD_MAX] = "first", back[RECORD_MAX];
    assert_int_equal(spill_size(spill), 0);
    for (int round = 0; round < 3; round++) {
        assert_int_equal(spill_put(spill, &a, bytes, sizeof bytes), 0);
        assert_int_equal(spill_put(spill, &b, "x", 1), 0);
        assert_int_equal(spill_get(spill, &a, back, sizeof back), 0);
        assert_memory_equal(back, bytes, sizeof bytes);
        assert_true(spill_size(spill) > 0);
        assert_int_equal(spill_get(spill, &b, back, 1), 0);
        assert_int_equal(spill_size(spill), 0);
    }
    spill_free(spill);
    spill_free(NULL);
}

static void no_place(void **state)
{
    (void)state;
    struct spill *spill = spill_new();
    struct spill_queue queue = {0};
    setenv("TMPDIR", "/nonexistent", 1);
    assert_int_equal(spill_put(spill, &queue, "x", 1), -ENOENT);
    unsetenv("TMPDIR");
    spill_free(spill);
}

static void no_space(void **state)
{
    (void)state;
    struct spill *spill = spill_new();
    struct spill_queue queue = {0};
    char bytes[LIMIT_SPILL_PAGE] = {0};
    struct rlimit old, small;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    small = (struct rlimit){.rlim_cur = 3 * LIMIT_SPILL_PAGE, .rlim_max = old.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    int error = 0;
    for (int i = 0; i < 10 && !error; i++)
        error = spill_put(spill, &queue, bytes, sizeof bytes);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
    assert_int_equal(error, -EFBIG);
    spill_free(spill);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_order),
        cmocka_unit_test(empties_the_file),
        cmocka_unit_test(no_place),
        cmocka_unit_test(no_space),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
