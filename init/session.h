/* SPDX-License-Identifier: MIT */
/* Sessions of children, and who serves them. */
#pragma once

#include "common.h"

/* ---- sessions ---- */

enum env_kind {
	ENV_PD,
	ENV_CPU,
	ENV_LOG,
	ENV_ROM,
	ENV_HOST, /* of drivers only; for others there is none */
	ENV_COUNT,
	ENV_NONE = ENV_COUNT, /* the child asked for it itself */
};

enum session_state {
	SESSION_WAITING,  /* for its server to start; nothing is paid */
	SESSION_CREATING, /* the server was asked */
	SESSION_DENIED,   /* `outcome` waits for the client */
	SESSION_OPEN,
	SESSION_UPGRADING, /* the server was told */
	SESSION_CLOSING,   /* the client is through, the server not yet */
	SESSION_DEAD,      /* the server is gone; the client may close it */
};

/* What `token`, or our parent, is to be answered. */
enum session_late {
	LATE_NOTHING,
	LATE_SESSION,
	LATE_UPGRADE,
};

struct session {
	struct sandbox *sandbox;
	struct child *client; /* borrowed: owner; NULL: it is gone */
	struct child *server; /* borrowed; NULL: the parent or us */
	bool local;           /* served by us: the config ROM, or `own` */
	bool own;             /* by the component around the sandbox */
	enum env_kind env;
	enum session_state state;
	enum fief_err outcome;    /* of state DENIED */
	bool settled_by_news;     /* who asked was told PENDING or waits */
	bool wait;                /* the client wants late replies */
	bool at_once;             /* the parent served it without waiting */
	struct fief_id client_id; /* in client->sessions, or forwarded */
	struct fief_id server_id; /* in server->served, upward or own_ids */
	/* waiting, client->closing, orphans, stalled or moving */
	struct list_elem link;
	/* Our parent asked for it: it has no client. */
	bool forwarded;
	bool told;  /* the parent has it, or closes it: it is told the end */
	bool again; /* when it is closed, it is asked for again */

	/* What the server is to be told. */
	struct tree_elem in_requests;
	uint64_t turn, turn_number; /* its place there */
	uint32_t *unfetched;        /* of whoever asked; NULL: not counted */
	enum request_kind request;
	bool fetched;               /* the server has read `request` */
	struct list_elem in_closes; /* it was told to close it */
	uint64_t close_until;       /* to answer that */
	bool close_counted;         /* in server->closes */
	/* Of a session that moves: the one that is to be it, and back. */
	bool movable; /* the client can do with another capability */
	struct session *replaced_by, *replaces;
	struct timer move_end;
	struct place asked;  /* of a CPU session, by its client */
	struct place placed; /* as our parent was told */
	bool lost;           /* its server left the config */
	bool noted;          /* why it was refused was told */
	uint64_t more_ram;
	uint32_t more_caps; /* of an upgrade */

	enum session_late late;
	fief_reply token;
	bool paid;    /* the server holds the donation */
	uint64_t ram; /* the donation */
	uint32_t caps;
	fief_cap cap; /* owned: received */
	char service[SERVICE_MAX + 1];
	char sent[TEXT_MAX + 1];  /* the label as the client sent it */
	char label[TEXT_MAX + 1]; /* as the server sees it */
	char args[TEXT_MAX + 1];
};

struct session_ask {
	enum env_kind env;
	uint32_t id; /* of the client; 0 for environment sessions */
	struct capnp_text service, label, args;
	uint64_t ram;
	uint32_t caps;
	bool wait, movable;
};

/* Where the config leads a session. */
struct session_way {
	bool local, own;      /* as in struct session */
	struct child *server; /* NULL: local, or the parent */
	struct label label;   /* as the server sees it */
};

/* Errors: DENIED (`*why` tells, unless it is NULL), TOO_LONG (the label). */
FIEF_MUST enum fief_err session_way_find(const struct child *client,
                                         enum env_kind, const char *service,
                                         const char *sent,
                                         struct session_way *out,
                                         enum route_result *why);

/* Route a request and make its record; nothing is asked or paid, except for
 * the fee. Errors: as parent_session. Logs why. */
FIEF_MUST enum fief_err session_create(struct child *client,
                                       const struct session_ask *a,
                                       struct session **out);

/* Service, label and arguments. Errors: TOO_LONG, INVALID. */
FIEF_MUST enum fief_err session_texts_set(struct session *s,
                                          const struct session_ask *a);

/* Ask the server, if it is up. The state tells what came of it; while it is
 * WAITING or CREATING, news come by session_settled. */
