/* SPDX-License-Identifier: MIT */
/* PD sessions: accounts, dataspaces, starting and stopping components. */

#include "pd.h"

#include <fief/kif_table.h>

#include "cpu.h"
#include "host.h"
#include "region_map.h"

enum { THREADS_DEFAULT = 8 };

static struct core_pd *pd_of(struct fief_rpc_obj *obj)
{
	return FIEF_CONTAINER_OF(obj, struct core_pd, obj);
}

/* ---- dataspaces ---- */

static enum fief_err op_ds_size(struct fief_rpc_obj *self, uint64_t *bytes)
{
	struct core_ds *ds = FIEF_CONTAINER_OF(self, struct core_ds, obj);

	*bytes = core_ds_size(ds);
	return FIEF_OK;
}

static enum fief_err op_ds_writeable(struct fief_rpc_obj *self, bool *yes)
{
	struct core_ds *ds = FIEF_CONTAINER_OF(self, struct core_ds, obj);

	*yes = ds->rights & KIF_WRITE;
	return FIEF_OK;
}

static const struct dataspace_ops ds_ops = {
	.size = op_ds_size,
	.writeable = op_ds_writeable,
};

enum fief_err core_ds_init(struct core_ds *ds, struct kcore_ds *memory,
                           unsigned rights)
{
	*ds = (struct core_ds){
		.obj = { .type = &dataspace_rpc_type, .ops = &ds_ops },
		.memory = memory,
		.rights = rights,
	};
	return fief_entrypoint_manage(&core.ep, &ds->obj);
}

enum fief_err core_ds_init_managed(struct core_ds *ds, struct region_map *map)
{
	*ds = (struct core_ds){
		.obj = { .type = &dataspace_rpc_type, .ops = &ds_ops },
		.map = map,
		.rights = KIF_READ | KIF_WRITE | KIF_EXEC,
	};
	return fief_entrypoint_manage(&core.ep, &ds->obj);
}

size_t core_ds_size(const struct core_ds *ds)
{
	return ds->map ? region_map_size(ds->map) : kcore_ds_size(ds->memory);
}

void core_ds_fini(struct core_ds *ds)
{
	region_map_forget(ds);
	fief_entrypoint_dissolve(&core.ep, &ds->obj);
}

struct fief_rpc_obj *core_object(fief_cap cap, const struct fief_rpc_type *type)
{
	struct fief_rpc_obj *obj;
	uint64_t badge;

	if (fief_kif->badge(cap, &badge) || badge & 1)
		return NULL;
	obj = (struct fief_rpc_obj *)(uintptr_t)badge;
	return obj->type == type ? obj : NULL;
}

struct core_ds *core_ds_of(fief_cap cap)
{
	struct fief_rpc_obj *obj = core_object(cap, &dataspace_rpc_type);

	return obj ? FIEF_CONTAINER_OF(obj, struct core_ds, obj) : NULL;
}

struct core_pd *core_pd_of(fief_cap cap)
{
	struct fief_rpc_obj *obj = core_object(cap, &pd_rpc_type);

	return obj ? pd_of(obj) : NULL;
}

static size_t page_up(uint64_t bytes)
{
	return (bytes + KIF_PAGE - 1) & ~(size_t)(KIF_PAGE - 1);
}

static void ds_free(struct core_ds *ds)
{
	fief_budget_give(&ds->pd->account.budget, kcore_ds_size(ds->memory), 1);
	list_remove(&ds->in_pd);
	core_ds_fini(ds);
	kcore_ds_destroy(ds->memory);
	fief_free(core.alloc, ds, sizeof(*ds));
}

static enum fief_err ds_alloc(struct core_pd *pd, size_t bytes,
                              struct core_ds **out)
{
	struct kcore_ds *memory = NULL;
	enum fief_err e;
	void *mem;

	e = fief_alloc_zeroed(core.alloc, sizeof(struct core_ds), &mem);
	if (e)
		return e;
	e = kcore_ds_create(bytes, &memory);
	if (!e)
		e = core_ds_init(mem, memory, KIF_READ | KIF_WRITE | KIF_EXEC);
	if (e) {
		if (memory)
			kcore_ds_destroy(memory);
		fief_free(core.alloc, mem, sizeof(struct core_ds));
		return e;
	}
	*out = mem;
	(*out)->pd = pd;
	list_add_last(&pd->dataspaces, &(*out)->in_pd);
	return FIEF_OK;
}

