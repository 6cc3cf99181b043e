/* SPDX-License-Identifier: MIT */
/* Landlock, pinned arguments, and the filter of a class. */

#include "confine.h"

#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <stddef.h>

#include <asm/fcntl.h>

#include "mem.h"
#include "seccomp_filters.h"
#include "sys.h"

enum {
	NR_CREATE_RULESET = 444,
	NR_ADD_RULE = 445,
	NR_RESTRICT_SELF = 446,
	SECCOMP_FILTER_OP = 1,
	SECCOMP_LISTENER = 1 << 3,
	PROT_R = 1,
	PROT_RW = 3,
	PRIVATE_FIXED = 0x02 | 0x10 | 0x20, /* and ANONYMOUS */
	PAGE = 4096,
};

static bool has_paths(enum host_class class)
{
	return class == CLASS_DIR_READ || class == CLASS_DIR_WRITE;
}

/* ---- Landlock ---- */

/* Rights that version 1 does not know; Debian 12 has no names for the last. */
enum {
	FS_REFER = 1 << 13,    /* version 2 */
	FS_TRUNCATE = 1 << 14, /* version 3 */
	FS_ALL_1 = (1 << 13) - 1,
	FS_ALL_2 = (1 << 14) - 1,
	FS_ALL_3 = (1 << 15) - 1,
	FS_ALL_5 = (1 << 16) - 1,
	FS_READ = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR,
	FS_WRITE =
		LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |
		LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_DIR |
		LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_FIFO |
		LANDLOCK_ACCESS_FS_MAKE_SYM | FS_REFER | FS_TRUNCATE,
};

struct rules {
	uint64_t fs, net, scoped;
};

static struct rules rules_of(long version)
{
	return (struct rules){
		.fs = version >= 5 ? FS_ALL_5 :
		      version >= 3 ? FS_ALL_3 :
		      version == 2 ? FS_ALL_2 :
		                     FS_ALL_1,
		.net = version >= 4 ? 3 : 0,
		.scoped = version >= 6 ? 3 : 0,
	};
}

static long allow_grant(int ruleset, enum host_class class, uint64_t known)
{
	struct landlock_path_beneath_attr beneath = {
		.allowed_access = FS_READ,
		.parent_fd = CLASS_GRANT_FD,
	};

	if (!has_paths(class))
		return 0;
	if (class == CLASS_DIR_WRITE)
		beneath.allowed_access |= FS_WRITE & known;
	return sys_call6(NR_ADD_RULE, ruleset, LANDLOCK_RULE_PATH_BENEATH,
	                 (long)&beneath, 0, 0, 0);
}

long confine_landlock(enum host_class class)
{
	long version = sys_call3(NR_CREATE_RULESET, 0, 0, 1);
	size_t size = version >= 6 ? 24 : version >= 4 ? 16 : 8;
	struct rules rules = rules_of(version);
	long fd, e;

	if (version <= 0)
		return 0;
	fd = sys_call3(NR_CREATE_RULESET, (long)&rules, (long)size, 0);
	if (fd < 0)
		return fd;
	e = allow_grant((int)fd, class, rules.fs);
	if (!e)
		e = sys_call3(NR_RESTRICT_SELF, fd, 0, 0);
	sys_close((int)fd);
	return e ? e : version;
}

/* ---- pins ---- */

/* Bits of a place in the table: enum kif_host_open. */
enum { ACCESS = 3, NO_FOLLOW = 4, NO_SYMLINKS = 8, MORE = 16 };

/* Opening waits for nobody, and no terminal becomes that of the process. */
static uint64_t access_flags(unsigned access)
{
	static const uint64_t flags[] = { O_PATH, O_RDONLY, O_WRONLY, O_RDWR };

	return flags[access] | (access ? O_NONBLOCK | O_NOCTTY : 0);
}

static struct pin_how how_of(unsigned place, bool writeable)
{
	const unsigned wanted = place & ACCESS;
	const bool change = writeable && wanted > 1;
	const unsigned access = wanted > 1 && !writeable ? 1 : wanted;
	struct pin_how how = {
		.flags = O_CLOEXEC | access_flags(access),
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS,
	};

	if (place & NO_FOLLOW)
		how.flags |= O_NOFOLLOW;
	if (place & NO_SYMLINKS)
		how.resolve |= RESOLVE_NO_SYMLINKS;
	if (place & MORE)
		how.flags |= change ? O_CREAT | O_EXCL : O_DIRECTORY;
	if (place & MORE && change)
		how.mode = 0600;
	return how;
}

static void pins_write(bool writeable)
{
	struct pin_how *how = (struct pin_how *)PINS_HOW;

	for (unsigned i = 0; i < PIN_HOWS; i++)
		how[i] = how_of(i, writeable);
}

/* Modes are as the driver says; a relative path starts at the grant. */
long confine_pins(enum host_class class)
{
	long at;

	if (!has_paths(class))
		return 0;
	at = sys_mmap((void *)LAYOUT_PINS, PAGE, PROT_RW, PRIVATE_FIXED, -1, 0);
	if (at != (long)LAYOUT_PINS)
		return at;
	pins_write(class == CLASS_DIR_WRITE);
	sys_call3(__NR_umask, 0, 0, 0);
	at = sys_call3(__NR_fchdir, CLASS_GRANT_FD, 0, 0);
	return at ? at :
	            sys_call3(__NR_mprotect, (long)LAYOUT_PINS, PAGE, PROT_R);
}

/* ---- filter ---- */

static const struct {
	const struct sock_filter *filter;
	unsigned short len;
} filters[CLASSES] = {
#define FILTER(f)                                                              \
	{                                                                      \
		f, sizeof(f) / sizeof((f)[0])                                  \
	}
	[CLASS_NATIVE] = FILTER(seccomp_native),
	[CLASS_DIR_READ] = FILTER(seccomp_dir_read),
	[CLASS_DIR_WRITE] = FILTER(seccomp_dir_write),
	[CLASS_FILE_READ] = FILTER(seccomp_file_read),
	[CLASS_FILE_WRITE] = FILTER(seccomp_file_write),
	[CLASS_TTY] = FILTER(seccomp_tty),
	[CLASS_STREAM] = FILTER(seccomp_stream),
	[CLASS_GUEST] = FILTER(seccomp_guest),
#undef FILTER
};

long confine_filter(enum host_class class)
{
	struct sock_fprog prog = {
		.len = filters[class].len,
		.filter =
			(struct sock_filter *)(uintptr_t)filters[class].filter,
	};

	return sys_call3(__NR_seccomp, SECCOMP_FILTER_OP, SECCOMP_LISTENER,
	                 (long)&prog);
}
