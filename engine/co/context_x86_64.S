/* context_x86_64.S - the switch for the System V ABI: Linux, the BSDs, macOS on x86-64.
 *
 * Saved are the registers a callee must keep, the control bits of MXCSR and the x87 control word.
 * A suspended stack holds, from its stack pointer upwards:
 *
 *     +0 MXCSR  +4 x87 CW  +8 r15  +16 r14  +24 r13  +32 r12  +40 rbx  +48 rbp  +56 return address
 *
 * There is no SHSTK property note here on purpose: the linker then does not ask for a shadow stack
 * for a program with this file in it, and a shadow stack would not survive the switch.
 */
#ifdef __x86_64__

    .text

/* void *context_switch(struct context *from, struct context *to, void *value) */
    .globl  context_switch
    .hidden context_switch
    .type   context_switch, @function
    .p2align 4
context_switch:
    .cfi_startproc
    endbr64
    pushq   %rbp
    .cfi_adjust_cfa_offset 8
    .cfi_rel_offset %rbp, 0
    pushq   %rbx
    .cfi_adjust_cfa_offset 8
    .cfi_rel_offset %rbx, 0
    pushq   %r12
    .cfi_adjust_cfa_offset 8
    .cfi_rel_offset %r12, 0
    pushq   %r13
    .cfi_adjust_cfa_offset 8
    .cfi_rel_offset %r13, 0
    pushq   %r14
    .cfi_adjust_cfa_offset 8
    .cfi_rel_offset %r14, 0
    pushq   %r15
    .cfi_adjust_cfa_offset 8
    .cfi_rel_offset %r15, 0
    subq    $8, %rsp
    .cfi_adjust_cfa_offset 8
    stmxcsr (%rsp)
    fnstcw  4(%rsp)

    movq    %rdx, %rax
    movq    %rsp, (%rdi)
    movq    (%rsi), %rsp

    /* The other stack has the same layout, so the unwind rules hold on. */
    ldmxcsr (%rsp)
    fldcw   4(%rsp)
    addq    $8, %rsp
    .cfi_adjust_cfa_offset -8
    popq    %r15
    .cfi_adjust_cfa_offset -8
    .cfi_restore %r15
    popq    %r14
    .cfi_adjust_cfa_offset -8
    .cfi_restore %r14
    popq    %r13
    .cfi_adjust_cfa_offset -8
    .cfi_restore %r13
    popq    %r12
    .cfi_adjust_cfa_offset -8
    .cfi_restore %r12
    popq    %rbx
    .cfi_adjust_cfa_offset -8
    .cfi_restore %rbx
    popq    %rbp
    .cfi_adjust_cfa_offset -8
    .cfi_restore %rbp
    /* A ret would be predicted to go back to our caller, and always wrongly. */
    popq    %rcx
    .cfi_adjust_cfa_offset -8
    .cfi_register %rip, %rcx
    notrack jmp *%rcx
    .cfi_endproc
    .size   context_switch, .-context_switch

/* void *context_frame(void *top, context_entry entry, void *arg) */
    .globl  context_frame
    .hidden context_frame
    .type   context_frame, @function
    .p2align 4
context_frame:
    .cfi_startproc
    endbr64
    leaq    -64(%rdi), %rax
    stmxcsr (%rax)
    fnstcw  4(%rax)
    movq    %rdx, 24(%rax)
    movq    %rsi, 32(%rax)
    movq    $0, 48(%rax)
    leaq    context_start(%rip), %rcx
    movq    %rcx, 56(%rax)
    ret
    .cfi_endproc
    .size   context_frame, .-context_frame

/* Where a new context begins: entry in r12, arg in r13, value in rax. The outermost frame, for unwinders. */
    .type   context_start, @function
    .p2align 4
context_start:
    .cfi_startproc
    .cfi_undefined %rip
    endbr64
    movq    %r13, %rdi
    movq    %rax, %rsi
    call    *%r12
    ud2
    .cfi_endproc
    .size   context_start, .-context_start

    .section .rodata
    .globl  context_machine
    .hidden context_machine
    .type   context_machine, @object
context_machine:
    .asciz  "x86_64"
    .size   context_machine, .-context_machine

#endif

    .section .note.GNU-stack, "", %progbits
