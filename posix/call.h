/* SPDX-License-Identifier: MIT */
/*
 * Host calls of the program: a function each, by number. Arguments are whatever
 * the program has in its registers; its memory is checked before it is used. The
 * answer is a value, or the negative of an error.
 */
#pragma once

#include "errno.h"
#include "guest.h"

struct call {
	uint64_t arg[6];
	const struct guest_regs *regs;
};

typedef long linux_call(const struct call *);

/* A path of the program's memory, to us, until the next one. NULL: `*error`. */
const char *linux_path(uint64_t at, long *error);
/* The same beside that one. */
const char *linux_second_path(uint64_t at, long *error);

/* ---- io.c ---- */
linux_call linux_read, linux_write, linux_pread, linux_pwrite, linux_readv,
	linux_writev;
linux_call linux_open, linux_openat, linux_close, linux_lseek, linux_dup,
	linux_dup2, linux_dup3, linux_fcntl, linux_ioctl, linux_fsync,
	linux_ftruncate;

/* ---- name.c ---- */
linux_call linux_stat, linux_lstat, linux_fstat, linux_fstatat, linux_statx,
	linux_access, linux_faccessat, linux_readlink, linux_readlinkat,
	linux_getcwd, linux_chdir, linux_fchdir, linux_getdents, linux_mkdir,
	linux_mkdirat, linux_unlink, linux_unlinkat, linux_rmdir, linux_rename,
	linux_renameat, linux_symlink, linux_symlinkat, linux_link,
	linux_linkat, linux_chmod, linux_fchmod, linux_fchmodat,
	linux_utimensat, linux_statfs;

/* ---- space.c ---- */
linux_call linux_mmap, linux_munmap, linux_mprotect, linux_brk, linux_madvise;
/* Where the heap of brk begins. */
void space_break_set(uint64_t);

/* ---- self.c ---- */
linux_call linux_exit, linux_arch_prctl, linux_zero, linux_one, linux_identity,
	linux_uname, linux_getrandom, linux_prlimit, linux_clock,
	linux_clock_getres, linux_gettimeofday, linux_time, linux_sysinfo,
	linux_nanosleep, linux_clock_nanosleep, linux_sigaction,
	linux_sigprocmask, linux_futex, linux_umask, linux_getrusage,
	linux_getgroups, linux_getres, linux_affinity, linux_refuse;
struct fief_env;
void self_init(struct fief_env *);
