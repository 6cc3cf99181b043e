/* SPDX-License-Identifier: MIT */
/*
 * The driver of the property test is init: the tree below it is as random as
 * its seed says. Beside the real tree it keeps a model: what each account's
 * limits must be, what each unstarted PD must have in use. After every step
 * all accounts are compared with the model, and their sum with the first one.
 */
#pragma once

#include <fief/component.h>
#include <fief/rom.h>
#include <fief/session.h>

#include <session/dataspace.h>

#include "orders.h"

enum { NODES = 24, EXTRAS = 12, DS_MAX = 24, LEAVE_OUT = 400 };

struct quota {
	uint64_t ram;
	uint32_t caps;
};

struct account {
	uint64_t ram, ram_used;
	uint32_t caps, caps_used;
};

/* A PD of the tree. Node 0 is the driver's own. */
struct node {
	struct fief_rpc_obj parent; /* served to the component in it */
	struct node *ref;           /* reference account; of node 0: NULL */
	fief_cap pd;                /* NULL: unused */
	uint32_t id;                /* of the session */
	/* Of the other sessions that it was started with at once; or 0. */
	uint32_t cpu_id, log_id, rom_id;
	struct quota limit; /* what it must have */
	struct dataspace_cap ds[DS_MAX];
	uint64_t bytes[DS_MAX]; /* of ds, rounded to pages; 0: unused */
	bool started, dead;
	bool asks; /* the component waits for an order */
	fief_reply token;
	enum fief_err result; /* of its last order */
};

/* A session of another service. */
struct extra {
	fief_cap cap; /* NULL: unused */
	uint32_t id;
	struct quota held;
};

struct plan {
	uint64_t seed, steps;
	uint64_t lives;   /* 0: steps */
	uint64_t faults;  /* 0: steps; 1: each; 2: one, already armed */
	uint64_t clients; /* lives of a server with several endpoints */
	uint64_t pairs;
	uint64_t leave_out[LEAVE_OUT][2]; /* steps from, to (exclusive) */
};

struct driver {
	struct fief_env *env;
	struct plan plan;
	struct fief_rom binary; /* of the components */
	struct fief_signal_handler death;
	struct node node[NODES];
	struct extra extra[EXTRAS];
	struct quota held;  /* by core, for open sessions */
	struct quota total; /* that the tree began with */
	uint64_t rng;       /* of the current step */
	fief_reply stale;   /* of a call whose caller is gone */
	uint32_t next_id;
	bool failed;
};

extern struct driver d;

/* Tell what is wrong; the run ends after this step. */
void fail(const char *format, ...) FIEF_PRINTF(1, 2);
/* `what` must have ended with `expected`. */
void expect(enum fief_err found, enum fief_err expected, const char *what);

/* A number below `n` of the current step. */
uint64_t dice(uint64_t n);

/* ---- node.c ---- */
static inline unsigned node_number(const struct node *n)
{
	return (unsigned)(n - d.node);
}
/* What core says; in use is what is certain of an unstarted PD. */
struct account node_account(const struct node *);
struct node *node_any(void);  /* at random, node 0 too; never NULL */
struct node *node_free(void); /* NULL: all are in use */
enum fief_err node_open(struct node *, struct quota donation);
/* Open it with all that a component starts with, and start it. What may be
 * wrong: the number of a session, the binary. */
enum fief_err node_launch(struct node *, struct quota donation, uint32_t cpu_id,
                          const char *binary);
/* What that costs beside the donation. */
struct quota node_launch_cost(void);
void node_close(struct node *);
/* Answer a call of a component that is gone: nobody may hear it. */
void node_answer_stale(void);
/* Serve until its component waits for an order or is dead. */
void node_settle(struct node *);
/* Tell the component that asks what to do, and go on. */
void node_tell(struct node *, enum order, const uint64_t arg[2], fief_cap cap);
/* Let the component obey; `cap` may be null. GONE: it is not there. */
enum fief_err node_order(struct node *, enum order, const uint64_t arg[2],
                         fief_cap cap);
/* May `who` move quota from `from` to `to`? By the rules of pd.capnp. */
bool node_may_move(const struct node *who, const struct node *from,
                   const struct node *to);
void node_move_model(struct node *from, struct node *to, struct quota q);

/* ---- steps.c ---- */
void step_random(void);
/* Close everything, in random order. */
void steps_end(void);

/* ---- lives.c ---- */
void lives_run(void);
/* Until nothing is on its way any more; then tell the books. */
struct account lives_rest(uint64_t lives);

/* ---- endpoints.c ---- */
void endpoints_run(void);

/* ---- faults.c ---- */
void faults_run(void);
void faults_once(void);
