/* SPDX-License-Identifier: MIT */
/* Opening what the command line grants, before anything runs. `fief` has looked
 * at all of it before; here is what counts. */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fief/exit_code.h>

#include <core/core.h>

#include "host.h"

/* "name=kind:path,ro" in its parts. */
struct spec {
	char *name, *kind, *path; /* owned: `name` */
	bool writeable;
	const char *why; /* it was not opened; NULL: as errno says */
};

static bool spec_parse(const char *text, struct spec *out)
{
	char *colon, *comma;

	out->name = strdup(text);
	if (!out->name)
		return false;
	out->kind = strchr(out->name, '=');
	colon = out->kind ? strchr(out->kind, ':') : NULL;
	comma = colon ? strrchr(colon, ',') : NULL;
	if (!comma || (strcmp(comma, ",ro") && strcmp(comma, ",rw")))
		return false;
	*out->kind++ = *colon = *comma = '\0';
	out->path = colon + 1;
	out->why = NULL;
	out->writeable = comma[2] == 'w';
	return true;
}

/* ---- kinds ---- */

/* The descriptor; -1 with errno, or a reason. */
typedef int open_kind(struct spec *);

static int open_dir(struct spec *s)
{
	/* O_PATH asks for no right, drivers do. */
	if (access(s->path, R_OK | X_OK | (s->writeable ? W_OK : 0)))
		return -1;
	return open(s->path, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

static int open_plain(struct spec *s)
{
	/* Not to wait at a fifo, which is refused then. */
	int fd = open(s->path, (s->writeable ? O_RDWR : O_RDONLY) | O_NONBLOCK |
	                               O_NOCTTY | O_CLOEXEC);
	struct stat st;

	if (fd < 0)
		return -1;
	if (!fstat(fd, &st) && (S_ISREG(st.st_mode) || S_ISBLK(st.st_mode)))
		return fd;
	errno = S_ISDIR(st.st_mode) ? EISDIR : EINVAL;
	close(fd);
	return -1;
}

static int open_tty(struct spec *s)
{
	int fd = open(s->path, (s->writeable ? O_RDWR : O_RDONLY) | O_NONBLOCK |
	                               O_NOCTTY | O_CLOEXEC);

	if (fd >= 0 && !isatty(fd)) {
		close(fd);
		errno = ENOTTY;
		return -1;
	}
	return fd;
}

/* It is open already, at the number that starts its path. */
static int open_stream(struct spec *s)
{
	const int fd = (int)strtol(s->path, &s->path, 10);

	s->path += *s->path == '/';
	errno = EBADF;
	return core_stream_own(fd, s->writeable, &s->why);
}

static const struct kind {
	const char *name;
	open_kind *open;
} kinds[KIF_HOST_KINDS] = {
	[KIF_HOST_DIR] = { "dir", open_dir },
	[KIF_HOST_FILE] = { "file", open_plain },
	[KIF_HOST_TTY] = { "tty", open_tty },
	[KIF_HOST_STREAM] = { "stream", open_stream },
};

/* ---- all of them ---- */

static int refused(const struct spec *s, const char *why, int code)
{
	fprintf(stderr, "core: cannot grant \"%s\", %s \"%s\"%s: %s\n", s->name,
	        s->kind, s->path, s->writeable ? " to write" : "", why);
	return code;
}

static int grant_add(const struct spec *s, enum kif_host_kind kind, int fd)
{
	struct core_grant *g = calloc(1, sizeof(*g));
	enum fief_err e = FIEF_LIMIT;

	if (g)
		e = kcore_grant_create(kind, s->writeable, fd, &g->grant);
	if (e == FIEF_UNSUPPORTED)
		return refused(s,
		               "this kernel has no Landlock, which keeps a "
		               "driver within it; only ,ro is possible",
		               FIEF_EXIT_FRAMEWORK);
	if (e)
		return refused(s, fief_err_text(e), FIEF_EXIT_FRAMEWORK);
	g->name = s->name;
	g->kind = kind;
	g->writeable = s->writeable;
	list_add_last(&core.grants, &g->in_core);
	return 0;
}

static int open_code(int error)
{
	return error == EACCES || error == EPERM || error == EROFS ?
	               FIEF_EXIT_NOT_RUNNABLE :
	               FIEF_EXIT_NOT_FOUND;
}

static int grant_open(const char *text)
{
	enum kif_host_kind kind = KIF_HOST_DIR;
	struct spec s;
	int fd;

	if (!spec_parse(text, &s)) {
		fprintf(stderr, "core: started by fief, not by hand\n");
		return FIEF_EXIT_USAGE;
	}
	while (kind < KIF_HOST_KINDS && strcmp(kinds[kind].name, s.kind) != 0)
		kind++;
	if (kind == KIF_HOST_KINDS || core_grant_find(s.name))
		return refused(&s, "no such kind, or given twice",
		               FIEF_EXIT_USAGE);
	fd = kinds[kind].open(&s);
	if (fd < 0)
		return refused(&s, s.why ? s.why : strerror(errno),
		               open_code(errno));
	return grant_add(&s, kind, fd);
}

/* ---- streams, while the system runs ---- */

static const char *stream_add(const char *name, bool writeable, int fd)
{
	struct core_grant *g = calloc(1, sizeof(*g));
	char *copy = strdup(name);

	if (!g || !copy ||
	    kcore_grant_create(KIF_HOST_STREAM, writeable, fd, &g->grant)) {
		free(g);
		free(copy);
		return "there are too many grants, or no memory for one more";
	}
	g->name = copy;
	g->kind = KIF_HOST_STREAM;
	g->writeable = writeable;
	list_add_last(&core.grants, &g->in_core);
	return NULL;
}

const char *core_grant_stream(const char *name, bool writeable, int fd)
{
	const char *why = NULL;
	int own = -1;

	if (!label_name_valid(name))
		why = "that is no name";
	else if (core_grant_find(name))
		why = "there is another grant of that name";
	else if ((own = core_stream_own(fd, writeable, &why)) >= 0)
		why = stream_add(name, writeable, own);
	if (why)
		close(own < 0 ? fd : own);
	return why;
}

const char *core_grant_end(const char *name)
{
	struct core_grant *g = core_grant_find(name);

	if (!g)
		return "there is no grant of that name";
	core_grant_close(g);
	free((void *)(uintptr_t)g->name);
	free(g);
	return NULL;
}

/* ---- the size of a terminal ---- */

/* `fief` passes the signal on, which only it gets. */
static int resized_watch(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGWINCH);
	sigprocmask(SIG_BLOCK, &set, NULL);
	core_host.resized = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	if (core_host.resized >= 0 && !kcore_watch(core_host.resized))
		return 0;
	fprintf(stderr, "core: cannot hear of the size of terminals: %s\n",
	        strerror(errno));
	return FIEF_EXIT_FRAMEWORK;
}

void core_grants_resized(void)
{
	struct signalfd_siginfo info;

	while (read(core_host.resized, &info, sizeof(info)) == sizeof(info))
		core_grant_resized();
}

static bool terminals(void)
{
	LIST_FOR_EACH(g, &core.grants, struct core_grant, in_core)
		if (g->kind == KIF_HOST_TTY)
			return true;
	return false;
}

int core_grants_open(void)
{
	int code = 0;

	for (const char **g = core_host.grant; *g && !code; g++)
		code = grant_open(*g);
	return code || !terminals() ? code : resized_watch();
}
