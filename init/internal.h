/* SPDX-License-Identifier: MIT */
/*
 * Private parts of the sandbox. Who owns what: the sandbox owns its children;
 * a child owns the sessions that it requested, its environment sessions
 * included; a session whose client is gone belongs to the sandbox until its
 * server has answered. Servers only refer to the sessions they serve.
 *
 * Quota: the own PD is the reference account of all children, so a donation
 * goes from client to server by one pd_move, and back the same way.
 */
#pragma once

#include <fief/id_space.h>
#include <fief/kif_table.h>
#include <fief/log.h>

#include <lib/list.h>
#include <lib/number.h>
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
	struct list timers;  /* that run */
	struct fief_id_space upward;          /* sessions at our parent */
	struct fief_services services;        /* of the component around us */
	struct config_service *service_names; /* owned: of these */
	struct fief_id_space own_ids;         /* of their sessions */
	struct fief_id_space forwarded; /* owned: sessions of our parent */
	struct list stalled;            /* of them: without a server yet */
	struct list moving; /* sessions that are to, in this config */
	struct fief_signal_handler requests; /* it asks; unused: no `handle` */
	struct state_watch state;
	struct timer heartbeat;
	uint64_t heartbeat_ms; /* as it was set */
	uint64_t ids;          /* given to children so far */
	bool one_by_one;       /* our parent cannot start a child at once */
	struct fief_signal_handler parent_sigh; /* one of them changed */
	struct fief_signal_handler work;        /* run sandbox_work soon */
	struct fief_signal_handler given;       /* our parent gave more */
};

/* ---- sessions ---- */

