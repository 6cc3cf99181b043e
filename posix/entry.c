/* SPDX-License-Identifier: MIT */
/*
 * The way in and out of the program: assembly, but for its prototypes. Linux keeps
 * vector registers across calls. What we are linked with may use their lower
 * halves, as it is compiled for SSE: these are put aside. The upper halves stay.
 */

#include "guest.h"

/* Our stack while the program runs, the program's while we do. One thread. */
FIEF_USED static uint64_t other_stack;

__asm__(".globl guest_start, guest_entry\n"
        "guest_start:\n\t"
        "mov %rsp, other_stack(%rip)\n\t"
        "mov %rsi, %rsp\n\t"
        "xor %eax, %eax\n\txor %ebx, %ebx\n\txor %ecx, %ecx\n\t"
        "xor %edx, %edx\n\txor %esi, %esi\n\txor %ebp, %ebp\n\t"
        "xor %r8d, %r8d\n\txor %r9d, %r9d\n\txor %r10d, %r10d\n\t"
        "mov %rdi, %r11\n\t"
        "xor %edi, %edi\n\t"
        "jmp *%r11\n"
        "guest_entry:\n\t"
        "xchg %rsp, other_stack(%rip)\n\t"
        "push %rax\n\tpush %rbx\n\tpush %rcx\n\tpush %rdx\n\t"
        "push %rsi\n\tpush %rdi\n\tpush %rbp\n\tpush %r8\n\t"
        "push %r9\n\tpush %r10\n\tpush %r11\n\tpush %r12\n\t"
        "push %r13\n\tpush %r14\n\tpush %r15\n\t"
        "mov %rsp, %rdi\n\t"
        "mov %rsp, %rbp\n\t"
        "and $-16, %rsp\n\t"
        "sub $512, %rsp\n\t"
        "fxsave64 (%rsp)\n\t"
        "cld\n\t"
        "call guest_called\n\t"
        "fxrstor64 (%rsp)\n\t"
        "mov %rbp, %rsp\n\t"
        "pop %r15\n\tpop %r14\n\tpop %r13\n\tpop %r12\n\t"
        "pop %r11\n\tpop %r10\n\tpop %r9\n\tpop %r8\n\t"
        "pop %rbp\n\tpop %rdi\n\tpop %rsi\n\tpop %rdx\n\t"
        "pop %rcx\n\tpop %rbx\n\tpop %rax\n\t"
        "xchg %rsp, other_stack(%rip)\n\t"
        "jmp *%rcx\n");
