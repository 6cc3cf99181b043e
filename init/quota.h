/* SPDX-License-Identifier: MIT */
/* Quota: accounts, donations, and who gets more. */
#pragma once

#include "state.h"

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
