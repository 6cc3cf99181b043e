/* SPDX-License-Identifier: MIT */
/* A mount, from its beginning to its end. */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <fief/exit_code.h>

#include "mount.h"
#include <tools/fief/util.h>

volatile sig_atomic_t mount_signal;

static const struct fuse_lowlevel_ops ops = {
	.lookup = do_lookup,
	.forget = do_forget,
	.forget_multi = do_forget_multi,
	.getattr = do_getattr,
	.setattr = do_setattr,
	.readlink = do_readlink,
	.mknod = do_mknod,
	.mkdir = do_mkdir,
	.unlink = do_unlink,
	.rmdir = do_rmdir,
	.symlink = do_symlink,
	.rename = do_rename,
	.link = do_link,
	.open = do_open,
	.read = do_read,
	.write = do_write,
	.flush = do_flush,
	.release = do_release,
	.fsync = do_fsync,
	.opendir = do_opendir,
	.readdir = do_readdir,
	.releasedir = do_releasedir,
	.statfs = do_statfs,
	.create = do_create,
	.getlk = do_getlk,
	.setlk = do_setlk,
};

/* ---- signals ---- */

static void on_signal(int number)
{
	mount_signal = number;
}

/* They come while it waits, and are seen at once. */
static void signals_begin(struct mount *m)
{
	static const int ending[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	struct sigaction a = { .sa_handler = on_signal };
	sigset_t mask;

	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&mask);
	for (size_t i = 0; i < sizeof(ending) / sizeof(ending[0]); i++) {
		sigaddset(&mask, ending[i]);
		sigaction(ending[i], &a, NULL);
	}
	sigprocmask(SIG_BLOCK, &mask, &m->while_waits);
}

/* Returns as poll(2). */
static int wait_on(const struct mount *m, struct pollfd *fds, nfds_t count,
                   int ms)
{
	const struct timespec t = { ms / 1000, ms % 1000 * 1000000L };

	return ppoll(fds, count, ms < 0 ? NULL : &t, &m->while_waits);
}

/* While something is asked: see p9.h. */
static const char *wait_for_answer(void *arg, short events)
{
	const struct mount *m = arg;
	struct pollfd fd = { .fd = m->look.p9.fd, .events = events };

	for (;;) {
		int n = mount_signal ? 0 :
		                       wait_on(m, &fd, 1, P9_PATIENCE_S * 1000);

		if (mount_signal)
			return "it shall end";
		if (n > 0)
			return NULL;
		if (!n)
			return "it does not answer";
		if (errno != EINTR)
			return strerror(errno);
	}
}

/* ---- the loop ---- */

static void serve_kernel(struct mount *m)
{
	static struct fuse_buf buf; /* its memory is made by libfuse, once */
	int n = fuse_session_receive_buf(m->session, &buf);

	if (n > 0)
		fuse_session_process_buf(m->session, &buf);
	else if (n < 0 && n != -EINTR && n != -EAGAIN)
		fuse_session_exit(m->session);
}

static bool going_on(const struct mount *m)
{
	return !mount_signal && !m->look.p9.broken &&
	       !fuse_session_exited(m->session);
}

static void serve(struct mount *m)
{
	struct pollfd fds[] = {
		{ .fd = fuse_session_fd(m->session), .events = POLLIN },
		{ .fd = m->look.p9.fd, .events = POLLIN },
	};

	while (going_on(m)) {
		int n;

		waiting_tidy(m);
		locks_retry(m);
		n = wait_on(m, fds, 2,
		            list_empty(&m->locking) ? -1 : LOCK_PAUSE_MS);
		if (n > 0 && fds[1].revents)
			(void)p9_serve(&m->look.p9); /* or all is over */
		if (n > 0 && fds[0].revents && going_on(m))
			serve_kernel(m);
	}
}

/* ---- mounting ---- */

static void say(enum fuse_log_level level, const char *format, va_list args)
{
	char *text = NULL;

	if (level > FUSE_LOG_WARNING || vasprintf(&text, format, args) < 0)
		return;
	text[strcspn(text, "\n")] = '\0';
	util_error("%s", text);
	free(text);
}

/* What /proc/mounts calls it: nothing that would be an option. */
static char *options_of(const struct mount *m)
{
	char *name = util_safe(m->look.component), *text;

	for (char *c = name; *c; c++)
		if (*c == ',' || *c == '\\')
			*c = '_';
	text = util_text("-onosuid,nodev,%s,subtype=fief,fsname=%s",
	                 m->writeable ? "rw" : "ro", name);
	free(name);
	return text;
}

static bool session_begin(struct mount *m)
{
	char name[] = "fief mount", *options = options_of(m);
	char *argv[] = { name, options, NULL };
	struct fuse_args args = FUSE_ARGS_INIT(2, argv);

	fuse_set_log_func(say);
	m->session = fuse_session_new(&args, &ops, sizeof(ops), m);
	fuse_opt_free_args(&args);
	free(options);
	return m->session && !fuse_session_mount(m->session, m->place);
}

static int begin_serving(struct mount *m)
{
	const int fd = fuse_session_fd(m->session);

	/* Requests can go between being seen and being read. */
	if (fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK)) {
		util_error("cannot serve %s: %s", m->place, strerror(errno));
		return FIEF_EXIT_FRAMEWORK;
	}
	util_error("mounted at %s; Ctrl-C ends it", m->place);
	serve(m);
	return 0;
}

static int end_code(struct mount *m, bool broken)
{
	if (mount_signal)
		return FIEF_EXIT_SIGNAL + mount_signal;
	return broken ? look_failed(&m->look, "/", P9_BROKEN) : 0;
}

/* Whoever waits hears of it before others can ask what went wrong. */
static int run(struct mount *m)
{
	int code = begin_serving(m);
	const bool broken = m->look.p9.broken;

	m->look.p9.broken = true; /* nothing is asked any more */
	waiting_end(m);
	locks_end(m);
	fuse_session_unmount(m->session);
	return code ? code : end_code(m, broken);
}

int mount_run(struct mount *m)
{
	int code = FIEF_EXIT_FRAMEWORK;

	signals_begin(m);
	m->look.p9.wait = wait_for_answer;
	m->look.p9.wait_arg = m;
	if (session_begin(m))
		code = run(m);
	else
		util_error(
			"cannot mount at %s: it takes /dev/fuse and, but for "
			"root, fusermount3 of the package fuse3",
			m->place);
	if (m->session)
		fuse_session_destroy(m->session);
	return code;
}
