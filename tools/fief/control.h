/* SPDX-License-Identifier: MIT */
/*
 * The control session with core: requests go one at a time, an answer ends
 * with an empty line. Core answers a long list in pages; here it is one text.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum { CONTROL_REQUEST_MAX = 128 };

struct control {
	int fd;       /* borrowed: seqpacket socket to core */
	bool waiting; /* a request is on its way */
	bool ended;   /* core will not answer any more */
	char *answer; /* owned: lines so far, terminated, without the end */
	size_t len;
	const char *paged; /* the request that is answered in pages; or NULL */
};

void control_init(struct control *c, int fd);
void control_fini(struct control *c);

/* Send a request. False if another one is still waiting, or core is gone. */
bool control_send(struct control *c, const char *request);

/* The same with a descriptor, which stays the caller's. */
bool control_send_fd(struct control *c, const char *request, int fd);

/* Handle what is there. True if this completed an answer, which then stays in
 * `answer` until the next request. */
bool control_readable(struct control *c);
