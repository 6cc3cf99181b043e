/* SPDX-License-Identifier: MIT */
/* Host calls of the program, by number. */

#include <fief/log.h>
#include <lib/mem.h>
#include <vfs/stat.h>

#include "call.h"
#include "memory.h"

/* Numbers of Linux on x86-64. What is not here is not there: ENOSYS. */
static linux_call *const table[] = {
	[0] = linux_read,
	[1] = linux_write,
	[2] = linux_open,
	[3] = linux_close,
	[4] = linux_stat,
	[5] = linux_fstat,
	[6] = linux_lstat,
	[8] = linux_lseek,
	[9] = linux_mmap,
	[10] = linux_mprotect,
	[11] = linux_munmap,
	[12] = linux_brk,
	[13] = linux_sigaction,
	[14] = linux_sigprocmask,
	[16] = linux_ioctl,
	[17] = linux_pread,
	[18] = linux_pwrite,
	[19] = linux_readv,
	[20] = linux_writev,
	[21] = linux_access,
	[24] = linux_zero, /* sched_yield */
	[28] = linux_madvise,
	[32] = linux_dup,
	[33] = linux_dup2,
	[35] = linux_nanosleep,
	[39] = linux_one, /* getpid */
	[60] = linux_exit,
	[63] = linux_uname,
	[72] = linux_fcntl,
	[74] = linux_fsync,
	[75] = linux_fsync,
	[77] = linux_ftruncate,
	[79] = linux_getcwd,
	[80] = linux_chdir,
	[81] = linux_fchdir,
	[82] = linux_rename,
	[83] = linux_mkdir,
	[84] = linux_rmdir,
	[86] = linux_link,
	[87] = linux_unlink,
	[88] = linux_symlink,
	[89] = linux_readlink,
	[90] = linux_chmod,
	[91] = linux_fchmod,
	[95] = linux_umask,
	[96] = linux_gettimeofday,
	[98] = linux_getrusage,
	[99] = linux_sysinfo,
	[102] = linux_identity, /* getuid */
	[104] = linux_identity,
	[107] = linux_identity,
	[108] = linux_identity, /* getegid */
	[110] = linux_zero,     /* getppid: nobody that it could name */
	[111] = linux_one,      /* getpgrp */
	[115] = linux_getgroups,
	[118] = linux_getres, /* getresuid */
	[120] = linux_getres, /* getresgid */
	[124] = linux_one,    /* getsid */
	[131] = linux_zero,   /* sigaltstack: there are no signals so far */
	[137] = linux_statfs,
	[158] = linux_arch_prctl,
	[186] = linux_one,    /* gettid */
	[188] = linux_refuse, /* extended attributes, to 199 */
	[189] = linux_refuse,
	[190] = linux_refuse,
	[191] = linux_refuse,
	[192] = linux_refuse,
	[193] = linux_refuse,
	[194] = linux_refuse,
	[195] = linux_refuse,
	[196] = linux_refuse,
	[197] = linux_refuse,
	[198] = linux_refuse,
	[199] = linux_refuse,
	[201] = linux_time,
	[204] = linux_affinity,
	[202] = linux_futex,
	[217] = linux_getdents,
	[218] = linux_one,  /* set_tid_address */
	[221] = linux_zero, /* fadvise64 */
	[228] = linux_clock,
	[229] = linux_clock_getres,
	[230] = linux_clock_nanosleep,
	[231] = linux_exit,
	[257] = linux_openat,
	[258] = linux_mkdirat,
	[262] = linux_fstatat,
	[263] = linux_unlinkat,
	[264] = linux_renameat,
	[265] = linux_linkat,
	[266] = linux_symlinkat,
	[267] = linux_readlinkat,
	[268] = linux_fchmodat,
	[269] = linux_faccessat,
	[273] = linux_zero, /* set_robust_list: one thread, which nobody outlives */
	[280] = linux_utimensat,
	[292] = linux_dup3,
	[302] = linux_prlimit,
	[316] = linux_renameat,
	[318] = linux_getrandom,
	[332] = linux_statx,
	[439] = linux_faccessat,
};

enum { NUMBERS = sizeof(table) / sizeof(table[0]) };

void guest_called(struct guest_regs *r)
{
	const struct call c = { { r->di, r->si, r->dx, r->r10, r->r8, r->r9 },
		                r };
	const uint64_t number = r->ax;
	long result = -ENOSYS;

	if (number < NUMBERS && table[number])
		result = table[number](&c);
	r->ax = (uint64_t)result;
}

static const char *path_copy(uint64_t at, char *to, long *error)
{
	const long len = memory_text(at, VFS_PATH_MAX + 1);

	if (len < 0) {
		*error = len;
		return NULL;
	}
	memcpy(to, (const void *)at, (size_t)len);
	to[len] = '\0';
	return to;
}

const char *linux_path(uint64_t at, long *error)
{
	static char path[VFS_PATH_MAX + 1];

	return path_copy(at, path, error);
}

const char *linux_second_path(uint64_t at, long *error)
{
	static char path[VFS_PATH_MAX + 1];

	return path_copy(at, path, error);
}
