/* SPDX-License-Identifier: MIT */
/* The guest, and the ways in and out of it: assembly, but for its prototypes. */

#include <fief/compiler.h>

#include "guest.h"

/* It calls all numbers and adds up what it hears; reads its thread pointer;
 * writes where nothing is yet; goes where nothing is. The host calls are bytes: an
 * image holds no such instruction. */
__asm__(".section .rodata\n"
        ".globl guest_code, guest_code_end\n"
        ".globl guest_calls, guest_reads_fs, guest_writes, guest_jumps\n"
        "guest_code:\n"
        "guest_calls:\n\t"
        "xor %r12d, %r12d\n\t"
        "xor %ebx, %ebx\n"
        "1:\tmov %ebx, %eax\n\t"
        "xor %edi, %edi\n\t"
        ".byte 0x0f\n\t.byte 0x05\n\t"
        "add %rax, %r12\n\t"
        "inc %ebx\n\t"
        "cmp $336, %ebx\n\t" /* see guest.h */
        "jne 2f\n\t"
        "inc %ebx\n"
        "2:\t"
        "cmp $512, %ebx\n\t"
        "jne 1b\n\t"
        "mov %r12, %rdi\n\t"
        "jmp 9f\n"
        "guest_reads_fs:\n\t"
        "mov %fs:8, %rdi\n\t"
        "jmp 9f\n"
        "guest_writes:\n\t"
        "movq $77, 0x600000\n\t"
        "mov 0x600000, %rdi\n\t"
        "jmp 9f\n"
        "guest_jumps:\n\t"
        "mov $0x700000, %eax\n\t"
        "jmp *%rax\n"
        "9:\tmov $100000, %eax\n\t"
        ".byte 0x0f\n\t.byte 0x05\n"
        "guest_code_end:\n\t"
        ".previous\n");

/* Ours is kept in memory: there is one guest at a time. */
FIEF_USED static uint64_t own_stack, frame;

__asm__(".globl guest_run, guest_entry, guest_leave\n"
        "guest_run:\n\t"
        "push %rbx\n\tpush %rbp\n\tpush %r12\n\tpush %r13\n\t"
        "push %r14\n\tpush %r15\n\t"
        "mov %rsp, own_stack(%rip)\n\t"
        "mov %rsi, %rsp\n\t"
        "jmp *%rdi\n"
        "guest_entry:\n\t"
        "xchg %rsp, own_stack(%rip)\n\t"
        "push %rax\n\tpush %rbx\n\tpush %rcx\n\tpush %rdx\n\t"
        "push %rsi\n\tpush %rdi\n\tpush %rbp\n\tpush %r8\n\t"
        "push %r9\n\tpush %r10\n\tpush %r11\n\tpush %r12\n\t"
        "push %r13\n\tpush %r14\n\tpush %r15\n\t"
        "mov %rsp, %rdi\n\t"
        "mov %rsp, %rbp\n\t"
        "mov %rsp, frame(%rip)\n\t"
        "and $-16, %rsp\n\t"
        "call guest_called\n\t"
        "mov %rbp, %rsp\n\t"
        "pop %r15\n\tpop %r14\n\tpop %r13\n\tpop %r12\n\t"
        "pop %r11\n\tpop %r10\n\tpop %r9\n\tpop %r8\n\t"
        "pop %rbp\n\tpop %rdi\n\tpop %rsi\n\tpop %rdx\n\t"
        "pop %rcx\n\tpop %rbx\n\tpop %rax\n\t"
        "xchg %rsp, own_stack(%rip)\n\t"
        "jmp *%rcx\n"
        "guest_leave:\n\t"
        "mov frame(%rip), %rsp\n\t"
        "add $120, %rsp\n\t"
        "mov %rdi, %rax\n\t"
        "pop %r15\n\tpop %r14\n\tpop %r13\n\tpop %r12\n\t"
        "pop %rbp\n\tpop %rbx\n\t"
        "ret\n");
