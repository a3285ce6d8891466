/* co.c - coroutines: who runs, who resumed whom, and the values that travel. */
#include "engine/co/co.h"
#include "engine/co/context.h"
#include "engine/co/sanitizer.h"
#include "engine/co/stack.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum co_state {
    CO_SUSPENDED, /* new, yielded or switched away from */
    CO_RUNNING,   /* the one */
    CO_WAITING,   /* for the coroutine that it resumed */
    CO_DONE,
};

/* Lies at the top of its own stack, so that a coroutine costs no allocation but the stack. */
struct co {
    struct context context;
    struct sanitizer_fiber fiber;
    struct stack *stack; /* NULL: the thread's own */
    struct co *resumer;  /* who gets control when it yields or returns */
    co_fn fn;
    enum co_state state;
};

struct co_thread {
    struct co own;      /* stands for the thread's own stack */
    struct co *current; /* NULL: own */
    struct co *left;    /* who was running before the last switch */
};

/* Initial-exec: one load instead of a call in the shared library. */
static _Thread_local struct co_thread thread __attribute__((tls_model("initial-exec")));

static _Noreturn void die(const char *what)
{
    fprintf(stderr, "engine: %s\n", what);
    abort();
}

/* Suspends `from`, whose state says why, and continues `to` with `value`. Returns what whoever
 * continues `from` hands it. */
static SANITIZER_UNSEEN void *transfer(struct co *from, struct co *to, void *value)
{
    to->state = CO_RUNNING;
    thread.current = to;
    thread.left = from;
    sanitizer_address_leave(&from->fiber, &to->fiber, from->state == CO_DONE);
    sanitizer_thread_switch(&to->fiber);
    value = context_switch(&from->context, &to->context, value);
    sanitizer_address_arrive(&from->fiber, &thread.left->fiber);
    return value;
}

/* The first function on a new stack. */
static SANITIZER_UNSEEN void entry(void *arg, void *value)
{
    struct co *self = arg;
    sanitizer_address_arrive(&self->fiber, &thread.left->fiber);
    value = self->fn(value);
    self->state = CO_DONE;
    transfer(self, self->resumer, value);
    die("a coroutine that has ended was continued");
}

/* The running coroutine, or what stands for the thread. */
static struct co *running(void)
{
    if (thread.current)
        return thread.current;
    thread.own.state = CO_RUNNING;
    thread.own.fiber.handle = sanitizer_thread_fiber_self();
    thread.current = &thread.own;
    return thread.current;
}

struct co *co_new(co_fn fn, size_t stack_bytes)
{
    struct stack *stack = stack_get(stack_bytes);
    if (!stack) {
        errno = ENOMEM;
        return NULL;
    }
    struct co *co = (struct co *)(void *)(stack->base + stack->bytes) - 1;
    *co = (struct co){.stack = stack, .fn = fn, .state = CO_SUSPENDED};
    co->fiber.bottom = stack->base;
    co->fiber.bytes = stack->bytes;
    co->fiber.handle = stack->fiber;
    if (context_init(&co->context, stack->base, (size_t)((char *)co - stack->base), entry, co)) {
        stack_put(stack);
        errno = ENOMEM;
        return NULL;
    }
    return co;
}

static void check_resumable(const struct co *co)
{
    if (co->state == CO_DONE)
        die("a coroutine that has ended was resumed");
    if (co->state != CO_SUSPENDED)
        die("a coroutine was resumed that is running or waits for one it resumed");
}

void *co_resume(struct co *co, void *in)
{
    struct co *self = running();
    check_resumable(co);
    co->resumer = self;
    self->state = CO_WAITING;
    return transfer(self, co, in);
}

void *co_yield (void *out)
{
    struct co *self = running();
    if (!self->stack)
        die("co_yield() outside a coroutine");
    struct co *resumer = self->resumer;
    self->resumer = NULL;
    self->state = CO_SUSPENDED;
    return transfer(self, resumer, out);
}

void *co_switch(struct co *to, void *in)
{
    struct co *self = running();
    if (!self->stack)
        return co_resume(to, in);
    check_resumable(to);
    to->resumer = self->resumer;
    self->resumer = NULL;
    self->state = CO_SUSPENDED;
    return transfer(self, to, in);
}

struct co *co_self(void)
{
    struct co *self = thread.current;
    return self && self->stack ? self : NULL;
}

bool co_done(const struct co *co)
{
    return co->state == CO_DONE;
}

size_t co_stack_used(const struct co *co)
{
    return stack_used(co->stack);
}

void co_free(struct co *co)
{
    if (!co)
        return;
    if (co->state == CO_RUNNING || co->state == CO_WAITING)
        die("a coroutine was freed while it runs");
    struct stack *stack = co->stack;
    if (co->state == CO_SUSPENDED) {
        sanitizer_address_abandon(&co->fiber);
        sanitizer_thread_fiber_free(stack->fiber);
        stack->fiber = NULL;
    }
    context_destroy(&co->context);
    stack_put(stack);
}

const char *co_backend(void)
{
    return context_name();
}
