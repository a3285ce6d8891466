/* co.h - coroutines: functions that stop in the middle and go on later. The base layer, useful by
 * itself for generators; tasks (sched/task.h) are built on it.
 *
 * A coroutine has its own stack and runs only when somebody resumes it. Values travel both ways:
 * co_resume(co, in) hands `in` to the coroutine and returns what it yields; co_yield(out) hands
 * `out` to the resumer and returns what the next resume brings. What the pointers point to belongs
 * to whoever made it.
 *
 * Ownership: co_new() to co_free(); freeing a suspended coroutine drops its stack without running
 * what is left of its function. Thread: a coroutine never leaves the thread that made it, because
 * compilers cache the address of thread-local variables across calls (QEMU met this). Nothing here
 * parks a task. Resumes nest; but a coroutine that a task resumes must not call what parks, because
 * its resumer waits for a yield.
 */
#ifndef ENGINE_CO_H
#define ENGINE_CO_H

#include "engine/export.h"
#include <stdbool.h>
#include <stddef.h>

struct co;

/* The body. `in` is the value of the first resume; what it returns is the last co_resume()'s
 * result. */
typedef void *(*co_fn)(void *in);

/* A suspended coroutine that will run `fn` on a pooled, guarded stack of at least `stack_bytes`
 * (0: the default, 64 KiB). NULL when memory runs out (errno ENOMEM). */
ENGINE_API struct co *co_new(co_fn fn, size_t stack_bytes);

/* Runs `co` until it yields or returns. Resuming a coroutine that is done, running, or waiting for
 * another's yield is a bug and aborts with a message. */
ENGINE_API void *co_resume(struct co *co, void *in);

/* Suspends the running coroutine; `out` becomes the result of the resume that ran it. Returns the
 * `in` of the next one. Calling it outside a coroutine aborts. */
ENGINE_API void *co_yield (void *out);

/* Explicit switching, as greenlet does it: suspends the running coroutine and runs `to` in its
 * place. `to` takes over the caller's resumer, so when it yields or returns, control goes there.
 * Outside a coroutine the same as co_resume(). Returns the value handed to whoever continues us. */
ENGINE_API void *co_switch(struct co *to, void *in);

/* The running coroutine, NULL outside. */
ENGINE_API struct co *co_self(void);

/* Has its function returned? */
ENGINE_API bool co_done(const struct co *co);

/* Most bytes of stack this coroutine has used so far, to the page; stacks are used again, so that
 * it may be what an earlier one used. For tests and the census. */
ENGINE_API size_t co_stack_used(const struct co *co);

/* NULL is fine; the running coroutine is not. */
ENGINE_API void co_free(struct co *co);

/* The context switch in use: "x86_64", "aarch64" or "ucontext". */
ENGINE_API const char *co_backend(void);

#endif
