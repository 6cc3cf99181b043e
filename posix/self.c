/* SPDX-License-Identifier: MIT */
/* What the program asks about itself, time and its machine. */

#include <fief/component.h>
#include <fief/kif_guest.h>
#include <fief/kif_table.h>
#include <fief/log.h>
#include <fief/random.h>
#include <lib/mem.h>
#include <vfs/node.h>

#include "call.h"
#include "file.h"
#include "memory.h"
#include "stat.h"
#include "tree.h"

enum { SECOND = 1000000000 };

static struct {
	struct fief_env *env;
	uint32_t umask;
} self;

void self_init(struct fief_env *env)
{
	self.env = env;
	self.umask = 022;
}

/* What is open is closed: a log has the rest of a line by that. */
long linux_exit(const struct call *c)
{
	fd_close_all();
	fief_exit(self.env, (int)(c->arg[0] & 0xff));
}

long linux_zero(const struct call *c)
{
	(void)c;
	return 0;
}

/* The only process there is, and its thread. */
long linux_one(const struct call *c)
{
	(void)c;
	return 1;
}

/* One user, who is nobody special. */
long linux_identity(const struct call *c)
{
	enum { USER = 1000 };

	(void)c;
	return USER;
}

/* In no other group. */
long linux_getgroups(const struct call *c)
{
	(void)c;
	return 0;
}

long linux_refuse(const struct call *c)
{
	(void)c;
	return -EOPNOTSUPP;
}

long linux_umask(const struct call *c)
{
	const uint32_t old = self.umask;

	self.umask = (uint32_t)c->arg[0] & 0777;
	return (long)old;
}

long linux_arch_prctl(const struct call *c)
{
	enum { SET_GS = 0x1001, SET_FS = 0x1002 };

	if (c->arg[0] == SET_FS)
		return self.env->guest->fs(c->arg[1]) ? -EPERM : 0;
	return c->arg[0] == SET_GS ? -EPERM : -EINVAL; /* GS is ours */
}

/* Bytes into the program's memory. */
static long give(uint64_t to, const void *from, size_t len)
{
	if (!memory_valid(to, len, PROT_WRITE))
		return -EFAULT;
	memcpy((void *)to, from, len);
	return 0;
}

/* Real, effective, saved. */
long linux_getres(const struct call *c)
{
	const uint32_t user = (uint32_t)linux_identity(c);
	long e = 0;

	for (unsigned i = 0; i < 3 && !e; i++)
		e = give(c->arg[i], &user, sizeof(user));
	return e;
}

/* It has one thread: one CPU is all that it can use. */
long linux_affinity(const struct call *c)
{
	const uint64_t cpus = 1;

	if (c->arg[1] < sizeof(cpus))
		return -EINVAL;
	return give(c->arg[2], &cpus, sizeof(cpus)) ? -EFAULT :
	                                              (long)sizeof(cpus);
}

long linux_uname(const struct call *c)
{
	static const char uts[6][65] = { "Linux",   "fief",   "6.1.0",
		                         "#1 Fief", "x86_64", "(none)" };

	return give(c->arg[0], uts, sizeof(uts));
}

long linux_getrandom(const struct call *c)
{
	static unsigned char bytes[256];
	size_t done = 0;
	long e = 0;

	while (!e && done < c->arg[1]) {
		const size_t left = c->arg[1] - done;
		const size_t n = left < sizeof(bytes) ? left : sizeof(bytes);

		fief_random(bytes, n);
		e = give(c->arg[0] + done, bytes, n);
		done += n;
	}
	memset(bytes, 0, sizeof(bytes));
	return e ? e : (long)done;
}

/* Limits that a shell or libc wants to know; none can be set. */
long linux_prlimit(const struct call *c)
{
	enum { STACK = 3, NOFILE = 7, STACK_BYTES = 8 << 20, FILES_MAX = 1024 };
	const uint64_t most = c->arg[1] == STACK  ? STACK_BYTES :
	                      c->arg[1] == NOFILE ? FILES_MAX :
	                                            UINT64_MAX;
	const uint64_t limit[2] = { most, most };

	if (c->arg[0] > 1)
		return -EPERM;
	return c->arg[3] ? give(c->arg[3], limit, sizeof(limit)) : 0;
}

/* ---- time ---- */

/* Since 1970, or since the start of the machine; ns. */
static int64_t clock_now(uint64_t clock)
{
	enum { REALTIME, REALTIME_COARSE = 5 };

	if (clock == REALTIME || clock == REALTIME_COARSE)
		return vfs_now(tree());
	return (int64_t)fief_kif->time();
}

static long give_time(uint64_t to, int64_t ns)
{
	const struct linux_time t = { ns / SECOND, ns % SECOND };

	return give(to, &t, sizeof(t));
}

