/* SPDX-License-Identifier: MIT */
/*
 * `<config attack="NAME"/>`: a driver gone bad. It calls the host itself and
 * says what came of it: "NAME: refused", or "BREACH". What the filter refuses
 * ends it with a crash report; driver_run knows which does which.
 */

#include <asm/ioctls.h>
#include <linux/falloc.h>
#include <linux/openat2.h>
#include <linux/stat.h>

#include <fief/config.h>
#include <fief/kif_host.h>
#include <fief/kif_table.h>
#include <fief/log.h>
#include <lib/mem.h>
#include <session/pd.h>

#include <kernel/linux/abi/host_class.h>
#include <kernel/linux/kif/sys.h>

enum {
	GRANT = CLASS_GRANT_FD,
	HERE = -100,
	EMPTY_PATH = 0x1000,
	READ = 1,
	PATH = 0,
	DIRECTORY = 0x10000,
	SHARED = 0x01,
	SHARED_FIXED = 0x11,
	ALL_FILES = 1024,
	TYPE = 0170000,
	IS_DIR = 0040000,
};

struct attack {
	const char *name;
	/* What the host said; not negative is a breach. */
	long (*run)(void);
	long nr, a, b, c, d, e; /* or, without `run`, that call */
};

static struct fief_env *env;

/* ---- paths ---- */

static long how(unsigned place)
{
	return (long)(PINS_HOW + place * PIN_STRIDE);
}

static long open_pinned(int dir, const char *path, unsigned place)
{
	return sys_call6(__NR_openat2, dir, (long)path, how(place),
	                 PIN_HOW_BYTES, 0, 0);
}

/* Every way out by a path that is asked for as the table does. */
static long paths(void)
{
	static const char *const out[] = {
		"..",   "../outside",      "/etc/passwd",
		"/",    "/proc/self",      "abs",
		"up",   "sub/../..",       "sub/../../outside",
		"loop", "/proc/self/fd/4", "proc/mem",
	};
	const long sub = open_pinned(GRANT, "sub", PATH);

	for (size_t i = 0; i < sizeof(out) / sizeof(out[0]); i++)
		for (unsigned place = 0; place < PIN_HOWS; place++)
			if (!(place & 4) &&
			    open_pinned(GRANT, out[i], place) >= 0)
				return 0;
	return sub < 0 ? 0 : open_pinned((int)sub, "..", PATH);
}

static long own_how(void)
{
	struct open_how h = { .flags = DIRECTORY };

	return sys_call6(__NR_openat2, GRANT, (long)"/etc", (long)&h, sizeof(h),
	                 0, 0);
}

/* The page of constants is not to be written by the host for us, either. */
static long pins_by_read(void)
{
	const long f = open_pinned(GRANT, "a", READ);

	return f < 0 ? 0 : sys_call3(__NR_read, f, how(0), 64);
}

/* A directory that nobody opened for us. */
static long foreign(void)
{
	struct statx s;

	for (int fd = 0; fd < ALL_FILES; fd++)
		if (fd != GRANT &&
		    !sys_call6(__NR_statx, fd, (long)PINS_EMPTY, EMPTY_PATH,
		               STATX_BASIC_STATS, (long)&s, 0) &&
		    (s.stx_mode & TYPE) == IS_DIR)
			return fd;
	return -1;
}

/* A file of the grant that must not be written to by any way there is. */
static long write_read_only(void)
{
	for (unsigned place = 0; place < PIN_HOWS; place++) {
		const long f = open_pinned(GRANT, "a", place);

		if (f >= 0 && sys_write((int)f, "BREACH", 6) > 0)
			return f;
		if (open_pinned(GRANT, "new", place) >= 0)
			return 0;
	}
	return -1;
}

/* ---- names, in a directory to write ---- */

struct name_call {
	long nr, a, b, c, d, e;
};

