/* micro_boost.c - Boost's fcontext, the switch that others are measured by.
 *
 * The two functions are plain C under C++ headers; their prototypes are those of
 * boost/context/detail/fcontext.hpp.
 */
#include "tests/bench/micro.h"

#define STACK_BYTES (64 * 1024)

struct transfer {
    void *context;
    void *data;
};

struct transfer jump_fcontext(void *to, void *data);
void *make_fcontext(void *top, size_t bytes, void (*entry)(struct transfer));

static void peer(struct transfer from)
{
    for (;;)
        from = jump_fcontext(from.context, from.data);
}

double micro_boost_switch(size_t switches)
{
    char *stack = micro_stack_map(STACK_BYTES);
    struct transfer to = {make_fcontext(stack + STACK_BYTES, STACK_BYTES, peer), NULL};
    to = jump_fcontext(to.context, NULL);
    double start = micro_clock();
    for (size_t i = 0; i < switches; i += 2)
        to = jump_fcontext(to.context, NULL);
    double spent = micro_clock() - start;
    micro_stack_unmap(stack, STACK_BYTES);
    return spent / (double)switches;
}

const char *micro_boost_version(void)
{
    return BENCH_BOOST_VERSION;
}
