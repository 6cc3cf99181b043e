/* SPDX-License-Identifier: MIT */
/* Changes of one component of a running system: an edit of the configuration
 * in force, which then goes the way of all changes. */
#pragma once

#include "config_edit.h"
#include "submit.h"

struct component_change {
	struct submit_options submit;
	const char *component; /* its label, as the user wrote it */
	const char *verb;      /* for the history: "restart" */
	/* The next text. Returns 0, or an exit code after having said why. */
	int (*edit)(struct submit *, const struct component_change *,
	            struct config_text *out);
	/* See submit_change; the caller frees it. NULL: the text is sent. */
	char *(*request)(const struct submit *,
	                 const struct component_change *);
	void *arg;
};

/* The whole of it. Returns an exit code. */
int component_change(const struct component_change *);

/* Where it stands in the configuration in force. Returns 0, or NOT_FOUND
 * after having said so. */
int component_place(const struct submit *, const char *component,
                    struct config_place *out);

/* For parsers: the argument after COMPONENT is the system. */
int component_argument(struct component_change *, char *arg,
                       struct argp_state *state);
/* All of it, for commands that want nothing else; the input is the change. */
int component_parse(int key, char *arg, struct argp_state *state);
void component_argument_end(const struct component_change *,
                            struct argp_state *state);
