/* SPDX-License-Identifier: MIT */
/* What all parts of the sandbox share: the sandbox itself, and its clock. */
#pragma once

#include <fief/id_space.h>
#include <fief/kif_table.h>
#include <fief/log.h>

#include <lib/list.h>
#include <lib/number.h>
#include <lib/rate_limit.h>
#include <session/parent.h>
#include <session/pd.h>

#include "config_live.h"
#include "place.h"
#include "route.h"
#include "sandbox.h"

enum {
	SERVICE_MAX = 64, /* bytes without terminator, as in parent.capnp */
	TEXT_MAX = ROUTE_LABEL_MAX, /* of labels and of arguments */
};

struct child;

/* ---- clock.c ---- */

struct timer {
	struct list_elem link; /* while it runs */
	uint64_t at;
	void (*fire)(struct timer *self);
};

struct sandbox;

/* Fires once, in `ns` from now, instead of what was set before. */
void timer_set(struct sandbox *, struct timer *, uint64_t ns);
void timer_stop(struct timer *);

/* ---- state_due.c: when the state report is due ---- */

struct state_watch {
	struct timer due, sample;
	uint64_t pressed_until; /* no report out of turn before */
	uint64_t sampled;       /* what the last one told of accounts */
};

/* Something that it tells is another; somebody waits for help, or ended. */
void state_changed(struct sandbox *);
void state_pressing(struct sandbox *);
/* There is another config. */
void state_configured(struct sandbox *);

/* ---- complaint.c: lines of the log that others cause ---- */

struct complaints {
	struct rate_limit limit;
	struct timer end; /* then their number is told */
};

/* May one more be logged that the child caused, or, if that is NULL, a client
 * of our parent? */
bool complaint_due(struct sandbox *, struct child *);
/* Tell how many were not, now. */
void complaints_sum_up(struct child *);

struct sandbox {
	struct fief_env *env; /* borrowed: outlives us */
	struct sandbox_hooks hooks;
	struct fief_arena_source source;
	struct config_live live; /* of `source` */
	struct list children;    /* owned */
	struct list starting;    /* of `children` */
	unsigned incomplete;     /* of `children` */
	bool leaving;            /* children go, for they are no more */
	bool short_of;           /* managed children ask for more */
	bool unmet;          /* some have less quota than their config says */
	struct list waiting; /* sessions whose server is not up yet */
	struct list orphans; /* owned: sessions without client */
	/* Requests to children: for those, and for our parent. */
	uint32_t orphans_unfetched, forwarded_unfetched;
	struct list timers;            /* that run */
	struct fief_id_space upward;   /* sessions at our parent */
	uint32_t news_at;              /* of them: to be looked at next */
	bool news_again;               /* then all once more */
	struct fief_services services; /* of the component around us */
	struct config_service *service_names; /* owned: of these */
	struct fief_id_space own_ids;         /* of their sessions */
	struct fief_id_space forwarded; /* owned: sessions of our parent */
	struct list stalled;            /* of them: without a server yet */
	struct list moving; /* sessions that are to, in this config */
	struct list closes; /* that servers were asked for, oldest first */
	struct timer close_late;
	struct fief_signal_handler requests; /* it asks; unused: no `handle` */
	struct state_watch state;
	struct complaints complaints; /* about clients of our parent */
	struct timer heartbeat;
	uint64_t heartbeat_ms; /* as it was set */
	uint64_t ids;          /* given to children so far */
	bool one_by_one;       /* our parent cannot start a child at once */
	struct fief_signal_handler parent_sigh; /* one of them changed */
	struct fief_signal_handler work;        /* run sandbox_work soon */
	struct fief_signal_handler given;       /* our parent gave more */
};

/* ---- apply.c ---- */
/* Start it anew, and those who depend on it. */
void sandbox_restart(struct child *);

/* ---- verdict.c ---- */
/* By the config in force, would one of its sessions be another today, or have
 * no route? Children whose `again` is set count as others. */
bool verdict_restarts(struct child *);

/* ---- sandbox.c ---- */

/* Sessions whose server has started, or will not, go on. Were there any? */
bool sandbox_waiting_progress(struct sandbox *);

/* Have sessions and children looked at that wait for others. */
void sandbox_work_soon(struct sandbox *);
