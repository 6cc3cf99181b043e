/* SPDX-License-Identifier: MIT */
/* Budgets, and the guards that charge them. */
#include <fief/budget.h>

#include <lib/checked.h>

enum fief_err fief_budget_take(struct fief_budget *b, size_t ram, size_t caps)
{
	if (ram > fief_budget_ram_avail(b))
		return FIEF_OUT_OF_RAM;
	if (caps > fief_budget_caps_avail(b))
		return FIEF_OUT_OF_CAPS;
	b->ram_used += ram;
	b->caps_used += caps;
	return FIEF_OK;
}

void fief_budget_give(struct fief_budget *b, size_t ram, size_t caps)
{
	b->ram_used -= ram < b->ram_used ? ram : b->ram_used;
	b->caps_used -= caps < b->caps_used ? caps : b->caps_used;
}

enum fief_err fief_budget_upgrade(struct fief_budget *b, size_t ram,
                                  size_t caps)
{
	size_t ram_limit, caps_limit;

	if (!checked_add(b->ram_limit, ram, &ram_limit) ||
	    !checked_add(b->caps_limit, caps, &caps_limit))
		return FIEF_LIMIT;
	b->ram_limit = ram_limit;
	b->caps_limit = caps_limit;
	return FIEF_OK;
}

enum fief_err fief_budget_withdraw(struct fief_budget *b, size_t ram,
                                   size_t caps)
{
	if (ram > fief_budget_ram_avail(b))
		return FIEF_OUT_OF_RAM;
	if (caps > fief_budget_caps_avail(b))
		return FIEF_OUT_OF_CAPS;
	b->ram_limit -= ram;
	b->caps_limit -= caps;
	return FIEF_OK;
}

static enum fief_err guarded_ram_alloc(struct fief_ram *self, size_t bytes,
                                       void **addr, fief_cap *ds)
{
	struct fief_guarded_ram *const g =
		FIEF_CONTAINER_OF(self, struct fief_guarded_ram, ram);
	enum fief_err e;
	size_t charge;

	if (!checked_align(bytes, KIF_PAGE, &charge))
		return FIEF_OUT_OF_RAM;
	e = fief_budget_take(g->budget, charge, 1);
	if (e)
		return e;
	e = fief_ram_alloc(g->backing, bytes, addr, ds);
	if (e)
		fief_budget_give(g->budget, charge, 1);
	return e;
}

static void guarded_ram_free(struct fief_ram *self, void *addr, size_t bytes,
                             fief_cap ds)
{
	struct fief_guarded_ram *const g =
		FIEF_CONTAINER_OF(self, struct fief_guarded_ram, ram);
	size_t charge;

	fief_ram_free(g->backing, addr, bytes, ds);
	if (checked_align(bytes, KIF_PAGE, &charge))
		fief_budget_give(g->budget, charge, 1);
}

void fief_guarded_ram_init(struct fief_guarded_ram *g, struct fief_ram *backing,
                           struct fief_budget *budget)
{
	*g = (struct fief_guarded_ram){
		.ram = { guarded_ram_alloc, guarded_ram_free },
		.backing = backing,
		.budget = budget,
	};
}

static enum fief_err guarded_alloc(struct fief_alloc *self, size_t size,
                                   void **out)
{
	struct fief_guarded_alloc *const g =
		FIEF_CONTAINER_OF(self, struct fief_guarded_alloc, alloc);
	enum fief_err e;

	e = fief_budget_take(g->budget, size, 0);
	if (e)
		return e;
	e = fief_alloc(g->backing, size, out);
	if (e)
		fief_budget_give(g->budget, size, 0);
	return e;
}

static void guarded_free(struct fief_alloc *self, void *ptr, size_t size)
{
	struct fief_guarded_alloc *const g =
		FIEF_CONTAINER_OF(self, struct fief_guarded_alloc, alloc);

	fief_free(g->backing, ptr, size);
	fief_budget_give(g->budget, size, 0);
}

void fief_guarded_alloc_init(struct fief_guarded_alloc *g,
                             struct fief_alloc *backing,
                             struct fief_budget *budget)
{
	*g = (struct fief_guarded_alloc){
		.alloc = { guarded_alloc, guarded_free },
		.backing = backing,
		.budget = budget,
	};
}
