/* guard.c - the best guard page to be had. */
#include "engine/co/guard.h"
#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL 102
#endif

/* Each protected page splits a map in three, of which its neighbour shares one: two more a guard.
 * The rest of the process needs some too. (tarantool#10169, rethinkdb#5760 died at the limit.) */
enum { GUARD_PERCENT = 45, GUARD_DEFAULT_MAPS = 65530 };

static struct {
    atomic_bool no_madvise; /* the kernel was asked once and has none */
    atomic_bool warned;
    atomic_long protected; /* guards by mprotect() in this process */
    atomic_long budget;    /* of them; 0: not read yet */
} _shared;

/* What Linux says, or what it says by default. */
static long maps_allowed(void)
{
    char text[32] = "";
    FILE *file = fopen("/proc/sys/vm/max_map_count", "re");
    if (!file)
        return GUARD_DEFAULT_MAPS;
    long maps = fgets(text, sizeof(text), file) ? strtol(text, NULL, 10) : 0;
    fclose(file);
    return maps > 0 ? maps : GUARD_DEFAULT_MAPS;
}

static long protect_budget(void)
{
    long budget = atomic_load(&_shared.budget);
    if (budget)
        return budget;
    budget = maps_allowed() / 100 * GUARD_PERCENT + 1;
    atomic_store(&_shared.budget, budget);
    return budget;
}

static bool guard_by_protect(void *page, size_t bytes)
{
    if (atomic_fetch_add(&_shared.protected, 1) < protect_budget() &&
        mprotect(page, bytes, PROT_NONE) == 0)
        return true;
    atomic_fetch_sub(&_shared.protected, 1);
    return false;
}

enum guard_kind guard_install(void *page, size_t bytes)
{
    if (!atomic_load(&_shared.no_madvise)) {
        if (madvise(page, bytes, MADV_GUARD_INSTALL) == 0)
            return GUARD_MADVISE;
        /* EINVAL: an older kernel, or locked memory. Neither will change. */
        if (errno == EINVAL)
            atomic_store(&_shared.no_madvise, true);
    }
    if (guard_by_protect(page, bytes))
        return GUARD_MPROTECT;
    if (!atomic_exchange(&_shared.warned, true))
        fprintf(stderr, "engine: too many memory maps (vm.max_map_count): further stacks have no "
                        "guard page\n");
    return GUARD_NONE;
}

void guard_release(enum guard_kind kind)
{
    if (kind == GUARD_MPROTECT)
        atomic_fetch_sub(&_shared.protected, 1);
}