static enum fief_err op_alloc_ram(struct fief_rpc_obj *self, uint64_t bytes,
                                  struct dataspace_cap *out)
{
	struct core_pd *pd = pd_of(self);
	struct core_ds *ds;
	enum fief_err e;
	size_t size;

	if (!bytes)
		return FIEF_INVALID;
	if (bytes > pd->account.budget.ram_limit)
		return FIEF_OUT_OF_RAM;
	size = page_up(bytes);
	e = fief_budget_take(&pd->account.budget, size, 1);
	if (e)
		return e;
	e = ds_alloc(pd, size, &ds);
	if (e) {
		fief_budget_give(&pd->account.budget, size, 1);
		return e;
	}
	out->cap = ds->obj.cap;
	if (pd->pd &&
	    kcore_requester(fief_entrypoint_token(&core.ep)) == pd->pd)
		kcore_ds_push(fief_entrypoint_token(&core.ep), out->cap,
		              ds->memory);
	return FIEF_OK;
}

/* The dataspace, if this PD allocated it. */
static struct core_ds *pd_ds(struct core_pd *pd, fief_cap cap)
{
	struct core_ds *ds = core_ds_of(cap);

	return ds && ds->pd == pd ? ds : NULL;
}

static enum fief_err op_free_ram(struct fief_rpc_obj *self,
                                 struct dataspace_cap cap)
{
	struct core_ds *ds = pd_ds(pd_of(self), cap.cap);

	fief_kif->drop(cap.cap, 1);
	if (!ds)
		return FIEF_NOT_FOUND;
	ds_free(ds);
	return FIEF_OK;
}

static enum fief_err op_seal(struct fief_rpc_obj *self,
                             struct dataspace_cap cap)
{
	struct core_ds *ds = pd_ds(pd_of(self), cap.cap);
	enum fief_err e;

	fief_kif->drop(cap.cap, 1);
	if (!ds)
		return FIEF_NOT_FOUND;
	e = kcore_ds_seal(ds->memory);
	if (!e)
		ds->rights &= ~(unsigned)KIF_WRITE;
	return e;
}

/* ---- accounts ---- */

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

static enum fief_err move(struct core_pd *who, struct core_pd *from,
                          struct core_pd *to, uint64_t ram, uint32_t caps)
{
	if (!from || !to ||
	    !core_account_may_move(&who->account, &from->account, &to->account))
		return FIEF_DENIED;
	return core_account_move(&from->account, &to->account, ram, caps);
}

static enum fief_err op_transfer(struct fief_rpc_obj *self, struct pd_cap to,
                                 uint64_t ram, uint32_t caps)
{
	struct core_pd *pd = pd_of(self);
	enum fief_err e = move(pd, pd, core_pd_of(to.cap), ram, caps);

	fief_kif->drop(to.cap, 1);
	return e;
}

static enum fief_err op_move(struct fief_rpc_obj *self, struct pd_cap origin,
                             struct pd_cap to, uint64_t ram, uint32_t caps)
{
	enum fief_err e = move(pd_of(self), core_pd_of(origin.cap),
	                       core_pd_of(to.cap), ram, caps);

	fief_kif->drop(origin.cap, 1);
	fief_kif->drop(to.cap, 1);
	return e;
}

/* One step down the tree only, so no cycle can come about. */
static enum fief_err op_reference(struct fief_rpc_obj *self, struct pd_cap cap)
{
	struct core_pd *pd = pd_of(self), *to = core_pd_of(cap.cap);
	enum fief_err e = FIEF_DENIED;

	if (to && to != pd && pd->state == PD_STATE_CREATED &&
	    to->account.ref == pd->account.ref) {
		pd->account.ref = &to->account;
		e = FIEF_OK;
	}
	fief_kif->drop(cap.cap, 1);
	return e;
}

/* ---- life ---- */

/* Until here it was an account: whoever makes many PDs and starts none holds
 * nothing of the host. */
