/* SPDX-License-Identifier: MIT */
/* Raw host calls. Only the kif image and its zygote contain them. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <asm/unistd.h>

static inline long sys_call6(long nr, long a, long b, long c, long d, long e,
                             long f)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	register long r9 __asm__("r9") = f;
	long ret;

	__asm__ volatile("syscall"
	                 : "=a"(ret)
	                 : "a"(nr), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8),
	                   "r"(r9)
	                 : "rcx", "r11", "memory");
	return ret;
}

static inline long sys_call3(long nr, long a, long b, long c)
{
	long ret;

	__asm__ volatile("syscall"
	                 : "=a"(ret)
	                 : "a"(nr), "D"(a), "S"(b), "d"(c)
	                 : "rcx", "r11", "memory");
	return ret;
}

static inline long sys_mmap(const void *at, size_t len, int prot, int flags,
                            int fd, size_t off)
{
	return sys_call6(__NR_mmap, (long)at, (long)len, prot, flags, fd,
	                 (long)off);
}

static inline long sys_munmap(const void *at, size_t len)
{
	return sys_call3(__NR_munmap, (long)at, (long)len, 0);
}

static inline long sys_close(int fd)
{
	return sys_call3(__NR_close, fd, 0, 0);
}

static inline long sys_write(int fd, const void *buf, size_t len)
{
	return sys_call3(__NR_write, fd, (long)buf, (long)len);
}
