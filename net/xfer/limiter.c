#include "net/xfer/limiter.h"

#include "engine/deadline.h"
#include <errno.h>
#include <stdatomic.h>
#include <sys/mman.h>

/* What nobody used in the last moments may still be: timers are late by a bit, more where many want
 * the processor, and a limit that forgot that would lose it each time. */
#define CREDIT (100 * NSEC_PER_MSEC)

/* A turn lasts at least so long. At a gigabyte a second pieces of 16 KiB would mean sixty thousand
 * pauses. */
static const int64_t shortest_turn_ns = 2 * NSEC_PER_MSEC;

/* libcurl hands over no more at once, and takes no smaller buffer. */
#define PIECE_MAX ((size_t)16 * 1024)
#define PIECE_MIN ((size_t)1024)

/* At a low rate a piece lasts about so long: one in so many of a second. */
#define PIECE_SHARE 20

struct limiter {
    int64_t rate;
    size_t turn; /* bytes */
    _Atomic int64_t booked_until;
};

size_t limiter_piece(const struct limiter *limiter)
{
    int64_t share = limiter->rate / PIECE_SHARE;
    if (share >= (int64_t)PIECE_MAX)
        return PIECE_MAX;
    return share > (int64_t)PIECE_MIN ? (size_t)share : PIECE_MIN;
}

int limiter_new(struct limiter **limiter, int64_t rate)
{
    void *memory =
        mmap(NULL, sizeof **limiter, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        return -errno;
    *limiter = memory;
    size_t piece = limiter_piece(&(struct limiter){.rate = rate});
    size_t least = (size_t)((__int128)rate * shortest_turn_ns / NSEC_PER_SEC);
    (*limiter)->rate = rate;
    (*limiter)->turn = least > piece ? least : piece;
    return 0;
}

void limiter_free(struct limiter *limiter)
{
    if (limiter)
        (void)munmap(limiter, sizeof *limiter); /* cannot fail: it was mapped so */
}

static int64_t limiter_time(const struct limiter *limiter, size_t bytes)
{
    return (int64_t)((__int128)bytes * NSEC_PER_SEC / limiter->rate);
}

/* When what is booked next begins. At first there is no credit: whoever begins first would have it
 * all. */
static int64_t limiter_start(int64_t booked_until, int64_t now)
{
    int64_t least = booked_until ? now - CREDIT : now;
    return booked_until > least ? booked_until : least;
}

int64_t limiter_book(struct limiter *limiter, size_t length, size_t expected, int64_t now,
                     size_t *booked)
{
    size_t turn = expected < limiter->turn ? expected : limiter->turn;
    *booked = length > turn ? length : turn;
    int64_t time = limiter_time(limiter, *booked);
    int64_t before = atomic_load_explicit(&limiter->booked_until, memory_order_relaxed);
    int64_t due;
    do
        due = limiter_start(before, now) + time;
    while (!atomic_compare_exchange_weak_explicit(&limiter->booked_until, &before, due,
                                                  memory_order_relaxed, memory_order_relaxed));
    return due;
}

void limiter_return(struct limiter *limiter, size_t booked)
{
    atomic_fetch_sub_explicit(&limiter->booked_until, limiter_time(limiter, booked),
                              memory_order_relaxed);
}