enum fief_err core_pd_run(struct core_pd *pd, const struct kcore_ds *binary,
                          const fief_cap cap[KIF_BOOT_CAPS])
{
	enum fief_err e =
		pd->host ? kcore_pd_create_granted(pd, pd->host->grant->grant,
	                                           &pd->pd) :
			   kcore_pd_create(pd, binary, &pd->pd);

	if (e)
		return e;
	pd->state = PD_STATE_RUNNING; /* it may die before this returns */
	core_log_event("start", pd->label.text, 0);
	e = kcore_pd_start(pd->pd, binary, cap);
	if (e) {
		core_log_event("fail", pd->label.text, 0);
		kcore_pd_destroy(pd->pd);
		pd->pd = NULL;
		pd->state = PD_STATE_CREATED;
	}
	return e;
}

bool core_pd_begins(struct core_pd *pd,
                    void (*answer)(const struct core_pd *, fief_reply,
                                   enum fief_err))
{
	if (!kcore_pd_starting(pd->pd))
		return false;
	pd->starter = (struct core_starter){ fief_entrypoint_token(&core.ep),
		                             answer };
	return true;
}

void core_pd_begun(struct core_pd *pd, enum fief_err status)
{
	const struct core_starter starter = pd->starter;

	if (starter.token == FIEF_REPLY_NULL)
		return;
	pd->starter.token = FIEF_REPLY_NULL;
	starter.answer(pd, starter.token, status);
}

static void start_answer(const struct core_pd *pd, fief_reply token,
                         enum fief_err status)
{
	(void)pd;
	pd_start_reply_send(token, status);
}

static enum fief_err op_start(struct fief_rpc_obj *self,
                              struct dataspace_cap binary,
                              struct parent_cap parent, struct cpu_cap cpu,
                              struct log_cap log)
{
	struct core_pd *pd = pd_of(self);
	struct core_ds *ds = core_ds_of(binary.cap);
	const fief_cap boot[KIF_BOOT_CAPS] = {
		[KIF_BOOT_PARENT] = parent.cap,
		[KIF_BOOT_PD] = pd->obj.cap,
		[KIF_BOOT_CPU] = cpu.cap,
		[KIF_BOOT_LOG] = log.cap,
	};
	enum fief_err e = FIEF_CONFLICT;

	if (pd->state != PD_STATE_CREATED)
		e = FIEF_CONFLICT;
	else
		e = ds && ds->memory ? core_pd_run(pd, ds->memory, boot) :
		                       FIEF_INVALID;
	if (!e)
		core_cpu_assign(pd, cpu.cap);
	/* The PD got introductions of its own. */
	fief_kif->drop(binary.cap, 1);
	fief_kif->drop(parent.cap, 1);
	fief_kif->drop(cpu.cap, 1);
	fief_kif->drop(log.cap, 1);
	return !e && core_pd_begins(pd, start_answer) ? FIEF_LATE : e;
}

static enum fief_err op_stop(struct fief_rpc_obj *self)
{
	struct core_pd *pd = pd_of(self);

	pd->stopped = true;
	if (pd->pd)
		kcore_pd_kill(pd->pd);
	core_pd_doom(pd);
	return FIEF_OK;
}

static enum fief_err op_death_sigh(struct fief_rpc_obj *self,
                                   struct signal_cap handler)
{
	struct core_pd *pd = pd_of(self);

	if (pd->state != PD_STATE_CREATED) {
		fief_kif->drop(handler.cap, 1);
		return FIEF_DENIED;
	}
	fief_kif->drop(pd->death_sigh, 1);
	pd->death_sigh = handler.cap;
	return FIEF_OK;
}

static enum fief_err op_status(struct fief_rpc_obj *self, enum pd_state *state,
                               int32_t *code)
{
	struct core_pd *pd = pd_of(self);

	*state = pd->state;
	*code = pd->code;
	return FIEF_OK;
}

static enum fief_err op_limit_threads(struct fief_rpc_obj *self, uint32_t max)
{
	struct core_pd *pd = pd_of(self);

	if (pd->state != PD_STATE_CREATED)
		return FIEF_DENIED; /* the component itself has this session */
	pd->max_threads = max;
	return FIEF_OK;
}

/* ---- what of the host it is started with ---- */

static enum fief_err op_host(struct fief_rpc_obj *self, struct host_cap session)
{
	struct core_pd *pd = pd_of(self);
	struct core_host_session *host = core_host_session_of(session.cap);
	enum fief_err e = FIEF_OK;

