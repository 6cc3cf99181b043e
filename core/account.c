/* SPDX-License-Identifier: MIT */
/* Accounts of RAM and capabilities. */

#include "account.h"

enum fief_err core_account_move(struct core_account *from,
                                struct core_account *to, size_t ram,
                                size_t caps)
{
	enum fief_err e;

	e = fief_budget_withdraw(&from->budget, ram, caps);
	if (e)
		return e;
	e = fief_budget_upgrade(&to->budget, ram, caps);
	if (e) { /* cannot happen while the sum is that of the host */
		from->budget.ram_limit += ram;
		from->budget.caps_limit += caps;
	}
	return e;
}

bool core_account_may_move(const struct core_account *who,
                           const struct core_account *from,
                           const struct core_account *to)
{
	bool from_ok = from == who || from->ref == who;
	bool to_ok =
		to == who || to->ref == who || (from == who && who->ref == to);

	return from_ok && to_ok && from != to;
}

void core_account_close(struct core_account *a)
{
	if (!a->ref)
		return;
	a->ref->budget.ram_limit += a->budget.ram_limit;
	a->ref->budget.caps_limit += a->budget.caps_limit;
	a->budget = (struct fief_budget){ 0 };
}
