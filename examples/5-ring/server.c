/* SPDX-License-Identifier: MIT */
/* Adds numbers that arrive by ring, a batch at a time. */

#include <fief/kif_table.h>
#include <fief/log.h>
#include <fief/ring.h>
#include <fief/root.h>
#include <session/ring.h>

enum { OP_ADD = 1 };

struct adder {
	struct fief_service_session base;
	struct fief_signal_handler bell; /* the client rings it */
	struct fief_attached_ram memory; /* shared with the client */
	struct fief_ring ring;
	fief_cap peer; /* owned: rings the client */
};

static struct main {
	struct fief_env *env;
	struct fief_root root;
	struct fief_service service;
} m;

static struct fief_completion answer(const struct fief_submission *s)
{
	struct fief_completion c = { .cookie = s->cookie };

	if (s->op == OP_ADD)
		c.result[0] = s->arg[0] + s->arg[1];
	else
		c.status = FIEF_UNSUPPORTED;
	return c;
}

/* At most a ring full, then the other clients have their turn. */
static void on_bell(struct fief_signal_handler *self, unsigned count)
{
	struct adder *a = FIEF_CONTAINER_OF(self, struct adder, bell);
	struct fief_submission s;
	enum fief_err e = FIEF_OK;

	(void)count;
	fief_ring_server_awake(&a->ring);
	for (uint32_t i = 0; i < a->ring.submissions.capacity; i++) {
		struct fief_completion c;

		e = fief_ring_take(&a->ring, &s);
		if (e)
			break;
		c = answer(&s);
		e = fief_ring_answer(&a->ring, &c);
		if (e)
			break;
	}
	fief_ring_server_flush(&a->ring);
	if (e == FIEF_INVALID)
		fief_warning("a client broke the protocol");
	else if (!fief_ring_server_sleep(&a->ring))
		fief_signal_local_submit(self);
}

static enum fief_err memory_alloc(struct adder *a, uint32_t entries)
{
	const size_t bytes = fief_ring_bytes(entries);
	enum fief_err e;

	if (!bytes)
		return FIEF_INVALID;
	e = fief_budget_take(&a->base.budget, 0, 1); /* the bell */
	if (e)
		return e;
	e = fief_attached_ram_init(&a->memory, &a->base.ram.ram, bytes);
	if (!e)
		e = fief_signal_manage(m.env->ep, &a->bell);
	if (e) {
		fief_attached_ram_fini(&a->memory);
		fief_budget_give(&a->base.budget, 0, 1);
	}
	return e;
}

static enum fief_err op_open(struct fief_rpc_obj *self, uint32_t entries,
                             struct signal_cap bell, struct dataspace_cap *ds,
                             struct signal_cap *ours)
{
	struct adder *a = FIEF_SESSION_OF(self, struct adder);
	enum fief_err e = FIEF_CONFLICT;

	if (!a->memory.ram) {
		a->bell.handle = on_bell;
		e = memory_alloc(a, entries);
	}
	if (!e)
		e = fief_ring_init(&a->ring, a->memory.addr, a->memory.bytes,
		                   entries, bell.cap);
	if (e) {
		fief_kif->drop(bell.cap, 1);
		return e;
	}
	a->peer = bell.cap;
	ds->cap = a->memory.ds;
	ours->cap = a->bell.cap;
	return FIEF_OK;
}

static const struct ring_ops ring_ops = { .open = op_open };

static void adder_fini(struct fief_service_session *s)
{
	struct adder *a = (struct adder *)s;

	fief_signal_dissolve(m.env->ep, &a->bell);
	fief_attached_ram_fini(&a->memory);
	fief_kif->drop(a->peer, 1);
}

void fief_component_construct(struct fief_env *env)
{
	enum fief_err e;

	m.env = env;
	m.service = (struct fief_service){
		.name = RING_SERVICE,
		.type = &ring_rpc_type,
		.ops = &ring_ops,
		.size = sizeof(struct adder),
		.fini = adder_fini,
	};
	e = fief_root_init(&m.root, env);
	if (!e)
		e = fief_root_announce(&m.root, &m.service);
	if (e) {
		fief_error("cannot provide Ring: %s", fief_err_text(e));
		fief_exit(env, 1);
	}
}
