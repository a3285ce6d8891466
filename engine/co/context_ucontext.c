/* context_ucontext.c - contexts by the C library, for machines without assembly of ours and for
 * those with an active shadow stack, which glibc's swapcontext() keeps right. */
#include "engine/co/context.h"
#include <assert.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>

struct ucontext_start {
    ucontext_t ucontext;
    struct context *context;
    context_entry entry;
    void *arg;
};

/* makecontext() passes ints only, so that a pointer travels in halves. */
static void start(unsigned half, unsigned other_half)
{
    const unsigned halves[2] = {half, other_half};
    const struct ucontext_start *machine;
    memcpy(&machine, halves, sizeof(uintptr_t));
    machine->entry(machine->arg, machine->context->value);
}

int context_init(struct context *ctx, void *stack, size_t stack_bytes, context_entry entry,
                 void *arg)
{
    struct ucontext_start *machine = calloc(1, sizeof(*machine));
    if (!machine)
        return -ENOMEM;
    if (getcontext(&machine->ucontext) != 0) {
        int error = -errno;
        free(machine);
        return error;
    }
    machine->context = ctx;
    machine->entry = entry;
    machine->arg = arg;
    machine->ucontext.uc_stack.ss_sp = stack;
    machine->ucontext.uc_stack.ss_size = stack_bytes;
    machine->ucontext.uc_link = NULL;
    unsigned halves[2] = {0};
    memcpy(halves, &machine, sizeof(uintptr_t));
    makecontext(&machine->ucontext, (void (*)(void))start, 2, halves[0], halves[1]);
    ctx->sp = &machine->ucontext;
    ctx->machine = machine;
    return 0;
}

void *context_switch(struct context *from, struct context *to, void *value)
{
    /* Saved on the stack that is being left, where it stays good for as long as it is needed. */
    ucontext_t own;
    from->sp = &own;
    to->value = value;
    int failed = swapcontext(&own, to->sp);
    assert(!failed);
    return from->value;
}

void context_destroy(struct context *ctx)
{
    free(ctx->machine);
    ctx->machine = NULL;
}

const char *context_name(void)
{
    return "ucontext";
}
