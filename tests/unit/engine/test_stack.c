/* The pool of stacks. madvise, mprotect and mmap are wrapped by the linker, so that old kernels
 * and full tables can be played. */
#include "dies.h"
#include "engine/co/guard.h"
#include "engine/co/stack.h"
#include "engine/limits.h"
#include "unit.h"
#include <stdint.h>
#include <sys/mman.h>

static struct {
    bool no_guard_advice; /* as Linux before 6.13 */
    bool no_protect;      /* as when the table of maps is full */
    bool no_map;
    size_t dropped; /* bytes given back with MADV_DONTNEED */
} kernel;

int __real_madvise(void *address, size_t bytes, int advice);
int __wrap_madvise(void *address, size_t bytes, int advice);
int __real_mprotect(void *address, size_t bytes, int protection);
int __wrap_mprotect(void *address, size_t bytes, int protection);
void *__real_mmap(void *address, size_t bytes, int protection, int flags, int fd, off_t offset);
void *__wrap_mmap(void *address, size_t bytes, int protection, int flags, int fd, off_t offset);

int __wrap_madvise(void *address, size_t bytes, int advice)
{
    enum { GUARD_INSTALL = 102 };
    if (advice == GUARD_INSTALL && kernel.no_guard_advice) {
        errno = EINVAL;
        return -1;
    }
    if (advice == MADV_DONTNEED)
        kernel.dropped += bytes;
    return __real_madvise(address, bytes, advice);
}

int __wrap_mprotect(void *address, size_t bytes, int protection)
{
    if (kernel.no_protect) {
        errno = ENOMEM;
        return -1;
    }
    return __real_mprotect(address, bytes, protection);
}

void *__wrap_mmap(void *address, size_t bytes, int protection, int flags, int fd, off_t offset)
{
    if (kernel.no_map) {
        errno = ENOMEM;
        return MAP_FAILED;
    }
    return __real_mmap(address, bytes, protection, flags, fd, offset);
}

static int reset(void **state)
{
    (void)state;
    stack_pool_drain();
    memset(&kernel, 0, sizeof(kernel));
    return 0;
}

static void the_last_returned_comes_first(void **state)
{
    (void)state;
    struct stack *a = stack_get(0);
    struct stack *b = stack_get(0);
    assert_ptr_not_equal(a, b);
    stack_put(a);
    stack_put(b);
    assert_ptr_equal(stack_get(0), b);
    assert_ptr_equal(stack_get(0), a);
    stack_put(a);
    stack_put(b);
}

static void sizes_have_their_own_pools(void **state)
{
    (void)state;
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    struct stack *normal = stack_get(0);
    struct stack *large = stack_get(256 * 1024);
    struct stack *odd = stack_get(100 * 1000);
    assert_int_equal(normal->bytes, 64 * 1024);
    assert_int_equal(large->bytes, 256 * 1024);
    assert_true(odd->bytes >= 100 * 1000 && odd->bytes % page == 0);
    memset(odd->base, 1, odd->bytes);
    stack_put(normal);
    stack_put(large);
    stack_put(odd);
    assert_ptr_equal(stack_get(100 * 1000), odd);
    assert_ptr_equal(stack_get(64 * 1024), normal);
    stack_put(odd);
    stack_put(normal);
}

static void more_than_a_slab(void **state)
{
    (void)state;
    enum { COUNT = LIMIT_SLAB_STACKS * 3 + 1 };
    static struct stack *stacks[COUNT];
    for (size_t i = 0; i < COUNT; i++) {
        assert_non_null(stacks[i] = stack_get(0));
        memset(stacks[i]->base, (int)i, 8);
        memset(stacks[i]->base + stacks[i]->bytes - 8, (int)i, 8);
    }
    for (size_t i = 0; i < COUNT; i++) {
        assert_int_equal((unsigned char)stacks[i]->base[0], i & 0xff);
        assert_int_equal((unsigned char)stacks[i]->base[stacks[i]->bytes - 1], i & 0xff);
    }
    /* While one is lent its slab stays, and can be used after the drain. */
    for (size_t i = 1; i < COUNT; i++)
        stack_put(stacks[i]);
    stack_pool_drain();
    memset(stacks[0]->base, 7, stacks[0]->bytes);
    struct stack *other = stack_get(0);
    assert_non_null(other);
    stack_put(other);
    stack_put(stacks[0]);
}