void session_begin(struct session *);

/* What happened to sessions; called by the ways to servers. */
void session_opened(struct session *, fief_cap cap);
void session_refused(struct session *, enum fief_err cause);
void session_upgraded(struct session *, enum fief_err result);
void session_finish(struct session *);

/* The client asks. Errors: as in parent.capnp; LATE. */
FIEF_MUST enum fief_err session_outcome(struct session *, fief_cap *cap);
FIEF_MUST enum fief_err session_upgrade(struct session *, uint64_t ram,
                                        uint32_t caps);
FIEF_MUST enum fief_err session_close(struct session *);

/* From now on it has no client. */
void session_part(struct session *);

/* The client or the server ended. */
void session_client_gone(struct session *);
void session_server_gone(struct session *);

void session_destroy(struct session *);

/* The server does not have it any more, nor its donation. */
void session_withdraw(struct session *);

/* ---- upward.c: sessions at our parent ---- */
void upward_ask(struct session *);
FIEF_MUST enum fief_err upward_upgrade(struct session *, uint64_t ram,
                                       uint32_t caps);
void upward_close(struct session *);
/* How urgently and where a CPU session runs at best, from now on. */
FIEF_MUST enum fief_err upward_place(struct session *, struct place);
/* Have the child started with all its environment sessions, if our parent is
 * to serve them all and can. NOT_FOUND: its binary, and that session tells so.
 * Any other error: try one by one. */
FIEF_MUST enum fief_err upward_start(struct child *);
/* Close all its environment sessions, if they are open there. False: one by
 * one. */
bool upward_end(struct child *);
void upward_news(struct fief_signal_handler *self, unsigned count);
/* Go on with those that were not looked at since. */
void upward_news_go_on(struct sandbox *);

/* ---- handover.c: sessions that move to another server ---- */
/* Can it, to where the config in force leads it? */
bool handover_possible(const struct session *, const struct session_way *);
/* It is to, by that way. */
void handover_plan(struct session *, const struct session_way *);
/* All that are to. */
void handover_begin(struct sandbox *);
/* The second session is there, or refused. */
void handover_settled(struct session *next);
/* The first one ends: forget the second. */
void handover_cancel(struct session *old);

/* ---- forward.c: sessions that our parent asks for ---- */
/* Another config is in force; `offers`: they may be others. */
void forward_apply(struct sandbox *, bool offers);
/* Those that wait for a server go on, if it is there. Were there any? */
bool forward_progress(struct sandbox *);
/* It waits for its server. */
void forward_stall(struct session *);
/* The parent is told what came of its request; or that the session is gone. */
void forward_answer(struct session *, enum session_late what,
                    enum fief_err status);
void forward_gone(struct session *);
/* Quota that is in our account, but for servers of such sessions. */
void forward_held(const struct sandbox *, uint64_t *ram, uint64_t *caps);
void forward_fini(struct sandbox *);
/* Between its two files. */
enum response forward_response(enum fief_err e);
void forward_respond(struct sandbox *, uint32_t id, enum response response);
/* False: it has to wait. It may be gone in any case. */
bool forward_go_on(struct session *);
void forward_announce(struct sandbox *);
void forward_deaf(struct sandbox *);

/* ---- local.c: sessions at services of the component around us ---- */
void local_ask(struct session *);
FIEF_MUST enum fief_err local_upgrade(struct session *, uint64_t ram,
                                      uint32_t caps);
/* No effect if there is none. */
void local_close(struct session *);
/* The binary of a child, if a local service has it. */
FIEF_MUST enum fief_err local_binary(const struct session *, fief_cap *ds);
void local_fini(struct sandbox *);

/* ---- close.c: closes that servers do not answer ---- */
/* The server was asked to close it. */
void close_asked(struct session *);
/* It has, or there is none any more. */
void close_answered(struct session *);

/* ---- request_queue.c: which of them a server gets next ---- */
void request_queue(struct session *);         /* has `request` for its server */
void request_forget(struct session *);        /* nothing any more */
void request_uncount(struct session *);       /* has another client, or none */
struct session *request_take(struct child *); /* NULL: there is none */

/* ---- server.c: requests to children ---- */
void server_ask(struct session *, enum request_kind);
extern const struct parent_ops parent_ops; /* parent_ops.c */
enum fief_err server_next(struct child *,
                          struct parent_next_request_results *out);
enum fief_err server_deliver(struct child *, uint32_t id, fief_cap cap);
enum fief_err server_respond(struct child *, uint32_t id,
                             enum response response);
