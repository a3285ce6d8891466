/* Tasks that do at random what tasks can do, canceled at random times, in random order. Whatever
 * happens: all end, what was put is got or left, permits come back, nothing leaks. Each seed is one
 * history that repeats exactly. */
#include "unit.h"
#include <stdint.h>

enum { SEEDS = 60, ROUNDS = 40, FAMILY = 4, DEPTH = 3, PERMITS = 2, ROOM = 3 };

struct world {
    uint64_t random;
    struct queue *queue;
    struct semaphore semaphore;
    struct event event;
    size_t put, got;
    size_t begun, ended;
    bool generated_wrongly;
};

static struct world world;

static unsigned chance(unsigned n)
{
    world.random = world.random * UINT64_C(6364136223846793005) + 1442695040888963407;
    return (unsigned)(world.random >> 33) % n;
}

static int64_t soon(void)
{
    return chance(4) == 0 ? DEADLINE_NOW : deadline_in_ms(1 + chance(30));
}

static void put_one(void)
{
    if (queue_put(world.queue, &world, soon()) == 0)
        world.put++;
}

static void get_one(void)
{
    void *item;
    if (queue_get(world.queue, &item, soon()) == 0)
        world.got++;
}

static void pass_the_semaphore(void)
{
    if (semaphore_acquire(&world.semaphore, soon()) != 0)
        return;
    (void)task_sleep(soon());
    semaphore_release(&world.semaphore);
}

static void use_the_event(void)
{
    switch (chance(3)) {
    case 0:
        event_set(&world.event);
        break;
    case 1:
        event_clear(&world.event);
        break;
    default:
        (void)event_wait(&world.event, soon());
    }
}

static void *count(void *in)
{
    for (uintptr_t n = 0;; n++)
        in = co_yield ((void *)n);
    return in;
}

/* A generator inside a task, dropped when it has not ended. */
static void generate(void)
{
    struct co *co = co_new(count, 0);
    for (uintptr_t n = 0; co && n < chance(5); n++) {
        world.generated_wrongly |= (uintptr_t)co_resume(co, NULL) != n;
        (void)task_yield();
    }
    co_free(co);
}

static void wait_shielded(void)
{
    task_shield(deadline_in_ms(chance(10)));
    (void)task_sleep(soon());
    task_unshield();
}

static void *live(void *depth);

static void join_a_child(uintptr_t depth)
{
    struct task *child = task_spawn(NULL, live, (void *)(depth - 1));
    if (!child)
        return;
    int error = task_join(child, NULL, soon());
    if (error) {
        task_cancel(child);
        task_shield(DEADLINE_NEVER);
        while (task_join(child, NULL, DEADLINE_NEVER) != 0)
            ;
        task_unshield();
    }
}

static void raise_a_family(uintptr_t depth)
{
    struct group group;
    struct task *named = NULL;
    assert_int_equal(group_init(&group), 0);
    for (unsigned n = chance(FAMILY); n > 0; n--)
        (void)group_spawn(&group, live, (void *)(depth - 1));
    if (chance(2))
        named = task_spawn(&group, live, (void *)(depth - 1));
    if (chance(3) == 0)
        assert_int_equal(group_deadline(&group, soon()), 0);
    if (named && chance(2))
        task_cancel(named);
    if (chance(3))
        (void)group_wait(&group, soon());
    if (chance(5) == 0)
        group_cancel(&group);
    group_close(&group);
}

static void act(uintptr_t depth)
{
    static void (*const acts[])(void) = {
        put_one,      put_one, get_one, get_one, generate, use_the_event, pass_the_semaphore,
        wait_shielded};
    enum { ACTS = sizeof(acts) / sizeof(acts[0]) };
    unsigned choice = chance(ACTS + 3);
    if (choice < ACTS)
        acts[choice]();
    else if (depth == 0)
        (void)task_sleep(soon());
    else if (choice == ACTS)
        join_a_child(depth);
    else
        raise_a_family(depth);
}

static void *live(void *depth)
{
    world.begun++;
    for (unsigned n = chance(6); n > 0; n--)
        act((uintptr_t)depth);
    world.ended++;
    return NULL;
}

static void *begin(void *arg)
{
    (void)arg;
    for (int i = 0; i < ROUNDS; i++)
        raise_a_family(DEPTH);
    return NULL;
}

static size_t run_history(uint64_t seed)
{
    const struct sched_options options = {.virtual_clock = true, .shuffle_seed = seed};
    world = (struct world){.random = seed, .queue = queue_new(ROOM)};
    semaphore_init(&world.semaphore, PERMITS);
    event_init(&world.event);
    assert_int_equal(unit_run(&options, begin, NULL), 0);
    assert_int_equal(world.begun, world.ended);
    assert_int_equal(world.put, world.got + queue_length(world.queue));
    assert_int_equal(world.semaphore.permits, PERMITS);
    assert_false(world.generated_wrongly);
    queue_free(world.queue);
    return world.begun + world.put;
}

static void all_ends_well(void **state)
{
    size_t lived = 0;
    (void)state;
    for (uint64_t seed = 0; seed < SEEDS; seed++)
        lived += run_history(seed);
    assert_true(lived > (size_t)SEEDS * ROUNDS);
}

static void history_repeats_itself(void **state)
{
    (void)state;
    size_t once = run_history(12345);
    assert_int_equal(run_history(12345), once);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_ends_well),
        cmocka_unit_test(history_repeats_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
