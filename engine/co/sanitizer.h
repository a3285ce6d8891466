/* sanitizer.h - telling ASan, TSan and Valgrind about coroutine stacks. Private to engine/co.
 *
 * These tools follow each thread's one stack; a switch behind their back looks to them like memory
 * corruption. Each has calls for it. In a build without them all of this is empty inline
 * functions, so that co.c and stack.c read the same everywhere.
 *
 * Ownership: a fiber is a member of its coroutine; TSan's handle in it belongs to the stack, which
 * is pooled, because TSan forgets its dead fibers only in part. Thread: the coroutine's.
 */
#ifndef ENGINE_SANITIZER_H
#define ENGINE_SANITIZER_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __has_feature
#define SANITIZER_FEATURE_(x) __has_feature(x)
#else
#define SANITIZER_FEATURE_(x) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || SANITIZER_FEATURE_(address_sanitizer)
#define SANITIZER_ADDRESS 1
#endif
#if defined(__SANITIZE_THREAD__) || SANITIZER_FEATURE_(thread_sanitizer)
#define SANITIZER_THREAD 1
#endif

/* For functions that begin on one fiber and go on with another: TSan's record of calls must not
 * see them, nor may ASan keep their frame on a fake stack. */
#if !defined(SANITIZER_ADDRESS) && !defined(SANITIZER_THREAD)
#define SANITIZER_UNSEEN
#elif defined(__clang__)
#define SANITIZER_UNSEEN __attribute__((disable_sanitizer_instrumentation))
#else
#define SANITIZER_UNSEEN __attribute__((no_sanitize("address,thread,undefined")))
#endif

struct sanitizer_fiber {
    const void *bottom; /* of the stack; a thread's own is learnt at its first switch */
    size_t bytes;
    void *fake_stack; /* ASan's, while suspended */
    void *handle;     /* TSan's */
};

#ifdef SANITIZER_ADDRESS
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#include <sanitizer/lsan_interface.h>

/* `from` is left, for good when `ends`. */
static inline void sanitizer_address_leave(struct sanitizer_fiber *from,
                                           const struct sanitizer_fiber *to, bool ends)
{
    __sanitizer_start_switch_fiber(ends ? NULL : &from->fake_stack, to->bottom, to->bytes);
}

static inline void sanitizer_address_arrive(struct sanitizer_fiber *self,
                                            struct sanitizer_fiber *from)
{
    __sanitizer_finish_switch_fiber(self->fake_stack, &from->bottom, &from->bytes);
    self->fake_stack = NULL;
}

/* A suspended fiber will never go on. ASan frees a fake stack only when its fiber ends, so we
 * pretend to go there and to end. */
static inline SANITIZER_UNSEEN void sanitizer_address_abandon(struct sanitizer_fiber *fiber)
{
    void *own;
    const void *bottom;
    size_t bytes;
    if (!fiber->fake_stack)
        return;
    __sanitizer_start_switch_fiber(&own, fiber->bottom, fiber->bytes);
    __sanitizer_finish_switch_fiber(fiber->fake_stack, &bottom, &bytes);
    __sanitizer_start_switch_fiber(NULL, bottom, bytes);
    __sanitizer_finish_switch_fiber(own, NULL, NULL);
}

/* Memory that is lent out: usable, and searched for pointers by the leak checker. */
static inline void sanitizer_stack_lend(void *base, size_t bytes)
{
    __asan_unpoison_memory_region(base, bytes);
    __lsan_register_root_region(base, bytes);
}

/* Memory that came back: whatever poison its frames left is lifted. */
static inline void sanitizer_stack_return(void *base, size_t bytes)
{
    __lsan_unregister_root_region(base, bytes);
    __asan_unpoison_memory_region(base, bytes);
}

/* As before it was ever lent: whoever maps these addresses next must find them clean. */
static inline void sanitizer_stack_usable(void *base, size_t bytes)
{
    __asan_unpoison_memory_region(base, bytes);
}

/* Nobody may touch it until it is lent again. */
static inline void sanitizer_stack_idle(void *base, size_t bytes)
{
    __asan_poison_memory_region(base, bytes);
}
#else
static inline void sanitizer_address_leave(struct sanitizer_fiber *from,
                                           const struct sanitizer_fiber *to, bool ends)
{
    (void)from;
    (void)to;
    (void)ends;
}

static inline void sanitizer_address_arrive(struct sanitizer_fiber *self,
                                            struct sanitizer_fiber *from)
{
    (void)self;
    (void)from;
}

static inline void sanitizer_address_abandon(struct sanitizer_fiber *fiber)
{
    (void)fiber;
}

static inline void sanitizer_stack_lend(void *base, size_t bytes)
{
    (void)base;
    (void)bytes;
}

static inline void sanitizer_stack_return(void *base, size_t bytes)
{
    (void)base;
    (void)bytes;
}

static inline void sanitizer_stack_usable(void *base, size_t bytes)
{
    (void)base;
    (void)bytes;
}

static inline void sanitizer_stack_idle(void *base, size_t bytes)
{
    (void)base;
    (void)bytes;
}
#endif

#ifdef SANITIZER_THREAD
#include <sanitizer/tsan_interface.h>

static inline void *sanitizer_thread_fiber_new(void)
{
    return __tsan_create_fiber(0);
}

static inline void sanitizer_thread_fiber_free(void *handle)
{
    if (handle)
        __tsan_destroy_fiber(handle);
}

static inline void *sanitizer_thread_fiber_self(void)
{
    return __tsan_get_current_fiber();
}

/* Always inlined: its caller is the one that TSan must not see. */
__attribute__((always_inline)) static inline void
sanitizer_thread_switch(const struct sanitizer_fiber *to)
{
    __tsan_switch_to_fiber(to->handle, 0);
}
#else
static inline void *sanitizer_thread_fiber_new(void)
{
    return NULL;
}

static inline void sanitizer_thread_fiber_free(void *handle)
{
    (void)handle;
}

static inline void *sanitizer_thread_fiber_self(void)
{
    return NULL;
}

static inline void sanitizer_thread_switch(const struct sanitizer_fiber *to)
{
    (void)to;
}
#endif

#ifdef ENGINE_VALGRIND
#include <valgrind/memcheck.h>
#include <valgrind/valgrind.h>

static inline unsigned sanitizer_valgrind_register(void *base, size_t bytes)
{
    return VALGRIND_STACK_REGISTER(base, (char *)base + bytes);
}

static inline void sanitizer_valgrind_deregister(unsigned id)
{
    VALGRIND_STACK_DEREGISTER(id);
}

/* The pool looks at memory below any live frame. */
static inline void sanitizer_valgrind_defined(void *base, size_t bytes)
{
    (void)VALGRIND_MAKE_MEM_DEFINED(base, bytes);
}
#else
static inline unsigned sanitizer_valgrind_register(void *base, size_t bytes)
{
    (void)base;
    (void)bytes;
    return 0;
}

static inline void sanitizer_valgrind_deregister(unsigned id)
{
    (void)id;
}

static inline void sanitizer_valgrind_defined(void *base, size_t bytes)
{
    (void)base;
    (void)bytes;
}
#endif

#endif
