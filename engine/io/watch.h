/* watch.h - callbacks on descriptors, for libraries that own their sockets (libcurl, c-ares).
 *
 * Such libraries close descriptors without warning and open others with the same number. So the
 * scheduler keeps a table by descriptor with what is wanted, what the kernel has, and a generation
 * that tells a late event of the old descriptor from one of the new; changes are flushed lazily,
 * just before waiting, and a kernel that no longer knows a descriptor is no error.
 *
 * Ownership: the watch holds `ctx` until its mask is 0 or the descriptor is forgotten. Thread: the
 * scheduler's. Nothing here parks; callbacks run on the scheduler's own stack.
 */
#ifndef ENGINE_WATCH_H
#define ENGINE_WATCH_H

#include "engine/export.h"
#include "engine/io/io.h"

typedef void (*watch_fn)(void *ctx, int fd, unsigned events);

/* From the next wait on, calls fn(ctx, fd, events) whenever `fd` is ready for `mask` (IO_IN,
 * IO_OUT; level-triggered). Replaces an earlier watch; 0 ends it. 0, -ENOMEM, -ENOTSUP. */
ENGINE_API int watch_fd(int fd, unsigned mask, watch_fn fn, void *ctx);

/* `fd` is being closed by its owner: whatever the kernel had for it is gone. */
ENGINE_API void watch_forget(int fd);

#endif