static void use_is_counted_from_the_top(void **state)
{
    (void)state;
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    struct stack *stack = stack_get(0);
    assert_int_equal(stack_used(stack), 0);
    stack->base[stack->bytes - 1] = 1;
    assert_int_equal(stack_used(stack), page);
    stack->base[stack->bytes / 2] = 1;
    assert_int_equal(stack_used(stack), stack->bytes / 2);
    stack->base[0] = 1;
    assert_int_equal(stack_used(stack), stack->bytes);
    stack_put(stack);
}

static void deep_pages_go_back(void **state)
{
    (void)state;
    struct stack *stack = stack_get(0);
    stack->base[stack->bytes - 1] = 1;
    stack_put(stack);
    size_t shallow = kernel.dropped;
    assert_int_equal(shallow, LIMIT_KEEP_WARM ? 0 : 64 * 1024);
    assert_ptr_equal(stack_get(0), stack);
    memset(stack->base, 1, stack->bytes);
    stack_put(stack);
    assert_true(kernel.dropped - shallow >= 48 * 1024);
    assert_ptr_equal(stack_get(0), stack);
    assert_int_equal(stack->base[0], 0);
    stack_put(stack);
}

static void idle_stacks_are_trimmed(void **state)
{
    (void)state;
    enum { COUNT = 500, KEPT = 64 };
    static struct stack *stacks[COUNT];
    if (!LIMIT_KEEP_WARM)
        skip(); /* there nothing stays warm */
    for (size_t i = 0; i < COUNT; i++) {
        stacks[i] = stack_get(0);
        stacks[i]->base[stacks[i]->bytes - 1] = 1;
    }
    for (size_t i = 0; i < COUNT; i++)
        stack_put(stacks[i]);
    stack_pool_trim(); /* they were all in use since the last one */
    assert_int_equal(kernel.dropped, 0);
    stack_pool_trim();
    size_t once = kernel.dropped;
    assert_true(once > 0 && once < (size_t)COUNT * 64 * 1024);
    for (int i = 0; i < 10; i++)
        stack_pool_trim();
    assert_int_equal(kernel.dropped, (size_t)(COUNT - KEPT) * 64 * 1024);
    for (size_t i = 0; i < COUNT; i++)
        assert_non_null(stacks[i] = stack_get(0));
    for (size_t i = 0; i < COUNT; i++)
        stack_put(stacks[i]);
}

static void *do_nothing(void *arg)
{
    return arg;
}

static void *have_a_rush_then_peace(void *arg)
{
    static struct task *tasks[300];
    for (size_t i = 0; i < 300; i++)
        assert_non_null(tasks[i] = task_spawn(NULL, do_nothing, NULL));
    assert_int_equal(task_joinall(tasks, 300, DEADLINE_NEVER), 0);
    assert_int_equal(kernel.dropped, 0);
    for (int i = 0; i < 5; i++)
        assert_int_equal(task_sleep(deadline_in_ms(200)), 0);
    return arg;
}

static void a_scheduler_trims_now_and_then(void **state)
{
    (void)state;
    if (!LIMIT_KEEP_WARM)
        skip();
    assert_int_equal(unit_run(&unit_virtual, have_a_rush_then_peace, NULL), 0);
    assert_true(kernel.dropped >= (size_t)200 * 64 * 1024);
}

static void no_memory_is_told(void **state)
{
    (void)state;
    kernel.no_map = true;
    assert_null(stack_get(0));
    errno = 0;
    assert_null(co_new((co_fn)abort, 0));
    assert_int_equal(errno, ENOMEM);
    kernel.no_map = false;
    struct stack *stack = stack_get(0);
    assert_non_null(stack);
    stack_put(stack);
}

