/* SPDX-License-Identifier: MIT */
/* Sessions at core: what children need, and a service "Up" that answers when it
 * likes. */
#include <session/cpu.h>
#include <session/log.h>
#include <session/rom.h>

#include "core.h"

enum progress { DONE, OPENING, CLOSING };

struct session {
	struct fief_id id;
	struct fief_rpc_obj obj; /* unless it is a PD */
	struct world_pd *pd;     /* owned; or NULL */
	uint64_t ram;
	uint32_t caps;
	bool slow;
	enum progress progress;
	enum fief_err refused;
};

static enum fief_err op_dataspace(struct fief_rpc_obj *self,
                                  struct dataspace_cap *ds, uint64_t *size)
{
	(void)self;
	ds->cap = world_core.binary.obj.cap;
	*size = world_core.binary.bytes;
	return FIEF_OK;
}

static const struct rom_ops rom_ops = { .dataspace = op_dataspace };
static const struct cpu_ops cpu_ops = { 0 };
static const struct log_ops log_ops = { 0 };

static const struct service {
	const char *name;
	const struct fief_rpc_type *type;
	const void *ops;
	uint64_t ram;
	uint32_t caps;
} services[] = {
	{ PD_SERVICE, &pd_rpc_type, &world_pd_ops, PD_RAM_QUOTA, PD_CAP_QUOTA },
	{ CPU_SERVICE, &cpu_rpc_type, &cpu_ops, CPU_RAM_QUOTA, CPU_CAP_QUOTA },
	{ LOG_SERVICE, &log_rpc_type, &log_ops, LOG_RAM_QUOTA, LOG_CAP_QUOTA },
	{ ROM_SERVICE, &rom_rpc_type, &rom_ops, ROM_RAM_QUOTA, ROM_CAP_QUOTA },
	{ "Up", &log_rpc_type, &log_ops, 4096, 1 },
};

enum { PD, CPU, LOG, ROM, UP, SERVICES };

static struct session *find(uint32_t id)
{
	return FIEF_ID_OBJECT(fief_id_find(&world_core.sessions, id),
	                      struct session, id);
}

static void session_free(struct session *s)
{
	if (s->pd)
		world_pd_free(s->pd);
	else if (s->obj.cap)
		world_gone(s->obj.cap);
	fief_id_remove(&world_core.sessions, &s->id);
	must(core_account_move(&world_core.held, &world_core.init.account,
	                       s->ram, s->caps));
	free(s);
}

static enum fief_err open_at(const struct service *v, uint32_t id,
                             struct capnp_text label, uint64_t ram,
                             uint32_t caps, struct session **out)
{
	struct session *s;
	enum fief_err e;

	if (!id || find(id))
		return FIEF_CONFLICT;
	if (label.len && strstr(label.s, "missing"))
		return FIEF_DENIED;
	if (ram < v->ram)
		return FIEF_INSUFFICIENT_RAM;
	if (caps < v->caps)
		return FIEF_INSUFFICIENT_CAPS;
	e = core_account_move(&world_core.init.account, &world_core.held, ram,
	                      caps);
	if (e)
		return e;
	s = calloc(1, sizeof(*s));
	s->ram = ram;
	s->caps = caps;
	s->slow = v == &services[UP];
	s->progress = s->slow ? OPENING : DONE;
	must(fief_id_add_as(&world_core.sessions, &s->id, id));
	if (v != &services[PD]) {
		s->obj = (struct fief_rpc_obj){ v->type, v->ops, 0 };
		s->obj.cap = world_export(&s->obj);
		*out = s;
		return FIEF_OK;
	}
	s->pd = calloc(1, sizeof(*s->pd));
	world_pd_init(s->pd, &world_core.init.account);
	list_add_last(&world_core.pds, &s->pd->elem);
	must(core_account_move(&world_core.held, &s->pd->account, ram - v->ram,
	                       caps - v->caps));
	s->ram = v->ram;
	s->caps = v->caps;
	*out = s;
	return FIEF_OK;
}

static fief_cap cap_of(const struct session *s)
{
	return s->pd ? s->pd->obj.cap : s->obj.cap;
}

enum fief_err world_op_session(struct fief_rpc_obj *self,
                               const struct parent_session_params *in,
                               struct parent_session_results *out)
{
	struct session *s;
	enum fief_err e;

