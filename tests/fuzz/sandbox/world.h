/* SPDX-License-Identifier: MIT */
/*
 * The world around a sandbox that is fuzzed, in one process: kif, core as its
 * parent, and children that say whatever the input says. It aborts where the
 * sandbox breaks a promise: a call is answered twice or never, a capability
 * dropped more often than it came in, or kept; a line of the log has control
 * characters; quota comes about or vanishes.
 */
#pragma once

#include <core/account.h>
#include <fief/component.h>
#include <fief/kif_table.h>
#include <lib/list.h>
#include <session/parent.h>
#include <session/pd.h>

/* ---- kif.c ---- */

extern struct fief_env world_env;

void world_kif_init(void);
/* A capability that the sandbox does not serve: of `obj`, or of nobody. */
fief_cap world_export(struct fief_rpc_obj *obj);
/* From now on calls come from a child, until the next of these. */
void world_as_child(bool child);
/* The object is no more. */
void world_gone(fief_cap);
/* Handle all events and what they cause. */
void world_settle(void);
/* Time passes. */
void world_wait(uint64_t ns);
/* All calls were answered, all that came in was dropped. */
void world_kif_check(void);
/* The n-th allocation from now on fails. */
void world_fail(unsigned n);

/* ---- core.c ---- */

struct world_pd {
	struct fief_rpc_obj obj;
	struct list_elem elem;
	struct core_account account;
	struct list dataspaces; /* owned */
	enum pd_state state;
	int32_t code;
	fief_cap death, parent; /* borrowed: exported by the sandbox */
	uint32_t request[4];    /* that it fetched last */
	unsigned requests;
};

void world_core_init(bool start_at_once);
/* Accounts add up, always; after the end all is where it was. */
void world_books_check(void);
void world_core_end(void);

/* One of those that run; NULL: there is none. */
struct world_pd *world_running(unsigned which);
void world_die(struct world_pd *, enum pd_state state, int32_t code);
/* Core gets to the sessions that it did not open or close at once. */
void world_answer(enum fief_err how);
/* Somebody out there wants something of a service that the sandbox offers. */
void world_request(enum request_kind kind, unsigned which, const char *label,
                   uint64_t ram);

/* Dataspaces for kif. */
void *world_memory(fief_cap ds);

/* ---- children.c ---- */
struct input {
	const uint8_t *at, *end;
};

unsigned input_below(struct input *, unsigned n);
/* One act of a child. */
void world_child_acts(struct world_pd *, struct input *);