enum env_kind {
	ENV_PD,
	ENV_CPU,
	ENV_LOG,
	ENV_ROM,
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
	struct list_elem in_requests;
	enum request_kind request;
	bool fetched; /* the server has read `request` */
	/* Of a session that moves: the one that is to be it, and back. */
	bool movable; /* the client can do with another capability */
	struct session *replaced_by, *replaces;
	bool lost;  /* its server left the config */
	bool noted; /* why it was refused was told */
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

/* The client or the server ended. */
void session_client_gone(struct session *);
void session_server_gone(struct session *);

void session_destroy(struct session *);

/* The server does not have it any more, nor its donation. */
void session_withdraw(struct session *);
/* ---- note.c: why a child does not get on ---- */

enum { NOTE_MAX = 400 }; /* bytes of a sentence, with terminator */

enum reason {
	REASON_NONE,
	REASON_NO_ROUTE,    /* no rule leads anywhere */
	REASON_NO_PROVIDER, /* one does, to who does not provide it */
	REASON_AMBIGUOUS,
	REASON_NOT_RUNNING, /* its server ended, or could not start */
	REASON_WAITING,     /* for its server to start */
	REASON_NO_ANSWER,   /* of its server */
	REASON_RAM,
	REASON_CAPS,
	REASON_NO_BINARY,
	REASON_BAD_IMAGE,
	REASON_REFUSED, /* by the server */
	REASON_LIMIT,
	REASON_FAILED, /* it exited with a code */
	REASON_CRASHED,
	REASON_KILLED,
	REASON_FROZEN,
	REASON_RESTARTING, /* soon */
	REASON_GAVE_UP,
	REASON_OTHER,
};

/* As the report has it. */
const char *note_name(enum reason);
enum reason note_reason(enum fief_err cause);

enum note_level { NOTE_ERROR, NOTE_LOG, NOTE_SILENT };

struct note {
	enum reason reason;
	char service[SERVICE_MAX + 1]; /* of a session that was refused */
	char sent[TEXT_MAX + 1];
	char why[NOTE_MAX];
};

struct note_about {
	enum reason reason;
	enum note_level level;   /* how to tell it to the log */
	bool weak;               /* not instead of what is known already */
	struct session *session; /* that was refused; NULL: the whole child */
};

/* Tell the log why the child does not get on, and keep it for the report. */
void note(struct child *, const struct note_about *, const char *format, ...)
	FIEF_PRINTF(3, 4);
/* The server refused the session; not for the log. */
void note_refusal(struct session *, enum fief_err cause);
/* The session is open: that it was refused before is over. */
void note_opened(const struct session *);
void note_clear(struct child *);

/* ---- state_reason.c ---- */
/* Why it does not get on now; NONE if it does. */
enum reason state_reason(const struct child *, char why[NOTE_MAX]);

/* ---- state.c ---- */

struct state_account {
	uint64_t ram, ram_used;
	uint32_t caps, caps_used;
};

/* All 0 if it cannot be told. */
struct state_account state_account(fief_cap pd);

/* ---- money.c: quota between accounts ---- */

/* All or nothing. `from` and `to`: PD capabilities of children or our own. */
FIEF_MUST enum fief_err money_move(struct sandbox *, fief_cap from, fief_cap to,
                                   uint64_t ram, uint32_t caps);
FIEF_MUST enum fief_err money_pay(struct session *, uint64_t ram,
                                  uint32_t caps);
void money_refund(struct session *, uint64_t ram, uint32_t caps);
/* The child has one session more, or less. */
FIEF_MUST enum fief_err money_fee_take(struct session *);
void money_fee_return(struct child *);

/* Own quota that children can get. */
void money_available(struct sandbox *, uint64_t *ram, uint64_t *caps);

/* ---- quota.c: quota of children, as the config has it ---- */

/* Take from a running child what it has too much and does not use; ask it to
 * yield the rest. */
void quota_lower(struct child *);
/* The same, down to that much. */
void quota_take(struct child *, uint64_t ram, uint64_t caps);
/* It says that it gave up what it was asked for. */
void quota_yielded(struct child *);
/* Give a running child more. False: it cannot be had. */
bool quota_raise(struct child *, uint64_t ram, uint64_t caps);
/* Have a running child pay for the `config` that it will have, or get back
 * what the next one costs less. Error: it cannot pay. */
FIEF_MUST enum fief_err quota_content(struct child *);
/* Give one that is new or runs what it lacks, from what is there. */
void quota_give(struct child *, uint64_t *ram, uint64_t *caps);

/* ---- grant.c: children that ask for more ---- */
void grant_request(struct child *, uint64_t ram, uint32_t caps);
/* There may be more to give. */
void grants_progress(struct sandbox *);
/* Does it ask for more, and did not get it? */
bool grant_why(const struct child *, char why[NOTE_MAX]);

/* ---- upward.c: sessions at our parent ---- */
void upward_ask(struct session *);
FIEF_MUST enum fief_err upward_upgrade(struct session *, uint64_t ram,
                                       uint32_t caps);
void upward_close(struct session *);
/* Have the child started with all its environment sessions, if our parent is
 * to serve them all and can. NOT_FOUND: its binary, and that session tells so.
 * Any other error: try one by one. */
FIEF_MUST enum fief_err upward_start(struct child *);
/* Close all its environment sessions, if they are open there. False: one by
 * one. */
bool upward_end(struct child *);
void upward_news(struct fief_signal_handler *self, unsigned count);

/* ---- handover.c: sessions that move to another server ---- */
/* Can it, to where the config in force leads it? */
bool handover_possible(const struct session *, const struct session_way *);
/* It is to. */
void handover_plan(struct session *);
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

/* ---- server.c: requests to children ---- */
void server_ask(struct session *, enum request_kind);
extern const struct parent_ops parent_ops; /* parent_ops.c */
enum fief_err server_next(struct child *,
                          struct parent_next_request_results *out);
enum fief_err server_deliver(struct child *, uint32_t id, fief_cap cap);
enum fief_err server_respond(struct child *, uint32_t id,
                             enum response response);

/* ---- config_rom.c: inline config of a child ---- */

struct config_rom {
	struct fief_rpc_obj obj;
	struct fief_env *env; /* borrowed; NULL: there is no inline config */
	fief_cap ds;          /* owned: sealed */
	size_t size;
	fief_cap next; /* owned: what the client will have at its update */
	size_t next_size;
	fief_cap sigh; /* owned: received */
};

FIEF_MUST enum fief_err config_rom_init(struct config_rom *,
                                        struct fief_env *env,
                                        const struct node *config);
/* Another content, or none, or the first; who has the ROM is told. */
FIEF_MUST enum fief_err config_rom_change(struct config_rom *,
                                          struct fief_env *env,
                                          const struct node *config);
void config_rom_fini(struct config_rom *);

/* ---- children ---- */

enum child_state {
	CHILD_NEW,
	CHILD_STARTING, /* environment sessions are on their way */
	CHILD_RUNNING,
	CHILD_INCOMPLETE, /* could not be started */
	CHILD_ENDED,
};

enum child_binary {
	BINARY_UNKNOWN,
	BINARY_ASKED, /* the loader is at it */
	BINARY_HERE,
};

struct child {
	struct fief_rpc_obj parent; /* the Parent interface, for this child */
	struct sandbox *sandbox;
	struct list_elem in_sandbox;
	struct list_elem in_starting;
	struct list_elem in_again;
	const struct config_start *start;      /* borrowed: in the config */
	const struct config_start *next_start; /* while a config is applied */
	enum child_state state;
	uint64_t ram, caps;             /* assigned */
	fief_cap pd;                    /* borrowed: of env[ENV_PD] */
	struct session *env[ENV_COUNT]; /* owned */
	struct fief_id_space sessions;  /* owned: by the child's ids */
	struct list closing;            /* owned */
	struct fief_id_space served;    /* by our ids */
	struct list requests;           /* of `served`, to be fetched */
	unsigned session_count;         /* `sessions` and `closing` */
	unsigned fees;                  /* paid for sessions */
	struct fief_signal_handler death;
	struct config_rom config;
	uint64_t content_ram, content_caps; /* of it, paid by the child */
	enum child_binary binary_state;
	fief_cap binary;                     /* owned: until the start */
	fief_cap session_sigh, request_sigh; /* owned: received, as below */
	fief_cap resource_sigh, yield_sigh, heartbeat_sigh;
	uint64_t wanted_ram; /* it asked for more */
	uint32_t wanted_caps;
	uint64_t granted_ram,
		granted_caps; /* when it asked, beyond its config */
	uint64_t yield_ram;   /* we asked to have it back */
	uint32_t yield_caps;
	uint64_t id;         /* of this instance */
	struct note *note;   /* owned; NULL: all is well */
	struct crash *crash; /* owned; NULL: it never did */
	struct place place;  /* as it was set */
	unsigned unanswered; /* heartbeats */
	bool exited;         /* it said so */
	int exit_code;
	struct timer restart; /* it ended, and starts again then */
	unsigned restarts;    /* since `restarts_since` */
	uint64_t restarts_since;
	unsigned restarted; /* by itself, since it is in the config */

