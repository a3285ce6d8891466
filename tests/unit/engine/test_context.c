/* The context switch of this build, on this machine. */
#include "context_checks.h"
#include "unit.h"

static void holds(void **state)
{
    const struct context_check *check = *state;
    assert_true(check->holds());
}

int main(void)
{
    struct CMUnitTest tests[16] = {0};
    assert_true(context_check_count <= 16);
    for (size_t i = 0; i < context_check_count; i++)
        tests[i] = (struct CMUnitTest){.name = context_checks[i].name,
                                       .test_func = holds,
                                       .initial_state = (void *)&context_checks[i]};
    return _cmocka_run_group_tests(co_backend(), tests, context_check_count, NULL, NULL);
}
