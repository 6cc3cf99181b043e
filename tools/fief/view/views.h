/* SPDX-License-Identifier: MIT */
/*
 * Who looks into the components of an instance: each has a connection of the
 * control socket, which core grants to a component that serves files on it.
 * That component is in what init gets, and not in the configuration: no
 * history, plan or rollback knows of it. When the connection ends, it goes, and
 * only the ways that it had to core stay (view_prepare).
 *
 *   view r|w TAB COMPONENT TAB =AS or nothing
 *       "view TAB LABEL TAB HOW", HOW of compose.h; then the connection is
 *       the stream of that component. Or "error: ..."
 */
#pragma once

#include "compose.h"
#include <tools/fief/server.h>

enum { VIEWS_MAX = 8 };

enum view_state {
	VIEW_FREE,
	VIEW_ASKED,    /* core is to be told as soon as it has time */
	VIEW_GRANTING, /* core works on it */
	VIEW_GRANTED,  /* init is to be told */
	VIEW_STARTING, /* init works on it */
	VIEW_OPEN,
	VIEW_ENDING,   /* init is to be told */
	VIEW_STOPPING, /* init works on it */
	VIEW_STOPPED,  /* core is to be told */
	VIEW_UNGRANTING,
};

struct view_entry {
	enum view_state state;
	uint64_t number, client;
	struct view view;        /* its texts are owned */
	struct view_found found; /* owned */
};

struct requests;
struct views {
	struct requests *r; /* borrowed */
	struct view_entry entry[VIEWS_MAX];
	char **init; /* owned: of those that somebody has looked from */
	size_t inits;
	uint64_t made;
};

void views_init(struct views *, struct requests *);
void views_fini(struct views *);

/* The request above. */
enum server_taken views_take(struct views *, const struct server_request *,
                             const char *rest);

/* Do what can be done now. */
void views_step(struct views *);

/* Core has answered. False: not to us. */
bool views_core_answered(struct views *);

/* What init gets for a text; see live.h. */
void views_dress(struct views *, const struct config_text *text, bool back,
                 struct config_text *out);

/* What happened to a component. */
void views_event(struct views *, const char *label, const char *what);
