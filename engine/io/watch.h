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
 * IO_OUT; level-triggered), and with IO_ERROR on errors and hang-ups. Replaces an earlier watch; 0
 * ends it. A descriptor that the kernel cannot watch (closed already, a plain file) is called back
 * once with IO_ERROR alone, and the watch has ended. 0, -EBADF, -EBUSY when tasks wait on it,
 * -ENOMEM, -ENOTSUP. */
ENGINE_API int watch_fd(int fd, unsigned mask, watch_fn fn, void *ctx);

/* `fd` is being closed by its owner: whatever the kernel had for it is gone. Best called just
 * before close(). A watch that was only ended is taken from the kernel at the next wait; if the
 * number comes back within the same tick, only this call tells the new descriptor from the old. */
ENGINE_API void watch_forget(int fd);

/* `fd` was, or may have been, closed by its owner without watch_forget(). The same, but the kernel
 * is not told: the number may be another thread's by now. Should it be open still, the kernel is
 * told when the next event comes of it. */
ENGINE_API void watch_closed(int fd);

#endif