	(void)self;
	for (unsigned i = 0; i < SERVICES; i++) {
		if (!capnp_text_equal(capnp_text_of(services[i].name),
		                      in->service))
			continue;
		e = open_at(&services[i], in->id, in->label, in->ram, in->caps,
		            &s);
		if (!e && s->progress == OPENING)
			return FIEF_PENDING;
		if (!e)
			out->cap = cap_of(s);
		return e;
	}
	return FIEF_DENIED;
}

enum fief_err world_op_session_cap(struct fief_rpc_obj *self, uint32_t id,
                                   fief_cap *cap)
{
	struct session *s = find(id);
	enum fief_err e;

	(void)self;
	if (!s)
		return FIEF_NOT_FOUND;
	if (s->progress != DONE)
		return FIEF_PENDING;
	e = s->refused;
	if (e)
		session_free(s);
	else
		*cap = cap_of(s);
	return e;
}

enum fief_err world_op_upgrade(struct fief_rpc_obj *self, uint32_t id,
                               uint64_t ram, uint32_t caps)
{
	struct session *s = find(id);
	enum fief_err e;

	(void)self;
	if (!s || s->progress != DONE)
		return FIEF_NOT_FOUND;
	if (s->pd)
		return core_account_move(&world_core.init.account,
		                         &s->pd->account, ram, caps);
	e = core_account_move(&world_core.init.account, &world_core.held, ram,
	                      caps);
	if (e)
		return e;
	s->ram += ram;
	s->caps += caps;
	return FIEF_OK;
}

enum fief_err world_op_close(struct fief_rpc_obj *self, uint32_t id)
{
	struct session *s = find(id);

	(void)self;
	if (!s)
		return FIEF_NOT_FOUND;
	if (s->slow && s->progress == DONE) {
		s->progress = CLOSING;
		return FIEF_PENDING;
	}
	session_free(s);
	return FIEF_OK;
}

enum fief_err world_op_sigh(struct fief_rpc_obj *self,
                            struct signal_cap handler)
{
	(void)self;
	world_core.session_sigh = handler.cap;
	return FIEF_OK;
}

void world_answer(enum fief_err how)
{
	struct fief_id *next;

	for (struct fief_id *i = fief_id_first(&world_core.sessions); i;
	     i = next) {
		struct session *s = FIEF_ID_OBJECT(i, struct session, id);

		next = fief_id_next(i);
		if (s->progress == DONE)
			continue;
		if (s->progress == CLOSING) {
			session_free(s);
			continue;
		}
		s->refused = how;
		s->progress = DONE;
	}
	fief_kif->signal(world_core.session_sigh);
}

/* ---- children at once ---- */

enum fief_err world_op_start_child(struct fief_rpc_obj *self,
                                   const struct parent_start_child_params *in,
                                   struct parent_start_child_results *out)
{
	struct session *s[SERVICES] = { 0 };
	const struct service *v = services;
	enum fief_err e;

	(void)self;
	if (!world_core.start_at_once)
		return FIEF_UNSUPPORTED;
	e = open_at(&v[ROM], in->rom_id, in->binary, v[ROM].ram, v[ROM].caps,
	            &s[ROM]);
	if (e == FIEF_DENIED)
		return FIEF_NOT_FOUND;
	if (!e)
		e = open_at(&v[CPU], in->cpu_id, in->label, v[CPU].ram,
		            v[CPU].caps, &s[CPU]);
	if (!e)
		e = open_at(&v[PD], in->pd_id, in->label, in->ram, in->caps,
		            &s[PD]);
	if (!e)
		e = open_at(&v[LOG], in->log_id, in->label, v[LOG].ram,
		            v[LOG].caps, &s[LOG]);
	for (unsigned i = 0; i < SERVICES && e; i++)
		if (s[i])
			session_free(s[i]);
	if (e)
		return e;
	s[PD]->pd->death = in->death_sigh.cap;
	s[PD]->pd->parent = in->parent.cap;
	s[PD]->pd->state = PD_STATE_RUNNING;
	out->pd = cap_of(s[PD]);
	out->cpu = cap_of(s[CPU]);
	return FIEF_OK;
}

enum fief_err world_op_close_child(struct fief_rpc_obj *self, uint32_t pd_id,
                                   uint32_t cpu_id, uint32_t log_id,
                                   uint32_t rom_id)
{
	struct session *const s[] = { find(cpu_id), find(pd_id), find(log_id),
		                      find(rom_id) };

	(void)self;
	for (unsigned i = 0; i < 4; i++)
		if (!s[i])
			return FIEF_NOT_FOUND;
	for (unsigned i = 0; i < 4; i++)
		session_free(s[i]);
	return FIEF_OK;
}
