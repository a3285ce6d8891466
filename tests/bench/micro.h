/* micro.h - the comparison of micro.c that needs a library of its own.
 *
 * micro_boost.c measures Boost's context switch, micro_no_boost.c stands in where Boost is not
 * installed or cannot be linked. Thread: any; nothing here parks.
 */
#ifndef BENCH_MICRO_H
#define BENCH_MICRO_H

#include <stddef.h>

/* Nanoseconds a switch, over `switches` of them; negative when there is nothing to compare with. */
double micro_boost_switch(size_t switches);

/* "1.74", the version of the headers; NULL without Boost. */
const char *micro_boost_version(void);

/* CPU time of the calling thread, in nanoseconds: what others do meanwhile does not count. */
double micro_clock(void);

/* A mapped stack, for whoever switches by himself. Never NULL. */
void *micro_stack_map(size_t bytes);
void micro_stack_unmap(void *stack, size_t bytes);

#endif
