/* SPDX-License-Identifier: MIT */
/* Core as the parent of a sandbox: memory, accounts, PDs. */
#include "core.h"

enum { RAM = 64 << 20, CAPS = 4000, OUTSIDE_RAM = 1 << 20, OUTSIDE_CAPS = 100 };

struct core world_core;

/* ---- memory ---- */

static struct memory *memory_of(fief_cap ds)
{
	if (ds == world_core.binary.obj.cap)
		return &world_core.binary;
	LIST_FOR_EACH(m, &world_core.init.dataspaces, struct memory, elem)
		if (m->obj.cap == ds)
			return m;
	return NULL;
}

void *world_memory(fief_cap ds)
{
	const struct memory *m = memory_of(ds);

	return m ? m->at : NULL;
}

static struct world_pd *pd_of(struct fief_rpc_obj *self)
{
	return FIEF_CONTAINER_OF(self, struct world_pd, obj);
}

static enum fief_err op_alloc_ram(struct fief_rpc_obj *self, uint64_t bytes,
                                  struct dataspace_cap *ds)
{
	struct world_pd *pd = pd_of(self);
	enum fief_err e = fief_budget_take(&pd->account.budget, bytes, 1);
	struct memory *m;

	if (e)
		return e;
	m = calloc(1, sizeof(*m));
	m->at = calloc(1, bytes);
	m->bytes = bytes;
	m->payer = &pd->account;
	m->obj.cap = world_export(NULL);
	list_add_last(&pd->dataspaces, &m->elem);
	ds->cap = m->obj.cap;
	return FIEF_OK;
}

static enum fief_err op_free_ram(struct fief_rpc_obj *self,
                                 struct dataspace_cap ds)
{
	struct memory *m = memory_of(ds.cap);

	if (!m || m->payer != &pd_of(self)->account)
		return FIEF_NOT_FOUND;
	fief_budget_give(&m->payer->budget, m->bytes, 1);
	list_remove(&m->elem);
	free(m->at);
	free(m);
	return FIEF_OK;
}

static enum fief_err op_seal(struct fief_rpc_obj *self, struct dataspace_cap ds)
{
	(void)self, (void)ds;
	return FIEF_OK;
}

/* ---- accounts ---- */

static struct world_pd *pd_find(fief_cap cap)
{
	if (cap == world_core.init.obj.cap)
		return &world_core.init;
	LIST_FOR_EACH(pd, &world_core.pds, struct world_pd, elem)
		if (pd->obj.cap == cap)
			return pd;
	return NULL;
}

static enum fief_err op_quota(struct fief_rpc_obj *self, uint64_t *ram,
                              uint64_t *ram_used, uint32_t *caps,
                              uint32_t *caps_used)
{
	const struct fief_budget *b = &pd_of(self)->account.budget;

	*ram = b->ram_limit;
	*ram_used = b->ram_used;
	*caps = (uint32_t)b->caps_limit;
	*caps_used = (uint32_t)b->caps_used;
	return FIEF_OK;
}

static enum fief_err op_move(struct fief_rpc_obj *self, struct pd_cap from_cap,
                             struct pd_cap to_cap, uint64_t ram, uint32_t caps)
{
	struct world_pd *from = pd_find(from_cap.cap);
	struct world_pd *to = pd_find(to_cap.cap);

	if (!from || !to ||
	    !core_account_may_move(&pd_of(self)->account, &from->account,
	                           &to->account))
		return FIEF_DENIED;
	return core_account_move(&from->account, &to->account, ram, caps);
}

static enum fief_err op_reference(struct fief_rpc_obj *self, struct pd_cap cap)
{
	struct world_pd *pd = pd_of(self), *to = pd_find(cap.cap);

	if (!to || to == pd || pd->state != PD_STATE_CREATED ||
	    to->account.ref != pd->account.ref)
		return FIEF_DENIED;
	pd->account.ref = &to->account;
	return FIEF_OK;
}

/* ---- life ---- */

static enum fief_err op_start(struct fief_rpc_obj *self,
                              struct dataspace_cap binary,
                              struct parent_cap parent, struct cpu_cap cpu,
                              struct log_cap log)
{
	struct world_pd *pd = pd_of(self);

	(void)cpu, (void)log;
	if (pd->state != PD_STATE_CREATED)
		return FIEF_CONFLICT;
	if (binary.cap != world_core.binary.obj.cap)
		return FIEF_INVALID;
	pd->parent = parent.cap;
	pd->state = PD_STATE_RUNNING;
	return FIEF_OK;
}

void world_die(struct world_pd *pd, enum pd_state state, int32_t code)
{
	pd->state = state;
	pd->code = code;
	fief_kif->signal(pd->death);
}

static enum fief_err op_stop(struct fief_rpc_obj *self)
{
	if (pd_of(self)->state == PD_STATE_RUNNING)
		world_die(pd_of(self), PD_STATE_KILLED, 9);
	return FIEF_OK;
}

