/* context_checks.h - what a context switch must keep and hand over, as plain functions: run by
 * test_context.c on this machine and by cross_context.c on an emulated one.
 */
#ifndef ENGINE_CONTEXT_CHECKS_H
#define ENGINE_CONTEXT_CHECKS_H

#include <stdbool.h>
#include <stddef.h>

struct context_check {
    const char *name;
    bool (*holds)(void);
};

extern const struct context_check context_checks[];
extern const size_t context_check_count;

#endif