enum { CLOCKS = 12 };

long linux_clock(const struct call *c)
{
	return c->arg[0] < CLOCKS ? give_time(c->arg[1], clock_now(c->arg[0])) :
	                            -EINVAL;
}

long linux_clock_getres(const struct call *c)
{
	if (c->arg[0] >= CLOCKS)
		return -EINVAL;
	return c->arg[1] ? give_time(c->arg[1], 1) : 0;
}

long linux_gettimeofday(const struct call *c)
{
	enum { THOUSAND = 1000 };
	const int64_t now = clock_now(0);
	const int64_t tv[2] = { now / SECOND, now % SECOND / THOUSAND };

	return c->arg[0] ? give(c->arg[0], tv, sizeof(tv)) : 0;
}

long linux_time(const struct call *c)
{
	const int64_t s = clock_now(0) / SECOND;
	const long e = c->arg[0] ? give(c->arg[0], &s, sizeof(s)) : 0;

	return e ? e : s;
}

static long sleep_for(uint64_t time, bool absolute, uint64_t clock)
{
	struct linux_time t;
	int64_t ns;

	if (!memory_valid(time, sizeof(t), PROT_READ))
		return -EFAULT;
	memcpy(&t, (const void *)time, sizeof(t));
	if (t.s < 0 || t.ns < 0 || t.ns >= SECOND)
		return -EINVAL;
	ns = t.s > INT64_MAX / SECOND - 1 ? INT64_MAX : t.s * SECOND + t.ns;
	if (absolute)
		ns -= clock_now(clock);
	if (ns > 0) {
		const uint64_t now = fief_kif->time();
		const uint64_t until = now + (uint64_t)ns;

		while (fief_kif->time() < until)
			fief_kif->park(until);
	}
	return 0;
}

long linux_nanosleep(const struct call *c)
{
	return sleep_for(c->arg[0], false, 1);
}

long linux_clock_nanosleep(const struct call *c)
{
	return c->arg[0] < CLOCKS ?
	               sleep_for(c->arg[2], c->arg[1] & 1, c->arg[0]) :
	               -EINVAL;
}

long linux_sysinfo(const struct call *c)
{
	struct {
		int64_t uptime;
		uint64_t loads[3], total, free, shared, buffers, swap[2];
		uint16_t procs, pad[3];
		uint64_t high[2];
		uint32_t unit, pad2;
	} out = { .procs = 1, .unit = 1 };

	_Static_assert(sizeof(out) == 112, "ABI");
	out.uptime = (int64_t)fief_kif->time() / SECOND;
	return give(c->arg[0], &out, sizeof(out));
}

long linux_getrusage(const struct call *c)
{
	static const uint64_t none[18];

	return give(c->arg[1], none, sizeof(none));
}

/* ---- signals and futexes, of one thread without anybody else ---- */

enum { SIGNALS = 64, SET_BYTES = 8 };

/* Kept, and told again: none is ever sent so far. */
struct action {
	uint64_t handler, flags, restorer, mask;
};

long linux_sigaction(const struct call *c)
{
	static struct action actions[SIGNALS + 1];
	const uint64_t n = c->arg[0];
	long e = 0;

	if (!n || n > SIGNALS || c->arg[3] != SET_BYTES)
		return -EINVAL;
	if (c->arg[1] && !memory_valid(c->arg[1], sizeof(*actions), PROT_READ))
		return -EFAULT;
	if (c->arg[2])
		e = give(c->arg[2], &actions[n], sizeof(*actions));
	if (!e && c->arg[1])
		memcpy(&actions[n], (const void *)c->arg[1], sizeof(*actions));
	return e;
}

long linux_sigprocmask(const struct call *c)
{
	enum { BLOCK, UNBLOCK, SETMASK };
	static uint64_t mask;
	const uint64_t old = mask;
	uint64_t set;

	if (c->arg[3] != SET_BYTES || c->arg[0] > SETMASK)
		return -EINVAL;
	if (c->arg[1]) {
		if (!memory_valid(c->arg[1], sizeof(set), PROT_READ))
			return -EFAULT;
		memcpy(&set, (const void *)c->arg[1], sizeof(set));
		mask = c->arg[0] == BLOCK   ? mask | set :
		       c->arg[0] == UNBLOCK ? mask & ~set :
		                              set;
	}
	return c->arg[2] ? give(c->arg[2], &old, sizeof(old)) : 0;
}

/* Nobody waits, and nobody would wake. */
long linux_futex(const struct call *c)
{
	enum { OPS = 127, WAKE = 1 };

	return (c->arg[1] & OPS) == WAKE ? 0 : -EAGAIN;
}
