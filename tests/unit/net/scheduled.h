/* scheduled.h - checks within tasks. cmocka leaves a failing test by longjmp(), which must not
 * cross coroutine stacks; so a body says what is wrong, and the test fails outside.
 */
#ifndef TESTS_UNIT_NET_SCHEDULED_H
#define TESTS_UNIT_NET_SCHEDULED_H

#include "engine/engine.h"
#include "tests/unit/net/unit.h"

/* In a body: leaves it with a complaint. */
#define CHECK(condition)                                                         \
    do {                                                                         \
        if (!(condition))                                                        \
            return (void *)("line " ENGINE_STRINGIFY(__LINE__) ": " #condition); \
    } while (0)

/* Runs a body as a task; fails the test with its complaint. */
static inline void run_scheduled(task_fn body, void *arg)
{
    void *complaint = NULL;
    assert_int_equal(engine_run(body, arg, &complaint), 0);
    if (complaint)
        fail_msg("on a scheduler, %s", (const char *)complaint);
}

/* Runs a body off any scheduler; fails the test with its complaint. */
static inline void run_blocking(task_fn body, void *arg)
{
    const char *complaint = body(arg);
    if (complaint)
        fail_msg("off a scheduler, %s", complaint);
}

#endif
