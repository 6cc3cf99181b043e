/* SPDX-License-Identifier: MIT */
/*
 * What an instance answers beside the server's own requests:
 *
 *   reload               read the configuration file again
 *   apply BYTES BASE SAME-AS ORIGIN   BYTES of configuration follow
 *                        "applied NUMBER LOG EVENTS": what came of it is in
 *                        the journals from those numbers on
 *   config [NUMBER]      "config NUMBER BYTES", the text, and an empty line
 *   history              see history.h
 *   grant BASE ..., revoke BASE ID   as apply, see grant_table.h
 *   grants               "grants", and the lines of it
 *   view ...             see view/views.h
 *   report               the state report of the first component, as core tells
 *                        it (see core/linux/control.c); "unwanted" if the
 *                        configuration in force has no <report>
 *   log [FROM] [wait], events [FROM] [wait]   see journal.h; `wait`: not
 *                        before there is one
 */
#pragma once

#include "authority.h"
#include "grant_table.h"
#include "journal.h"
#include "live.h"
#include "server.h"
#include "view/views.h"

struct requests {
	struct live live;
	struct journal log, events;
	struct grant_table grants;
	struct views views;
	struct server *server; /* borrowed */
	/* Numbers of the journals when the change on its way began. */
	uint64_t log_from, events_from;
	bool news;               /* for clients that wait */
	struct authority system; /* of configuration `system_number` */
	uint64_t system_number;  /* 0: of none */
	/* Changes that wait for the one on its way. */
	struct waiting_change *waiting;
};

void requests_init(struct requests *, struct system_file *config,
                   struct control *control, struct server *server);
void requests_fini(struct requests *);

enum server_taken requests_take(struct requests *,
                                const struct server_request *);

/* Apply a text that no client sent. */
void requests_apply(struct requests *, const char *origin, const char *text,
                    size_t len);

/* Begin a change, or have it wait for the one on its way. */
void requests_begin(struct requests *, const struct live_change *);

/* A change is done: the next one that waits. */
void requests_next(struct requests *);

/* The configuration in force, read; NULL: there is none for init. */
const struct authority *requests_system(struct requests *);

/* Do what time demands; returns when to call again. */
int64_t requests_step(struct requests *);

/* ---- requests_grant.c ---- */
enum server_taken requests_grant(struct requests *,
                                 const struct server_request *, char *rest);
enum server_taken requests_revoke(struct requests *,
                                  const struct server_request *, char *rest);
enum server_taken requests_grants(struct requests *,
                                  const struct server_request *);

/* Is that the label of an init, in the configuration in force? */
bool requests_is_init(struct requests *, const char *label);

/* Note an event. `code`: NULL, or a text for the end of it. */
void requests_event(struct requests *, const char *label, const char *what,
                    const char *more);
