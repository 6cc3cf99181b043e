/* SPDX-License-Identifier: MIT */
/* What core is given by the Linux program `fief`. */
#pragma once

#include <stdbool.h>

struct core_host {
	const char **rom_dir; /* searched in order, NULL-terminated */
	const char **rom;     /* "name=path" pairs, NULL-terminated */
	const char **grant;   /* "name=kind:path,ro", NULL-terminated; a path of
	                       * a stream: "DESCRIPTOR/what it is called" */
	int log_fd;           /* pipe for log records; never blocks */
	int control_fd;       /* seqpacket socket of `fief`, or -1 */
	int resized;          /* owned: signalfd, SIGWINCH; 0: none */
	int clock;            /* owned: timerfd */
};

extern struct core_host core_host;

/* stream.c: the descriptor that drivers get for one that is taken over. -1: it
 * still has to be closed, and *why is why (static). */
int core_stream_own(int fd, bool writeable, const char **why);
