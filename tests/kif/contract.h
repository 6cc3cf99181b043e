/* SPDX-License-Identifier: MIT */
/*
 * The contract of kif as test cases that every binding runs. A case is played
 * by up to three PDs: the client does the testing; server and third are
 * puppets that do what the client's calls tell them. The code is freestanding
 * and knows a binding by `struct kif` alone; what differs between bindings is
 * given by a driver in `struct contract_env`, one a PD and case.
 *
 * No mutable file-scope state: in the fake binding all PDs share it.
 */
#pragma once

#include <stdatomic.h>

#include <fief/kif.h>

enum contract_role {
	CONTRACT_CLIENT,
	CONTRACT_SERVER,
	CONTRACT_THIRD,
	CONTRACT_ROLES,
};

enum { CONTRACT_STACKS = 8, CONTRACT_SLOTS = 8, CONTRACT_EXPORTS = 256 };

/* Zeroed by the driver, which then fills in the upper part. */
struct contract_env {
	const struct kif *kif;
	fief_ep ep; /* of the initial thread, which runs contract_run */
	enum contract_role role;
	void *stack_top[CONTRACT_STACKS]; /* 16 KiB each or more */
	void *ctx;                        /* the driver's own */

	/* Let the other roles reach `own`; called once by each puppet. */
	void (*offer)(struct contract_env *, fief_cap own);
	/* A capability for what that role offered; blocks until it did. */
	fief_cap (*peer)(struct contract_env *, enum contract_role);
	/* Kill that PD; returns when no instruction of it runs any more or,
	 * at the latest, soon will not: effects may come later. */
	void (*kill)(struct contract_env *, enum contract_role);
	/* A new dataspace that this PD may map with `rights`; FIEF_CAP_NULL
	 * if the driver has none, which skips the check. */
	fief_cap (*dataspace)(struct contract_env *, size_t size,
	                      unsigned rights);
	/* Report one expectation that did not hold. From any thread. */
	void (*failed)(struct contract_env *, const char *what, unsigned line);

	/* ---- the cases' own ---- */
	fief_cap server, third;        /* client: the peers */
	struct kif_msg msg;            /* of the initial thread */
	struct kif_wait wait;          /* puppet: the event being handled */
	fief_cap slot[CONTRACT_SLOTS]; /* puppet: capabilities kept */
	fief_reply token[CONTRACT_SLOTS];
	uint32_t received[CONTRACT_SLOTS + 1]; /* signals, by badge */
	fief_cap garbage[KIF_CAPS_MAX];        /* puppet: drop after reply */
	unsigned stalled;
	uint64_t stall_arg;
	fief_cap chased; /* puppet: signaled again, `chases` times */
	uint64_t chases;
	bool done;
	unsigned threads; /* stacks used */
	fief_cap exported[CONTRACT_EXPORTS];
};

struct contract_case {
	const char *name;
	void (*client)(struct contract_env *);
	unsigned killed; /* roles that die in this case, 1 << role */
	bool third;      /* the third PD is needed */
	bool quota;      /* the client may export less than 256 objects */
};

/* All cases, in order; the last one has no name. */
extern const struct contract_case contract_cases[];

/* Play env->role in a case. A role that is not killed returns. */
void contract_run(struct contract_env *, const struct contract_case *);

/* ---- for the cases ---- */

