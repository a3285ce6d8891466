/* limiter.h: on a clock of our own, and across processes. */
#include "net/xfer/limiter.h"
#include "tests/unit/net/unit.h"

#include "engine/deadline.h"
#include <sys/wait.h>
#include <unistd.h>

static const int64_t start = 1000 * NSEC_PER_SEC;

/* Books `length` bytes of endless ones; when they may be delivered. */
static int64_t book(struct limiter *limiter, size_t length, int64_t now)
{
    size_t booked;
    int64_t due = limiter_book(limiter, length, 0, now, &booked);
    assert_int_equal(booked, length);
    return due;
}

static void one_after_another(void **state)
{
    (void)state;
    struct limiter *limiter;
    assert_int_equal(limiter_new(&limiter, 1000000), 0);
    int64_t first = book(limiter, 10000, start);
    assert_int_equal(first, start + 10 * NSEC_PER_MSEC);
    for (int i = 1; i < 1000; i++)
        assert_int_equal(book(limiter, 10000, start), first + i * (10 * NSEC_PER_MSEC));
    /* What is not used is not kept for more than a moment. */
    int64_t late = start + 60 * NSEC_PER_SEC;
    int64_t due = book(limiter, 10000, late);
    assert_true(due <= late && due > late - 200 * NSEC_PER_MSEC);
    limiter_free(limiter);
    limiter_free(NULL);
}

/* Timers that are a bit late lose nothing. */
static void late_timers(void **state)
{
    (void)state;
    struct limiter *limiter;
    assert_int_equal(limiter_new(&limiter, 1000000), 0);
    int64_t now = start;
    for (int i = 0; i < 1000; i++)
        now = book(limiter, 10000, now) + (i % 100 ? 2 : 50) * NSEC_PER_MSEC;
    assert_true(now < start + 10060 * NSEC_PER_MSEC);
    assert_true(now > start + 10000 * NSEC_PER_MSEC);
    limiter_free(limiter);
}

static void turns(void **state)
{
    (void)state;
    struct limiter *limiter;
    size_t booked;
    assert_int_equal(limiter_new(&limiter, 1000000), 0);
    limiter_book(limiter, 100, 50000, start, &booked);
    assert_int_equal(booked, 16384);
    limiter_book(limiter, 100, 5000, start, &booked); /* no more than there will be */
    assert_int_equal(booked, 5000);
    limiter_book(limiter, 20000, 50000, start, &booked);
    assert_int_equal(booked, 20000);
    int64_t due = book(limiter, 1000, start);
    limiter_return(limiter, 1000);
    assert_int_equal(book(limiter, 1000, start), due);
    limiter_free(limiter);

    /* A turn at a gigabyte a second is not over in microseconds. */
    assert_int_equal(limiter_new(&limiter, 1000000000), 0);
    limiter_book(limiter, 16384, 100000000, start, &booked);
    assert_int_equal(booked, 2000000);
    limiter_free(limiter);
}

static void pieces(void **state)
{
    (void)state;
    static const struct {
        int64_t rate;
        size_t piece;
    } cases[] = {{1, 1024}, {20480, 1024}, {100000, 5000}, {1000000, 16384}, {INT64_MAX, 16384}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct limiter *limiter;
        size_t booked;
        assert_int_equal(limiter_new(&limiter, cases[i].rate), 0);
        assert_int_equal(limiter_piece(limiter), cases[i].piece);
        assert_true(limiter_book(limiter, 1, 0, start, &booked) <= start + NSEC_PER_SEC);
        limiter_free(limiter);
    }
}

enum { CHILDREN = 4, BOOKINGS = 20000 };

/* All book at the same time, and no byte has the time of another. */
static void processes(void **state)
{
    (void)state;
    struct limiter *limiter;
    assert_int_equal(limiter_new(&limiter, 1000000), 0);
    int64_t first = book(limiter, 1000, start);
    for (int i = 0; i < CHILDREN; i++) {
        if (fork() == 0) {
            size_t booked;
            for (int j = 0; j < BOOKINGS; j++)
                limiter_book(limiter, 1000, 0, start, &booked);
            _exit(0);
        }
    }
    for (int i = 0; i < CHILDREN; i++)
        assert_true(wait(NULL) > 0);
    assert_int_equal(book(limiter, 1000, start), first + (CHILDREN * BOOKINGS + 1) * NSEC_PER_MSEC);
    limiter_free(limiter);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_after_another),
        cmocka_unit_test(late_timers),
        cmocka_unit_test(turns),
        cmocka_unit_test(pieces),
        cmocka_unit_test(processes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
