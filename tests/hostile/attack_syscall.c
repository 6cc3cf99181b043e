/* SPDX-License-Identifier: MIT */
/* Host calls that the filter must refuse. Each ends the component, so each
 * round of the case is one call. */

#include "attack.h"

/* Round n: host call n, unless it is allowed. */
static int sweep(void)
{
	static const long allowed[] = {
		__NR_futex,         __NR_write,        __NR_epoll_pwait,
		__NR_epoll_pwait2,  __NR_recvmsg,      __NR_mmap,
		__NR_munmap,        __NR_close,        __NR_read,
		__NR_epoll_ctl,     __NR_clone,        __NR_arch_prctl,
		__NR_sigaltstack,   __NR_rt_sigreturn, __NR_restart_syscall,
		__NR_clock_gettime, __NR_prctl,        __NR_exit,
		__NR_exit_group,
	};
	long n = (long)(me.arg.round * me.arg.attackers + me.arg.index);

	for (size_t i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++)
		if (allowed[i] == n)
			attack_exit_now(0);
	/* Linux 6.11 and later pass uretprobe and uprobe by every filter; from
	 * here they do nothing (SIGILL and ENXIO). */
	if (n > 470 || n == 335 || n == 336)
		attack_exit_now(0);
	n = sys_call6(n, 0, 0, 0, 0, 0, 0);
	fief_log("BREACH: host call returned %ld", n);
	return 0;
}

struct forbidden {
	long nr, a, b, c, d, e;
};

/* Allowed calls with arguments that are not. */
static const struct forbidden forbidden[] = {
	{ __NR_mmap, 0, 4096, 3, 0x22, -1 },    /* private anonymous */
	{ __NR_mmap, 0, 4096, 3, 0x21, -1 },    /* shared anonymous */
	{ __NR_mmap, 0, 4096, 1, 0x02, 3 },     /* private file */
	{ __NR_mmap, 0, 4096, 3, 0x40021, -1 }, /* huge pages */
	{ __NR_mmap, 0, 4096, 3, 0x40001, 3 },  /* the same, not anonymous */
	{ __NR_mmap, 0, 4096, 3, 0x0101, 3 },   /* grows down */
	{ __NR_mmap, 0, 4096, 3, 0x2001, 3 },   /* locked */
	{ __NR_mmap, 0, 4096, 3, 0x03, 3 },     /* shared validate */
	{ __NR_mmap, 0, 4096, 3, 0x00, 3 },
	{ __NR_prctl, 1, 0, 0, 0, 0 }, /* no death signal */
	{ __NR_prctl, 1, 15, 0, 0, 0 },
	{ __NR_prctl, 1, 0x100000009, 0, 0, 0 },
	{ __NR_prctl, 4, 1, 0, 0, 0 },  /* dumpable */
	{ __NR_prctl, 15, 0, 0, 0, 0 }, /* name */
	{ __NR_prctl, 22, 1, 0, 0, 0 }, /* seccomp */
	{ __NR_prctl, 38, 1, 0, 0, 0 },
	{ __NR_prctl, 0x100000001, 9, 0, 0, 0 },
	{ __NR_clone, 17, 0, 0, 0, 0 }, /* fork */
	{ __NR_clone, 0x3d0f00 | 0x8000, 0, 0, 0, 0 },
	{ __NR_clone, 0x3d0f00 & ~0x10000, 0, 0, 0, 0 },
	{ __NR_clone, 0x10000000 | 17, 0, 0, 0, 0 }, /* user name space */
	{ __NR_clone, 0x1003d0f00, 0, 0, 0, 0 },
	{ __NR_clone, 0x4111, 0, 0, 0, 0 },                      /* vfork */
	{ __NR_arch_prctl, 0x1002, 0x7fc000200000, 0, 0, 0 },    /* SET_FS */
	{ __NR_arch_prctl, 0x1003, 0x7fc000200000, 0, 0, 0 },    /* GET_FS */
	{ __NR_arch_prctl, 0x1012, 0, 0, 0, 0 },                 /* SET_CPUID */
	{ __NR_futex, 0x7fc000200000, 2, 0, 0, 0 },              /* FD */
	{ __NR_futex, 0x7fc000200000, 3, 1, 1, 0x7fc000200040 }, /* REQUEUE */
	{ __NR_futex, 0x7fc000200000, 4, 1, 1, 0x7fc000200040 }, /* CMP_ */
	{ __NR_futex, 0x7fc000200000, 5, 1, 1, 0x7fc000200040 }, /* WAKE_OP */
	{ __NR_futex, 0x7fc000200000, 6, 0, 0, 0 },              /* LOCK_PI */
	{ __NR_futex, 0x7fc000200000, 7, 0, 0, 0 },
	{ __NR_futex, 0x7fc000200000, 8, 0, 0, 0 },
	{ __NR_futex, 0x7fc000200000, 10, 1, 0, 0 }, /* WAKE_BITSET */
	{ __NR_futex, 0x7fc000200000, 11, 0, 0, 0x7fc000200040 },
	{ __NR_futex, 0x7fc000200000, 12, 1, 1, 0x7fc000200040 },
	{ __NR_futex, 0x7fc000200000, 13, 0, 0, 0 }, /* LOCK_PI2 */
	{ __NR_futex, 0x7fc000200000, 128 | 4, 1, 1, 0x7fc000200040 },
	{ __NR_futex, 0x7fc000200000, 128 | 5, 1, 1, 0x7fc000200040 },
	{ __NR_futex, 0x7fc000200000, 256 | 4, 1, 1, 0x7fc000200040 },
	{ __NR_futex, 0x7fc000200000, 256 | 0, 0, 0, 0 }, /* real-time clock */
};

/* The same call through the other two doors of the host's entry code. */
static int odd_doors(void)
{
	long r;

	if (me.arg.round == 0) {
		r = sys_call6(0x40000000 | 39, 0, 0, 0, 0, 0, 0); /* x32 */
		fief_log("BREACH: x32 call returned %ld", r);
	} else {
		__asm__ volatile("int $0x80" : "=a"(r) : "0"(20) : "memory");
		fief_log("BREACH: compatibility call returned %ld", r);
	}
	return 0;
}

static int arguments(void)
{
	enum { N = sizeof(forbidden) / sizeof(forbidden[0]) };
	uint32_t n = me.arg.round * me.arg.attackers + me.arg.index;
	const struct forbidden *f = &forbidden[n];
	long r;

	if (n >= N)
		attack_exit_now(0);
	r = sys_call6(f->nr, f->a, f->b, f->c, f->d, f->e, 0);
	fief_log("BREACH: row %u, host call %ld returned %ld", n, f->nr, r);
	return 0;
}

/* The filter is the same in threads. */
static void in_thread(void *arg)
{
	(void)arg;
	sys_call3(__NR_getpid, 0, 0, 0);
	fief_log("BREACH: getpid in a thread");
}

static int thread_filter(void)
{
	attack_thread(in_thread, NULL);
	attack_park();
}

const struct attack attacks_syscall[] = {
	{ "sweep", sweep },
	{ "arguments", arguments },
	{ "odd-doors", odd_doors },
	{ "thread-filter", thread_filter },
	{ 0 },
};
