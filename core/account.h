/* SPDX-License-Identifier: MIT */
/*
 * Accounts: who may spend how much RAM and how many capabilities. Quota moves
 * only between an account and its reference account, or between two accounts
 * with the same one; the sum over all accounts never changes.
 */
#pragma once

#include <fief/budget.h>

struct core_account {
	struct fief_budget budget;
	struct core_account *ref; /* borrowed: an ancestor; NULL for the root */
};

/* Move unused quota; all or nothing. Errors: OUT_OF_RAM, OUT_OF_CAPS. */
FIEF_MUST enum fief_err core_account_move(struct core_account *from,
                                          struct core_account *to, size_t ram,
                                          size_t caps);

/* May `who` move quota from `from` to `to`? */
bool core_account_may_move(const struct core_account *who,
                           const struct core_account *from,
                           const struct core_account *to);

/* Give everything to the reference account; nothing may be in use. */
void core_account_close(struct core_account *);
