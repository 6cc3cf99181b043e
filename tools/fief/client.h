/* SPDX-License-Identifier: MIT */
/* Requests to running instances. */
#pragma once

#include "runtime_dir.h"

/* Send a request to an instance and get its answer, which the caller frees,
 * without the empty line at its end. NULL after a message: no such instance
 * (and `*missing`, which may be NULL, is true), no answer, or an error that it
 * told. `patient`: wait for the answer as long as it takes. */
struct client_request {
	const char *name, *text;
	const char *body; /* what follows the line; NULL: nothing */
	size_t body_len;
	bool patient;
	bool quiet_if_missing;
	bool quiet_if_ended; /* it gave no answer: as if missing */
	bool *refused;       /* set to whether it told an error; NULL */
	int *keep;           /* the connection goes on behind the answer, and is
	                      * the caller's; NULL: the answer is all of it */
};
char *client_ask(const struct runtime_dir *d, const struct client_request *r,
                 bool *missing);
