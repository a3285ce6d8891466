/* meter.h - how far one body has come, for whoever looks on from another thread or process.
 *
 * Ownership: whoever starts a transfer keeps its meter until that has ended; for a child process it
 * lies in shared memory. Thread: the transfer's writes, any reads: the numbers may be of
 * different moments. Nothing here parks.
 */
#ifndef CMD_GET_METER_H
#define CMD_GET_METER_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

struct meter {
    _Atomic int64_t received; /* bytes of the body, what an earlier run left included */
    _Atomic int64_t expected; /* of all of it, as announced; -1: not */
    _Atomic int64_t resumes;  /* when it will be tried again, monotonic; 0: it does not wait */
};

/* An answer begins: its first byte is the body's byte number `first`. */
static inline void meter_begin(struct meter *meter, int64_t first, int64_t expected)
{
    atomic_store_explicit(&meter->received, first, memory_order_relaxed);
    atomic_store_explicit(&meter->expected, expected, memory_order_relaxed);
}

static inline void meter_add(struct meter *meter, size_t size)
{
    atomic_fetch_add_explicit(&meter->received, (int64_t)size, memory_order_relaxed);
}

/* Nothing will come before `until`; 0: from now on something may. */
static inline void meter_rest(struct meter *meter, int64_t until)
{
    atomic_store_explicit(&meter->resumes, until, memory_order_relaxed);
}

static inline int64_t meter_resumes(const struct meter *meter)
{
    return atomic_load_explicit(&meter->resumes, memory_order_relaxed);
}

static inline int64_t meter_received(const struct meter *meter)
{
    return atomic_load_explicit(&meter->received, memory_order_relaxed);
}

static inline int64_t meter_expected(const struct meter *meter)
{
    return atomic_load_explicit(&meter->expected, memory_order_relaxed);
}

#endif
