/* context_aarch64.S - the switch for AAPCS64.
 *
 * Saved are x19 to x28, the frame pointer, the return address, the low halves of v8 to v15 and
 * FPCR. A suspended stack holds, from its stack pointer upwards:
 *
 *     +0 x19 .. x28  +80 x29  +88 x30  +96 d8 .. d15  +160 FPCR  +168 unused
 *
 * hint #34 is "bti c": old assemblers and old processors take it for a nop.
 */
#ifdef __aarch64__

    .text

/* void *context_switch(struct context *from, struct context *to, void *value) */
    .globl  context_switch
    .hidden context_switch
    .type   context_switch, %function
    .p2align 4
context_switch:
    .cfi_startproc
    hint    #34
    sub     sp, sp, #176
    .cfi_adjust_cfa_offset 176
    stp     x19, x20, [sp, #0]
    .cfi_rel_offset x19, 0
    .cfi_rel_offset x20, 8
    stp     x21, x22, [sp, #16]
    .cfi_rel_offset x21, 16
    .cfi_rel_offset x22, 24
    stp     x23, x24, [sp, #32]
    .cfi_rel_offset x23, 32
    .cfi_rel_offset x24, 40
    stp     x25, x26, [sp, #48]
    .cfi_rel_offset x25, 48
    .cfi_rel_offset x26, 56
    stp     x27, x28, [sp, #64]
    .cfi_rel_offset x27, 64
    .cfi_rel_offset x28, 72
    stp     x29, x30, [sp, #80]
    .cfi_rel_offset x29, 80
    .cfi_rel_offset x30, 88
    stp     d8, d9, [sp, #96]
    stp     d10, d11, [sp, #112]
    stp     d12, d13, [sp, #128]
    stp     d14, d15, [sp, #144]
    mrs     x9, fpcr
    str     x9, [sp, #160]

    mov     x10, sp
    str     x10, [x0]
    ldr     x10, [x1]
    mov     sp, x10
    mov     x0, x2

    /* The other stack has the same layout, so the unwind rules hold on. Writing FPCR is slow, and
     * hardly ever needed. */
    ldr     x10, [sp, #160]
    cmp     x9, x10
    b.eq    1f
    msr     fpcr, x10
1:  ldp     d14, d15, [sp, #144]
    ldp     d12, d13, [sp, #128]
    ldp     d10, d11, [sp, #112]
    ldp     d8, d9, [sp, #96]
    ldp     x29, x30, [sp, #80]
    ldp     x27, x28, [sp, #64]
    ldp     x25, x26, [sp, #48]
    ldp     x23, x24, [sp, #32]
    ldp     x21, x22, [sp, #16]
    ldp     x19, x20, [sp, #0]
    add     sp, sp, #176
    .cfi_def_cfa_offset 0
    .cfi_restore x19
    .cfi_restore x20
    .cfi_restore x21
    .cfi_restore x22
    .cfi_restore x23
    .cfi_restore x24
    .cfi_restore x25
    .cfi_restore x26
    .cfi_restore x27
    .cfi_restore x28
    .cfi_restore x29
    .cfi_restore x30
    ret
    .cfi_endproc
    .size   context_switch, .-context_switch

/* void *context_frame(void *top, context_entry entry, void *arg) */
    .globl  context_frame
    .hidden context_frame
    .type   context_frame, %function
    .p2align 4
context_frame:
    .cfi_startproc
    hint    #34
    sub     x0, x0, #176
    stp     x1, x2, [x0, #0]
    adr     x9, context_start
    stp     xzr, x9, [x0, #80]
    mrs     x9, fpcr
    str     x9, [x0, #160]
    ret
    .cfi_endproc
    .size   context_frame, .-context_frame

/* Where a new context begins: entry in x19, arg in x20, value in x0. The outermost frame, for unwinders. */
    .type   context_start, %function
    .p2align 4
context_start:
    .cfi_startproc
    .cfi_undefined x30
    hint    #34
    mov     x1, x0
    mov     x0, x20
    blr     x19
    brk     #1
    .cfi_endproc
    .size   context_start, .-context_start

    .section .rodata
    .globl  context_machine
    .hidden context_machine
    .type   context_machine, %object
context_machine:
    .asciz  "aarch64"
    .size   context_machine, .-context_machine

#ifdef __ARM_FEATURE_BTI_DEFAULT
/* GNU_PROPERTY_AARCH64_FEATURE_1_AND with BTI: this file has its landing pads. */
    .section .note.gnu.property, "a"
    .p2align 3
    .long   4, 16, 5
    .asciz  "GNU"
    .long   0xc0000000, 4, 1, 0
#endif

#endif

    .section .note.GNU-stack, "", %progbits