static long names(void)
{
	const struct name_call calls[] = {
		{ __NR_mkdirat, GRANT, (long)"../made", 0700, 0, 0 },
		{ __NR_mkdirat, GRANT, (long)"up/made", 0700, 0, 0 },
		{ __NR_mkdirat, GRANT, (long)"/fief-breach", 0700, 0, 0 },
		{ __NR_unlinkat, GRANT, (long)"../outside", 0, 0, 0 },
		{ __NR_unlinkat, GRANT, (long)"up/outside", 0, 0, 0 },
		{ __NR_symlinkat, (long)"x", GRANT, (long)"../made", 0, 0 },
		{ __NR_mknodat, GRANT, (long)"../made", 0010600, 0, 0 },
		{ __NR_linkat, GRANT, (long)"../outside", GRANT, (long)"in",
		  0 },
		{ __NR_linkat, GRANT, (long)"/etc/passwd", GRANT, (long)"in",
		  0 },
		{ __NR_linkat, GRANT, (long)"a", GRANT, (long)"../made", 0 },
		{ __NR_renameat2, GRANT, (long)"a", GRANT, (long)"../made", 0 },
		{ __NR_renameat2, GRANT, (long)"../outside", GRANT, (long)"in",
		  0 },
		{ __NR_renameat2, GRANT, (long)"../outside", GRANT, (long)"a",
		  2 },
	};

	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		const struct name_call *c = &calls[i];

		if (sys_call6(c->nr, c->a, c->b, c->c, c->d, c->e, 0) >= 0)
			return (long)i;
	}
	return -1;
}

/* ---- capabilities ---- */

static enum fief_err host_of(fief_cap pd, fief_cap session)
{
	fief_kif->ref(session);
	return pd_host((struct pd_cap){ pd }, (struct host_cap){ session });
}

/* Nothing but a Host session will do, and not for who runs. */
static long forge(void)
{
	const fief_cap bad[] = { env->pd, env->cpu, env->log, env->parent,
		                 FIEF_CAP_NULL };
	fief_cap own;

	if (fief_kif->export(0, 77, KIF_OBJECT_RPC, &own))
		return 0;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (!host_of(env->pd, bad[i]))
			return 0;
	return host_of(env->pd, own) ? -1 : 0;
}