static enum fief_err op_death_sigh(struct fief_rpc_obj *self,
                                   struct signal_cap handler)
{
	pd_of(self)->death = handler.cap;
	return FIEF_OK;
}

static enum fief_err op_status(struct fief_rpc_obj *self, enum pd_state *state,
                               int32_t *code)
{
	*state = pd_of(self)->state;
	*code = pd_of(self)->code;
	return FIEF_OK;
}

const struct pd_ops world_pd_ops = {
	.alloc_ram = op_alloc_ram,
	.free_ram = op_free_ram,
	.seal = op_seal,
	.quota = op_quota,
	.move = op_move,
	.start = op_start,
	.stop = op_stop,
	.death_sigh = op_death_sigh,
	.status = op_status,
	.reference = op_reference,
};

void world_pd_init(struct world_pd *pd, struct core_account *ref)
{
	*pd = (struct world_pd){ .obj = { &pd_rpc_type, &world_pd_ops },
		                 .account = { .ref = ref } };
	pd->obj.cap = world_export(&pd->obj);
}

void world_pd_free(struct world_pd *pd)
{
	struct fief_budget *b = &pd->account.budget;

	fief_budget_give(b, b->ram_used, b->caps_used);
	LIST_FOR_EACH(other, &world_core.pds, struct world_pd, elem)
		if (other->account.ref == &pd->account)
			other->account.ref = pd->account.ref;
	core_account_close(&pd->account);
	list_remove(&pd->elem);
	world_gone(pd->obj.cap);
	free(pd);
}

struct world_pd *world_running(unsigned which)
{
	struct world_pd *found = NULL;
	unsigned n = 0;

	LIST_FOR_EACH(pd, &world_core.pds, struct world_pd, elem)
		n += pd->state == PD_STATE_RUNNING;
	which = n ? which % n : 0;
	LIST_FOR_EACH(pd, &world_core.pds, struct world_pd, elem)
		if (pd->state == PD_STATE_RUNNING && !which--)
			found = pd;
	return n ? found : NULL;
}

static const struct parent_ops parent_ops = {
	.session = world_op_session,
	.session_cap = world_op_session_cap,
	.session_sigh = world_op_sigh,
	.upgrade = world_op_upgrade,
	.close = world_op_close,
	.announce = world_op_announce,
	.request_sigh = world_op_request_sigh,
	.next_request = world_op_next_request,
	.deliver = world_op_deliver,
	.respond = world_op_respond,
	.start_child = world_op_start_child,
	.close_child = world_op_close_child,
};

/* ---- begin and end ---- */

void world_core_init(bool start_at_once)
{
	memset(&world_core, 0, sizeof(world_core));
	world_core.start_at_once = start_at_once;
	fief_id_space_init(&world_core.sessions, UINT32_MAX);
	world_core.outside.budget =
		(struct fief_budget){ .ram_limit = OUTSIDE_RAM,
		                      .caps_limit = OUTSIDE_CAPS };
	world_pd_init(&world_core.init, &world_core.outside);
	world_core.init.account.budget =
		(struct fief_budget){ .ram_limit = RAM, .caps_limit = CAPS };
	world_core.parent =
		(struct fief_rpc_obj){ &parent_rpc_type, &parent_ops, 0 };
	world_core.parent.cap = world_export(&world_core.parent);
	world_core.binary.bytes = 4096;
	world_core.binary.at = calloc(1, world_core.binary.bytes);
	world_core.binary.obj.cap = world_export(NULL);
	world_env.parent = world_core.parent.cap;
	world_env.pd = world_core.init.obj.cap;
}

void world_books_check(void)
{
	size_t ram = 0, caps = 0;

	LIST_FOR_EACH(pd, &world_core.pds, struct world_pd, elem) {
		ram += pd->account.budget.ram_limit;
		caps += pd->account.budget.caps_limit;
	}
	ram += world_core.outside.budget.ram_limit +
	       world_core.held.budget.ram_limit +
	       world_core.init.account.budget.ram_limit;
	caps += world_core.outside.budget.caps_limit +
	        world_core.held.budget.caps_limit +
	        world_core.init.account.budget.caps_limit;
	if (ram != RAM + OUTSIDE_RAM || caps != CAPS + OUTSIDE_CAPS)
		abort();
}

/* The sandbox is gone: nothing of it is left, and all it had is back. */
void world_core_end(void)
{
	world_clients_end();
	world_answer(FIEF_OK);
	world_books_check();
	if (world_core.sessions.tree.count || !list_empty(&world_core.pds) ||
	    !list_empty(&world_core.init.dataspaces) ||
	    world_core.init.account.budget.ram_limit != RAM ||
	    world_core.init.account.budget.caps_limit != CAPS ||
	    world_core.init.account.budget.ram_used ||
	    world_core.init.account.budget.caps_used)
		abort();
	free(world_core.binary.at);
}
