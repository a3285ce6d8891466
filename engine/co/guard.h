/* guard.h - pages that must not be touched, so that an overflowing stack dies at once instead of
 * writing over its neighbour. Private to engine/co.
 *
 * MADV_GUARD_INSTALL where the kernel has it (Linux 6.13; costs no map), else mprotect() while the
 * process has maps to spare, else no guard, said once on stderr. Any thread. Nothing here parks.
 */
#ifndef ENGINE_GUARD_H
#define ENGINE_GUARD_H

#include <stddef.h>

enum guard_kind {
    GUARD_NONE,
    GUARD_MADVISE,
    GUARD_MPROTECT, /* counts against the process's maps until guard_release() */
};

enum guard_kind guard_install(void *page, size_t bytes);

/* Before the page is unmapped. */
void guard_release(enum guard_kind kind);

#endif
