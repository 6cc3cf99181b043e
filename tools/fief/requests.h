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
 *   log [FROM] [wait], events [FROM] [wait]   see journal.h; `wait`: not
 *                        before there is one
 */
#pragma once

#include "authority.h"
#include "journal.h"
#include "live.h"
#include "server.h"

struct requests {
	struct live live;
	struct journal log, events;
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

/* Is that the label of an init, in the configuration in force? */
bool requests_is_init(struct requests *, const char *label);

/* Note an event. `code`: NULL, or a text for the end of it. */
void requests_event(struct requests *, const char *label, const char *what,
                    const char *more);
