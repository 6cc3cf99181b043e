/* SPDX-License-Identifier: MIT */
/*
 * Host calls that a class of PDs has beyond native.h: each is of no use but for
 * the grant that the class is about. As there; conditions are explained in
 * generate.c. The last two arguments of paths are never free: a path is pinned
 * to what cannot leave the grant, or Landlock refuses what does.
 */
#pragma once

#define SECCOMP_DIR_READ(RULE)                                                 \
	RULE(openat2, PINNED_HOW)                                              \
	RULE(statx, PINNED_STAT)                                               \
	RULE(pread64, HERE)                                                    \
	RULE(getdents64, HERE)                                                 \
	RULE(lseek, HERE)                                                      \
	RULE(readlinkat, PINNED_LINK)                                          \
	RULE(fstatfs, HERE)

#define SECCOMP_DIR_WRITE(RULE)                                                \
	RULE(pwrite64, HERE)                                                   \
	RULE(ftruncate, HERE)                                                  \
	RULE(fallocate, HERE)                                                  \
	RULE(fsync, HERE)                                                      \
	RULE(fdatasync, HERE)                                                  \
	RULE(mkdirat, HERE)                                                    \
	RULE(unlinkat, HERE)                                                   \
	RULE(renameat2, TWO_NAMES)                                             \
	RULE(linkat, TWO_PLAIN)                                                \
	RULE(symlinkat, SECOND_HERE)                                           \
	RULE(mknodat, FIFO)                                                    \
	RULE(fchmod, PLAIN_MODE)                                               \
	RULE(utimensat, PINNED_TIMES)

#define SECCOMP_FILE_READ(RULE)                                                \
	RULE(pread64, GRANT)                                                   \
	RULE(fstat, GRANT)                                                     \
	RULE(ioctl, BLOCK_SIZES)

#define SECCOMP_FILE_WRITE(RULE)                                               \
	RULE(pwrite64, GRANT)                                                  \
	RULE(fdatasync, GRANT)                                                 \
	RULE(fallocate, PUNCH)

#define SECCOMP_TTY(RULE) RULE(ioctl, TTY_SETTINGS)

#define SECCOMP_GUEST(RULE) RULE(arch_prctl, SET_FS)

#define SECCOMP_STREAM(RULE) RULE(sendto, NO_ADDRESS)