	/* While a config is applied. */
	bool again;   /* it ends, and starts anew: is in a list of those */
	bool content; /* its ROM `config` has another content */

	/* What it had when its route went away: without one it does not start
	 * again. No service: nothing is missing. */
	char missing_service[SERVICE_MAX + 1];
	char missing_label[TEXT_MAX + 1];
};

FIEF_MUST enum fief_err
child_create(struct sandbox *, const struct config_start *, struct child **out);
void child_start(struct child *);

/* Go on with the start if that is possible now. Did anything change? */
bool child_progress(struct child *);

/* End it and everything it has; the record stays. */
void child_end(struct child *, enum child_state state);
/* As child_create made it, for another start. It has ended. */
void child_reset(struct child *);
void child_destroy(struct child *);

/* The loader's result; takes `binary` over. */
void child_binary(struct child *, fief_cap binary, enum fief_err result);

/* It is to end, as if it had crashed, and starts again as it would then. */
void child_give_up(struct child *, int code);

/* It says that it is done. */
void child_exit(struct child *, int code);

/* ---- supervise.c ---- */
/* It ended by itself, with its exit code set. True if it starts again. */
bool supervise_ended(struct child *, bool failed);

/* ---- heartbeat.c ---- */
/* There is a child that is asked whether it lives. */
void heartbeat_begin(struct sandbox *);
/* It does. */
void heartbeat_answered(struct child *);
unsigned heartbeat_skipped(const struct child *);

/* ---- apply.c ---- */
/* Start it anew, and those who depend on it. */
void sandbox_restart(struct child *);

/* ---- verdict.c ---- */
/* By the config in force, would one of its sessions be another today, or have
 * no route? Children whose `again` is set count as others. */
bool verdict_restarts(struct child *);

/* ---- crash.c ---- */
/* Say why it crashed; `signal` is all there is without a report. */
void child_report_crash(struct child *, int signal);
/* The last one, for the state report. */
void crash_put(struct node_gen *, const struct child *);
void crash_forget(struct child *);

/* ---- schedule.c ---- */
/* Have it run where and as urgently as the config says. */
void schedule_apply(struct child *);

static inline const char *child_name(const struct child *c)
{
	return c->start->name;
}

/* ---- loader.c: binaries from servers that may not answer ---- */

/* Have the dataspace of a ROM session fetched; child_binary follows. AGAIN:
 * busy, sandbox_work_soon follows. Other errors: no thread. */
FIEF_MUST enum fief_err loader_fetch(struct child *, fief_cap rom);
void loader_forget_child(const struct child *);
void loader_forget_sandbox(const struct sandbox *);

/* ---- sandbox.c ---- */

/* Sessions whose server has started, or will not, go on. Were there any? */
bool sandbox_waiting_progress(struct sandbox *);

/* Have sessions and children looked at that wait for others. */
void sandbox_work_soon(struct sandbox *);
