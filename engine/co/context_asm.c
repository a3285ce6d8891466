/* context_asm.c - contexts switched by our own assembly; what differs by machine is in the .S. */
#include "engine/co/context.h"
#include <stdint.h>

#if !defined(__x86_64__) && !defined(__aarch64__)
#error "no assembly for this machine: configure with -DENGINE_CONTEXT=ucontext"
#endif

/* Of the .S: writes, below `top`, the frame that context_switch() will load to call
 * entry(arg, value). Returns the stack pointer to load it from. */
void *context_frame(void *top, context_entry entry, void *arg);
extern const char context_machine[];

int context_init(struct context *ctx, void *stack, size_t stack_bytes, context_entry entry,
                 void *arg)
{
    /* Both ABIs want 16-byte alignment at a call. */
    char *top = (char *)stack + stack_bytes;
    top -= (uintptr_t)top % 16;
    ctx->sp = context_frame(top, entry, arg);
    ctx->machine = NULL;
    return 0;
}

void context_destroy(struct context *ctx)
{
    ctx->sp = NULL;
}

const char *context_name(void)
{
    return context_machine;
}
