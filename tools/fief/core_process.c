/* SPDX-License-Identifier: MIT */
/* Core as a child process. */

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fief/exit_code.h>

#include "core_process.h"

#include "util.h"

/* Descriptors in core. */
enum { NULL_FD, OUT_FD, ERROR_FD, LOG_FD, CONTROL_FD, CONFIG_FD, CORE_FDS };

_Static_assert((int)CORE_FDS == (int)CORE_STREAM_FD, "one after the other");

enum { PIPE_BYTES = 1 << 20 };

/* ---- arguments ---- */

struct arguments {
	char *v[24 + 2 * (CORE_ROM_DIRS + CORE_ROMS + CORE_GRANTS)];
	size_t n;
};

static void add(struct arguments *a, const char *option, const char *value)
{
	a->v[a->n++] = util_text("%s", option);
	a->v[a->n++] = util_text("%s", value);
}

static void add_number(struct arguments *a, const char *option, uint64_t n)
{
	char text[24];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)n);
	add(a, option, text);
}

static void arguments_make(struct arguments *a, const struct core_params *p)
{
	char config[48];

	*a = (struct arguments){ .n = 0 };
	a->v[a->n++] = util_text("fief-core");
	add(a, "--kif", p->layout->kif);
	add(a, "--init", p->init);
	add_number(a, "--ram", p->ram);
	add_number(a, "--caps", p->caps);
	add_number(a, "--log-fd", LOG_FD);
	add_number(a, "--control-fd", CONTROL_FD);
	a->v[a->n++] = util_text("--events");
	for (size_t i = 0; i < p->roms; i++)
		add(a, "--rom", p->rom[i]);
	for (size_t i = 0; i < p->grants; i++)
		add(a, "--grant", p->grant[i]);
	if (p->config >= 0) {
		snprintf(config, sizeof(config), "config=/proc/self/fd/%d",
		         CONFIG_FD);
		add(a, "--rom", config);
	}
	for (size_t i = 0; i < p->rom_dirs; i++)
		add(a, "--rom-dir", p->rom_dir[i]);
	add(a, "--rom-dir", p->layout->rom);
}

static void arguments_fini(struct arguments *a)
{
	for (size_t i = 0; i < a->n; i++)
		free(a->v[i]);
}

/* ---- start ---- */

/* What core is started with, by the numbers there; -1: nothing. */
struct places {
	int fd[CORE_FDS + CORE_GRANTS];
	int n;
};

/* Put the descriptors at their numbers; none of them is in the way of another
 * after the first step. */
static int place(struct places *p)
{
	for (int i = 0; i < p->n; i++)
		if (p->fd[i] >= 0)
			p->fd[i] = fcntl(p->fd[i], F_DUPFD_CLOEXEC, p->n);
	for (int i = 0; i < p->n; i++)
		if (p->fd[i] >= 0 && dup2(p->fd[i], i) < 0)
			return -1;
	if (p->fd[CONFIG_FD] < 0)
		close(CONFIG_FD);
	return (int)syscall(SYS_close_range, p->n, ~0u, 0);
}

FIEF_NORETURN static void child(struct places *places, pid_t parent,
                                const char *path, char **argv)
{
	char *const envp[] = { NULL };
	sigset_t none;

	signal(SIGPIPE, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setsid();
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(FIEF_EXIT_FRAMEWORK); /* died before we could know */
	if (place(places) < 0)
		_exit(FIEF_EXIT_FRAMEWORK);
	execve(path, argv, envp);
	dprintf(ERROR_FD, "fief: cannot start \"%s\": %s\n", path,
	        strerror(errno));
	_exit(FIEF_EXIT_FRAMEWORK);
}

/* Both ends of the log pipe and the control socket. */
struct links {
	int log[2], control[2], null;
};

static bool links_open(struct links *l)
{
	*l = (struct links){ { -1, -1 }, { -1, -1 }, -1 };
	if (pipe2(l->log, O_CLOEXEC | O_NONBLOCK) ||
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, l->control))
		return false;
	l->null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	/* More room when we are slow; an unprivileged user may hit a limit. */
	fcntl(l->log[1], F_SETPIPE_SZ, PIPE_BYTES);
	return l->null >= 0;
}

static void links_close(struct links *l)
{
	util_close(&l->log[0]);
	util_close(&l->log[1]);
	util_close(&l->control[0]);
	util_close(&l->control[1]);
	util_close(&l->null);
}

int core_process_start(struct core_process *p, const struct core_params *params)
{
	pid_t self = getpid();
	struct arguments a;
	struct links l;

	*p = (struct core_process){ .pid = -1, -1, -1, -1 };
	if (!links_open(&l)) {
		util_error("cannot start: %s", strerror(errno));
		links_close(&l);
		return FIEF_EXIT_FRAMEWORK;
	}
	arguments_make(&a, params);
	fflush(NULL);
	p->pid = fork();
	if (p->pid == 0) {
		struct places places = {
			.fd = { l.null, STDERR_FILENO, STDERR_FILENO, l.log[1],
			        l.control[1], params->config },
			.n = CORE_FDS + (int)params->streams,
		};

		memcpy(places.fd + CORE_FDS, params->stream,
		       params->streams * sizeof(int));
		child(&places, self, params->layout->core, a.v);
	}
	arguments_fini(&a);
	p->log = l.log[0];
	p->control = l.control[0];
	l.log[0] = l.control[0] = -1;
	links_close(&l);
	if (p->pid > 0)
		p->pidfd = (int)syscall(SYS_pidfd_open, p->pid, 0);
	if (p->pidfd >= 0)
		return 0;
	util_error("cannot start core: %s", strerror(errno));
	core_process_fini(p);
	return FIEF_EXIT_FRAMEWORK;
}

/* ---- end ---- */

int core_process_reap(struct core_process *p)
{
	int status = 0;

	while (waitpid(p->pid, &status, 0) < 0 && errno == EINTR)
		;
	p->pid = -1;
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	util_error("core was killed by signal %d (%s); all components went "
	           "with it",
	           WTERMSIG(status), strsignal(WTERMSIG(status)));
	return FIEF_EXIT_SIGNAL + WTERMSIG(status);
}

void core_process_fini(struct core_process *p)
{
	if (p->pid > 0) {
		kill(p->pid, SIGKILL);
		while (waitpid(p->pid, NULL, 0) < 0 && errno == EINTR)
			;
		p->pid = -1;
	}
	util_close(&p->pidfd);
	util_close(&p->log);
	util_close(&p->control);
}
