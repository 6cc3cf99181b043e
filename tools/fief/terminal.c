/* SPDX-License-Identifier: MIT */
/* A driver may leave the terminal in any state, also by being killed. */

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "terminal.h"

int terminal_own(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (isatty(fd))
			return fd;
	return -1;
}

static bool granted(const struct core_params *p)
{
	for (size_t i = 0; i < p->grants; i++)
		if (strstr(p->grant[i], "=tty:"))
			return true;
	return false;
}

void terminal_lend(struct terminal *t, const struct core_params *p)
{
	t->fd = granted(p) ? terminal_own() : -1;
	if (t->fd >= 0 && tcgetattr(t->fd, &t->settings))
		t->fd = -1;
}

void terminal_take_back(const struct terminal *t)
{
	sigset_t stop, old;

	if (t->fd < 0)
		return;
	/* Also when the shell has moved us to the background. */
	sigemptyset(&stop);
	sigaddset(&stop, SIGTTOU);
	sigprocmask(SIG_BLOCK, &stop, &old);
	/* If it was hung up, there is nothing to restore. */
	tcsetattr(t->fd, TCSANOW, &t->settings);
	sigprocmask(SIG_SETMASK, &old, NULL);
}