static void *spawn_until_full(void *arg)
{
    struct group group;
    size_t spawned = 0;
    assert_int_equal(group_init(&group), 0);
    kernel.no_map = true;
    while (task_spawn(&group, do_nothing, NULL))
        spawned++;
    assert_int_equal(errno, ENOMEM);
    assert_int_equal(group_spawn(&group, do_nothing, NULL), -ENOMEM);
    assert_true(spawned < LIMIT_SLAB_STACKS); /* what was mapped already */
    assert_int_equal(group_wait(&group, DEADLINE_NEVER), 0);
    kernel.no_map = false;
    assert_int_equal(group_spawn(&group, do_nothing, NULL), 0);
    group_close(&group);
    return arg;
}

static void a_spawn_without_memory_fails_cleanly(void **state)
{
    (void)state;
    assert_int_equal(unit_run(NULL, spawn_until_full, NULL), 0);
}

static void touch_guard_by_protect(void)
{
    kernel.no_guard_advice = true;
    struct stack *stack = stack_get(0);
    if (stack->guard == GUARD_MPROTECT)
        ((volatile char *)stack->base)[-1] = 1;
}

static void an_old_kernel_protects(void **state)
{
    (void)state;
    assert_int_not_equal(dies_by(touch_guard_by_protect).status, 0);
}

/* One warning, however many are unguarded. What is said is found in the child's stderr. */
static void go_unguarded(void)
{
    kernel.no_guard_advice = true;
    kernel.no_protect = true;
    struct stack *a = stack_get(0);
    struct stack *b = stack_get(0);
    if (a->guard != GUARD_NONE || b->guard != GUARD_NONE)
        _exit(1);
    memset(b->base, 1, b->bytes);
    stack_put(a);
    stack_put(b);
}

static void without_any_guard_it_warns_once(void **state)
{
    (void)state;
    struct death death = dies_by(go_unguarded);
    assert_int_equal(death.status, 0);
    char *warning = strstr(death.said, "no guard page");
    assert_non_null(warning);
    assert_null(strstr(warning + 1, "no guard page"));
}

/* 45 % of what vm.max_map_count allows, or of what it says by default. */
static void use_up_the_budget(void)
{
    enum { MOST = 1 << 20 };
    static _Alignas(65536) char page[65536];
    long guarded = 0;
    kernel.no_guard_advice = true;
    kernel.no_protect = false;
    while (guarded < MOST && guard_install(page, 0) == GUARD_MPROTECT)
        guarded++;
    guard_release(GUARD_MPROTECT);
    bool again = guard_install(page, 0) == GUARD_MPROTECT;
    bool once = guard_install(page, 0) == GUARD_NONE;
    _exit(guarded > 1000 && guarded < MOST && again && once ? 0 : 1);
}

static void protected_pages_have_a_budget(void **state)
{
    (void)state;
    assert_int_equal(dies_by(use_up_the_budget).status, 0);
}

static void a_size_that_would_overflow_is_refused(void **state)
{
    (void)state;
    static const size_t sizes[] = {SIZE_MAX, SIZE_MAX - 4096, SIZE_MAX / LIMIT_SLAB_STACKS};
    for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++)
        assert_null(stack_get(sizes[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_last_returned_comes_first, reset),
        cmocka_unit_test_setup(sizes_have_their_own_pools, reset),
        cmocka_unit_test_setup(more_than_a_slab, reset),
        cmocka_unit_test_setup(use_is_counted_from_the_top, reset),
        cmocka_unit_test_setup(deep_pages_go_back, reset),
        cmocka_unit_test_setup(idle_stacks_are_trimmed, reset),
        cmocka_unit_test_setup(a_scheduler_trims_now_and_then, reset),
        cmocka_unit_test_setup(no_memory_is_told, reset),
        cmocka_unit_test_setup(a_size_that_would_overflow_is_refused, reset),
        cmocka_unit_test_setup(a_spawn_without_memory_fails_cleanly, reset),
        cmocka_unit_test_setup(an_old_kernel_protects, reset),
        cmocka_unit_test_setup(without_any_guard_it_warns_once, reset),
        cmocka_unit_test_setup(protected_pages_have_a_budget, reset),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    stack_pool_drain();
    return failed;
}
