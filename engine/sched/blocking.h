/* blocking.h - the second runtime: what waiting calls do on a thread without a scheduler.
 *
 * task_sleep(), io_wait() and its family, waker_wait() and offload() block the thread there, so
 * that one source runs as a coroutine and as plain blocking code. Blocking waits have one way to
 * be canceled: blocking_interrupt() ends all of them in the process, now and in future, with
 * -ECANCELED.
 *
 * Thread: any. Blocks: blocking_wait.
 */
#ifndef ENGINE_BLOCKING_H
#define ENGINE_BLOCKING_H

#include "engine/deadline.h"
#include "engine/export.h"
#include <poll.h>
#include <stdbool.h>

/* Sticky. Safe in a signal handler once blocking_prepare() has been called. */
ENGINE_API void blocking_interrupt(void);
ENGINE_API bool blocking_interrupted(void);

/* Makes the descriptor that carries the interrupt; called by whoever installs signal handlers,
 * before threads start. After fork() a child calls it again to have one of its own. 0 or -errno. */
ENGINE_API int blocking_prepare(void);

/* What else this thread has to do: from now on tick(ctx, now) is called at the beginning of a wait
 * and when it has said - it returns when to be called again (monotonic ns; DEADLINE_NEVER: no
 * need) - as long as the thread waits. It must not wait for long itself. NULL: nothing. */
ENGINE_API void blocking_set_tick(int64_t (*tick)(void *ctx, int64_t now), void *ctx);

/* For who waits in a way of his own: does it, unless it is being done, and returns when it is to be
 * done again. */
ENGINE_API int64_t blocking_tick(int64_t now);

/* poll(2) until one of `n` (at most 16) descriptors is ready: how many are; 0 when the deadline
 * passed; -ECANCELED when interrupted; another -errno. */
ENGINE_API int blocking_wait(struct pollfd *fds, unsigned n, int64_t deadline);

#endif