#define CHECK(c, condition)                                                    \
	((condition) ? (void)0 : (c)->failed(c, #condition, __LINE__))

/* What a puppet does. `a`, `b` are the first words of the message. */
enum contract_op {
	OP_ECHO = 1, /* reply with the message as it is */
	OP_INFO,     /* badge, len, ncaps, flags, mask of caps not null */
	OP_DONE,     /* return from the role */
	OP_EXIT,     /* end the PD instead of a reply */
	OP_EXPORT,   /* object with badge a + 1, kind b, in slot a; reply it */
	OP_REVOKE,   /* what is in slot a */
	OP_KEEP,     /* cap[0] into slot a, and so on; flags, ncaps */
	OP_GIVE,     /* reply copies of slots a to a + b - 1 */
	OP_DROP,     /* one reference to what is in slot a */
	OP_CALL,     /* slot a with operation b, argument 0: error, label,
	              * first word */
	OP_SIGNAL,   /* slot a, b times */
	OP_RECEIVED, /* sum of signals to badge a + 1 */
	OP_SAVE,     /* keep the request as token a */
	OP_SAVED,    /* is there a token a? */
	OP_ANSWER,   /* answer token a, with slot b - 1 unless b is 0 */
	OP_TWICE,    /* answer this twice, token a (answered) and nonsense */
	OP_WINDOW,   /* recv_window(a): error */
	OP_STALL,    /* take no calls until a signal comes, then do a */
	OP_BADGE,    /* of slot a: error, badge */
	OP_PEEK,     /* map slot a, reply its first word, write b there */
	OP_OVERSIZE, /* reply a message that is too long */
	OP_SEED,     /* take the seed: error, exclusive or of its words */
	OP_CHASE,    /* signal slot a, and again whenever it comes, b times */
	OP_COUNT
};

enum contract_stall { STALL_RESUME, STALL_EXIT, STALL_REVOKE };

void contract_puppet(struct contract_env *);

/* Tell a puppet what to do; the reply is in `msg`. */
enum fief_err contract_order(struct contract_env *, struct kif_msg *msg,
                             fief_cap peer, enum contract_op, uint64_t a,
                             uint64_t b);
/* The same with c->msg, where it has to succeed; returns the first word. */
uint64_t contract_do(struct contract_env *, fief_cap peer, enum contract_op,
                     uint64_t a, uint64_t b);
/* The same, sending one capability. */
uint64_t contract_send(struct contract_env *, fief_cap peer, enum contract_op,
                       uint64_t a, fief_cap cap);
/* The same, returning the one capability of the reply. */
fief_cap contract_obtain(struct contract_env *, fief_cap peer, enum contract_op,
                         uint64_t a, uint64_t b);
/* How a call of `cap` ends now. */
enum fief_err contract_probe(struct contract_env *, fief_cap cap);

/* A thread beside the initial one that runs `fn`, or gives one order. */
struct contract_task {
	struct contract_env *c;
	void (*fn)(struct contract_task *);
	fief_cap peer;
	enum contract_op op;
	uint64_t a, b;
	enum fief_err error; /* outcomes of the order */
	uint64_t word;
	uint64_t nr; /* call number that is to be canceled */
	fief_ep ep;
	fief_thread thread, parent;
	_Atomic uint32_t ended; /* outcomes of the order so far */
	_Atomic uint32_t stop;
	_Atomic uint32_t gone; /* the task is over */
};

void contract_order_task(struct contract_task *);
void contract_start(struct contract_task *);
/* Wait for the task's end. */
void contract_finish(struct contract_task *);

/* Cases of each area. */
void contract_echo(struct contract_env *);
void contract_limits(struct contract_env *);
void contract_reply_limits(struct contract_env *);
void contract_kinds(struct contract_env *);
void contract_numbers(struct contract_env *);
void contract_late_order(struct contract_env *);
void contract_double_reply(struct contract_env *);
void contract_callback(struct contract_env *);
void contract_many_callers(struct contract_env *);
void contract_poll(struct contract_env *);
void contract_deadline(struct contract_env *);

void contract_badge(struct contract_env *);
void contract_to_owner(struct contract_env *);
void contract_round_trip(struct contract_env *);
void contract_third_party(struct contract_env *);
void contract_window_call(struct contract_env *);
void contract_window_reply(struct contract_env *);
void contract_references(struct contract_env *);
void contract_many_references(struct contract_env *);
void contract_revoke(struct contract_env *);
void contract_revoke_queued(struct contract_env *);
void contract_quota(struct contract_env *);
void contract_ep_destroy(struct contract_env *);

void contract_server_dies_idle(struct contract_env *);
void contract_server_dies_queued(struct contract_env *);
void contract_server_dies_serving(struct contract_env *);
void contract_server_dies_saved(struct contract_env *);
void contract_server_dies_third(struct contract_env *);
void contract_client_dies_saved(struct contract_env *);
void contract_client_dies_queued(struct contract_env *);
void contract_delegator_dies(struct contract_env *);

void contract_signal_sum(struct contract_env *);
void contract_signal_own(struct contract_env *);
void contract_signal_overtakes(struct contract_env *);
void contract_signal_stalled(struct contract_env *);
void contract_signal_chase(struct contract_env *);
void contract_signal_dead(struct contract_env *);

void contract_cancel_taken(struct contract_env *);
void contract_cancel_queued(struct contract_env *);
void contract_cancel_late(struct contract_env *);
void contract_cancel_future(struct contract_env *);
void contract_cancel_other(struct contract_env *);
void contract_cancel_race(struct contract_env *);

void contract_threads(struct contract_env *);
void contract_park(struct contract_env *);
void contract_seed(struct contract_env *);
void contract_map(struct contract_env *);
void contract_map_shared(struct contract_env *);
