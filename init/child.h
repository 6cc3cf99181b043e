/* SPDX-License-Identifier: MIT */
/* Children: what init knows of each, from its start to its end. */
#pragma once

#include "session.h"

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
	struct tree requests;           /* of `served`, to be fetched */
	uint64_t turn, turns;           /* see server.c */
	uint32_t unfetched;             /* requests of its sessions */
	unsigned closes;                /* of `served`, not answered */
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
	uint64_t id;       /* of this instance */
	struct note *note; /* owned; NULL: all is well */
	struct complaints complaints;
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

/* ---- env.c ---- */
/* Its account and what it starts with: routed, not yet asked for. Errors: those
 * of a session, OUT_OF_RAM, OUT_OF_CAPS (what it has does not do). */
FIEF_MUST enum fief_err env_make_all(struct child *);

/* ---- supervise.c ---- */
/* It ended by itself, with its exit code set. True if it starts again. */
bool supervise_ended(struct child *, bool failed);

/* ---- heartbeat.c ---- */
/* There is a child that is asked whether it lives. */
void heartbeat_begin(struct sandbox *);
/* It does. */
void heartbeat_answered(struct child *);
unsigned heartbeat_skipped(const struct child *);

/* ---- crash.c ---- */
/* Say why it crashed; `signal` is all there is without a report. */
void child_report_crash(struct child *, int signal);
/* The last one, for the state report. */
void crash_put(struct node_gen *, const struct child *);
void crash_forget(struct child *);

/* ---- schedule.c ---- */
/* Have it run where and as urgently as the config says. */
void schedule_apply(struct child *);
/* It opened a CPU session; or says how those run that it starts with it. */
FIEF_MUST enum fief_err schedule_session(struct session *);

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
