/* context.h - the seam under co.c: saving the registers of one stack and loading those of another.
 * Private to engine/co.
 *
 * A back-end is one file with these four functions: context_x86_64.S and context_aarch64.S with
 * context_asm.c (about 5 ns a switch), context_ucontext.c for everything else (about a hundred
 * times that: swapcontext() changes the signal mask, a system call). CMake picks one:
 * -DENGINE_CONTEXT=asm|ucontext. Machines with an active shadow stack need ucontext.
 */
#ifndef ENGINE_CONTEXT_H
#define ENGINE_CONTEXT_H

#include <stddef.h>

struct context {
    void *sp;      /* of a suspended context: where its registers are saved, on its own stack */
    void *machine; /* ucontext: what the first switch needs, owned */
    void *value;   /* ucontext: on its way to whoever is continued */
};

/* What a new context runs; it never returns. */
typedef void (*context_entry)(void *arg, void *value);

/* Prepares `ctx` to call entry(arg, value) on the given stack at the first switch, which brings the
 * value. 0, or -ENOMEM. */
int context_init(struct context *ctx, void *stack, size_t stack_bytes, context_entry entry,
                 void *arg);

/* Saves the running context in `from` and continues `to`, whose own context_switch() returns
 * `value`. Returns what the switch back to `from` brings. */
void *context_switch(struct context *from, struct context *to, void *value);

/* Gives back what context_init() took. */
void context_destroy(struct context *ctx);

const char *context_name(void);

#endif