static const struct attack attacks[] = {
	{ "paths", paths },
	{ "own-how", own_how },
	{ "pins-by-read", pins_by_read },
	{ "foreign", foreign },
	{ "write-read-only", write_read_only },
	{ "names", names },
	{ "forge", forge },
	{ "how-between", .nr = __NR_openat2, GRANT, (long)"a",
	  (long)(PINS_HOW + 8), PIN_HOW_BYTES },
	{ "how-longer", .nr = __NR_openat2, GRANT, (long)"a", (long)PINS_HOW,
	  64 },
	{ "how-behind", .nr = __NR_openat2, GRANT, (long)"a",
	  (long)(PINS_HOW + PIN_HOWS * PIN_STRIDE), PIN_HOW_BYTES },
	{ "open-here", .nr = __NR_openat2, HERE, (long)"etc/passwd",
	  (long)(PINS_HOW + READ * PIN_STRIDE), PIN_HOW_BYTES },
	{ "open-here-32", .nr = __NR_openat2, 0xffffff9c, (long)"etc/passwd",
	  (long)(PINS_HOW + READ * PIN_STRIDE), PIN_HOW_BYTES },
	{ "openat", .nr = __NR_openat, GRANT, (long)"a" },
	{ "open", .nr = __NR_open, (long)"/etc/passwd" },
	{ "stat-path", .nr = __NR_statx, GRANT, (long)"a", EMPTY_PATH },
	{ "newfstatat", .nr = __NR_newfstatat, GRANT, (long)"a" },
	{ "readlink-path", .nr = __NR_readlinkat, GRANT,
	  (long)"/proc/self/exe" },
	{ "map-pins", .nr = __NR_mmap, (long)LAYOUT_PINS, 4096, 3, SHARED_FIXED,
	  GRANT },
	{ "map-below", .nr = __NR_mmap, (long)(LAYOUT_PINS - 4096), 8192, 3,
	  SHARED_FIXED, GRANT },
	{ "unmap-pins", .nr = __NR_munmap, (long)LAYOUT_PINS, 4096 },
	{ "unmap-kif", .nr = __NR_munmap, (long)LAYOUT_KIF, 1 << 22 },
	{ "protect-pins", .nr = __NR_mprotect, (long)LAYOUT_PINS, 4096, 3 },
	{ "remap-pins", .nr = __NR_mremap, (long)LAYOUT_PINS, 4096, 8192, 1 },
	{ "mkdir", .nr = __NR_mkdirat, GRANT, (long)"made", 0700 },
	{ "unlink", .nr = __NR_unlinkat, GRANT, (long)"a" },
	{ "truncate", .nr = __NR_ftruncate, GRANT },
	{ "pwrite", .nr = __NR_pwrite64, GRANT, (long)"x", 1 },
	{ "pread", .nr = __NR_pread64, GRANT, (long)(LAYOUT_STATE + 65536), 1 },
	{ "pread-other", .nr = __NR_pread64, 5, (long)(LAYOUT_STATE + 65536),
	  1 },
	{ "chmod-suid", .nr = __NR_fchmod, GRANT, 04755 },
	{ "chmod-path", .nr = __NR_fchmodat, GRANT, (long)"a", 0777 },
	{ "chown", .nr = __NR_fchown, GRANT },
	{ "device", .nr = __NR_mknodat, GRANT, (long)"made", 0020600, 0x103 },
	{ "whiteout", .nr = __NR_renameat2, GRANT, (long)"a", GRANT,
	  (long)"made", 4 },
	{ "link-fd", .nr = __NR_linkat, GRANT, (long)"", GRANT, (long)"made",
	  EMPTY_PATH },
	{ "times-path", .nr = __NR_utimensat, GRANT, (long)"/etc/passwd" },
	{ "notify", .nr = __NR_inotify_add_watch, 5, (long)"/etc", 2 },
	{ "handle", .nr = __NR_open_by_handle_at, GRANT },
	{ "chroot", .nr = __NR_chroot, (long)"." },
	{ "chdir", .nr = __NR_fchdir, GRANT },
	{ "exec", .nr = __NR_execve, (long)"/bin/true" },
	{ "socket", .nr = __NR_socket, 1, 1 },
	{ "dup", .nr = __NR_dup, GRANT },
	{ "fcntl", .nr = __NR_fcntl, GRANT },
	{ "ioctl-other", .nr = __NR_ioctl, 5, TCGETS },
	{ "type-for-user", .nr = __NR_ioctl, GRANT, TIOCSTI, (long)"x" },
	{ "take-terminal", .nr = __NR_ioctl, GRANT, TIOCSCTTY },
	{ "resize", .nr = __NR_ioctl, GRANT, TIOCSWINSZ },
	{ "flush-device", .nr = __NR_ioctl, GRANT, 0x1261 },
	{ "write-grant", .nr = __NR_write, GRANT, (long)"BREACH", 6 },
	{ "map-grant", .nr = __NR_mmap, (long)LAYOUT_STATE, 4096, 3, SHARED,
	  GRANT },
	{ "send-to", .nr = __NR_sendto, GRANT, (long)"x", 1, 0,
	  (long)"\1\0/run/breach" },
	{ "send-other", .nr = __NR_sendto, 3, (long)"x", 1 },
	{ "send-rights", .nr = __NR_sendmsg, GRANT, (long)LAYOUT_PINS },
	{ "shut", .nr = __NR_shutdown, GRANT, 2 },
	{ "accept", .nr = __NR_accept4, GRANT },
	{ "splice", .nr = __NR_splice, GRANT, 0, 5, 0, 4096 },
	{ "steer", .nr = __NR_lseek, GRANT },
	{ "fill", .nr = __NR_fallocate, GRANT, 0, 0, 1 << 20 },
};

static long run(const struct attack *a)
{
	if (a->run)
		return a->run();
	return sys_call6(a->nr, a->a, a->b, a->c, a->d, a->e, 0);
}

void fief_component_construct(struct fief_env *e)
{
	static struct fief_config config;
	const char *name;
	long result;

	env = e;
	if (fief_config_open(env, &config))
		fief_exit(env, 98);
	name = node_attr(config.root, "attack", "");
	for (size_t i = 0; i < sizeof(attacks) / sizeof(attacks[0]); i++) {
		if (strcmp(attacks[i].name, name) != 0)
			continue;
		result = run(&attacks[i]);
		if (result >= 0)
			fief_error("BREACH: %s: %ld", name, result);
		else
			fief_log("%s: refused", name);
		fief_exit(env, 0);
	}
	fief_error("BREACH of the test: no attack \"%s\"", name);
	fief_exit(env, 99);
}