	if (!host)
		e = FIEF_INVALID;
	else if (!host->grant)
		e = FIEF_GONE;
	else if (pd->state != PD_STATE_CREATED || pd->host)
		e = FIEF_DENIED;
	else
		pd->host = host;
	fief_kif->drop(session.cap, 1);
	return e;
}

void core_pd_host_gone(const struct core_host_session *host)
{
	LIST_FOR_EACH(pd, &core.pds, struct core_pd, in_core) {
		if (pd->host != host)
			continue;
		pd->host = NULL;
		if (!pd->pd)
			continue; /* it starts without, or as another says */
		pd->stopped = true;
		kcore_pd_kill(pd->pd);
		core_pd_doom(pd);
	}
}

static const struct pd_ops pd_ops = {
	.host = op_host,
	.alloc_ram = op_alloc_ram,
	.free_ram = op_free_ram,
	.seal = op_seal,
	.quota = op_quota,
	.transfer = op_transfer,
	.move = op_move,
	.start = op_start,
	.stop = op_stop,
	.death_sigh = op_death_sigh,
	.status = op_status,
	.limit_threads = op_limit_threads,
	.reference = op_reference,
};

/* ---- sessions ---- */

enum fief_err core_pd_create(struct core_account *ref, size_t ram, size_t caps,
                             const char *label, struct core_pd **out)
{
	struct core_pd *pd;
	enum fief_err e;
	void *mem;

	e = fief_alloc_zeroed(core.alloc, sizeof(*pd), &mem);
	if (e)
		return e;
	pd = mem;
	*pd = (struct core_pd){
		.obj = { .type = &pd_rpc_type, .ops = &pd_ops },
		.account = { .ref = ref },
		.max_threads = THREADS_DEFAULT,
	};
	e = label_set(&pd->label, label);
	if (!e)
		e = fief_entrypoint_manage(&core.ep, &pd->obj);
	if (!e)
		e = core_account_move(ref, &pd->account, ram, caps);
	if (e) {
		fief_entrypoint_dissolve(&core.ep, &pd->obj);
		fief_free(core.alloc, pd, sizeof(*pd));
		return e;
	}
	pd->number = ++core.pds_made;
	list_add_last(&core.pds, &pd->in_core);
	*out = pd;
	return FIEF_OK;
}

/* Accounts that lose their reference account get the next one up. */
static void adopt_orphans(struct core_account *gone)
{
	LIST_FOR_EACH(pd, &core.pds, struct core_pd, in_core)
		if (pd->account.ref == gone)
			pd->account.ref = gone->ref;
}

void core_pd_destroy(struct core_pd *pd)
{
	if (pd->state == PD_STATE_RUNNING)
		core_log_event("stop", pd->label.text, 0);
	core_pd_begun(pd, FIEF_GONE);
	while (!list_empty(&pd->dataspaces))
		ds_free(LIST_FIRST(&pd->dataspaces, struct core_ds, in_pd));
	if (pd->pd)
		kcore_pd_destroy(pd->pd);
	fief_entrypoint_dissolve(&core.ep, &pd->obj);
	fief_kif->drop(pd->death_sigh, 1);
	fief_budget_give(&pd->account.budget, pd->host_ram, pd->host_caps);
	adopt_orphans(&pd->account);
	core_account_close(&pd->account);
	list_remove(&pd->in_core);
	fief_free(core.alloc, pd, sizeof(*pd));
}

static enum fief_err pd_open(struct core_session *s, fief_cap *cap)
{
	struct core_account *ref = &s->parent->child->account;
	struct core_pd *pd;
	enum fief_err e;

	/* What exceeds the fixed cost is the new account's quota; the session
	 * itself holds the rest. */
	e = core_pd_create(ref, 0, 0, s->label.text, &pd);
	if (e)
		return e;
	e = core_account_move(&core.held, &pd->account,
	                      s->ram - s->service->ram,
	                      s->caps - s->service->caps);
	if (e) {
		core_pd_destroy(pd);
		return e;
	}
	s->ram = s->service->ram;
	s->caps = s->service->caps;
	s->object = pd;
	*cap = pd->obj.cap;
	return FIEF_OK;
}

static void pd_close(struct core_session *s)
{
	core_pd_destroy(s->object);
}

const struct core_service core_pd_service = {
	.name = PD_SERVICE,
	.ram = PD_RAM_QUOTA,
	.caps = PD_CAP_QUOTA,
	.open = pd_open,
	.close = pd_close,
};
