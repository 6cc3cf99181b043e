/* SPDX-License-Identifier: MIT */
/* PDs of the tree, and the components in them. */

#include <fief/entrypoint_loop.h>
#include <fief/kif_table.h>
#include <fief/log.h>
#include <lib/mem.h>
#include <session/cpu.h>
#include <session/log.h>
#include <session/parent.h>
#include <session/pd.h>
#include <session/rom.h>

#include "driver.h"

enum { PATIENCE_NS = 1000000000 };

struct account node_account(const struct node *n)
{
	struct account a = { 0 };

	expect(pd_quota((struct pd_cap){ n->pd }, &a.ram, &a.ram_used, &a.caps,
	                &a.caps_used),
	       FIEF_OK, "quota");
	return a;
}

struct node *node_any(void)
{
	unsigned n = 0, which;

	for (unsigned i = 0; i < NODES; i++)
		n += d.node[i].pd != FIEF_CAP_NULL;
	which = (unsigned)dice(n);
	for (unsigned i = 0; i < NODES; i++)
		if (d.node[i].pd != FIEF_CAP_NULL && !which--)
			return &d.node[i];
	return &d.node[0];
}

struct node *node_free(void)
{
	for (unsigned i = 0; i < NODES; i++)
		if (d.node[i].pd == FIEF_CAP_NULL)
			return &d.node[i];
	return NULL;
}

/* ---- the component in it ---- */

static enum fief_err dispatch(struct fief_rpc_obj *obj, struct kif_msg *in,
                              struct kif_msg *out)
{
	struct node *n = FIEF_CONTAINER_OF(obj, struct node, parent);

	fief_rpc_drop_caps(in);
	out->len = 8;
	out->ncaps = 0;
	out->label = FIEF_UNSUPPORTED;
	if (in->label != PROPERTY_NEXT || n->asks)
		return FIEF_OK;
	n->asks = true;
	n->result = fief_err_from_wire((uint32_t)in->data[0]);
	n->token = fief_entrypoint_token(d.env->ep);
	return FIEF_LATE;
}

static const struct fief_rpc_type parent_type = { "Property", 1, dispatch };

static bool dead(const struct node *n)
{
	enum pd_state state;
	int32_t code;

	if (pd_status((struct pd_cap){ n->pd }, &state, &code)) {
		fail("status of node %u", node_number(n));
		return true;
	}
	return state != PD_STATE_CREATED && state != PD_STATE_RUNNING;
}

void node_settle(struct node *n)
{
	const uint64_t end = fief_kif->time() + 10 * (uint64_t)PATIENCE_NS;

	while (n->started && !n->asks && !n->dead) {
		n->dead = dead(n);
		if (!n->dead)
			fief_entrypoint_step(d.env->ep,
			                     fief_kif->time() +
			                             PATIENCE_NS / 100);
		if (fief_kif->time() > end) {
			fail("node %u neither asks nor dies", node_number(n));
			n->dead = true;
		}
	}
}

static void answer(fief_reply token, enum order order, const uint64_t arg[2],
                   fief_cap cap)
{
	static struct kif_msg msg;

	msg = (struct kif_msg){ .label = FIEF_OK, .len = 24 };
	msg.data[0] = order;
	msg.data[1] = arg[0];
	msg.data[2] = arg[1];
	msg.cap[0] = cap;
	msg.ncaps = cap != FIEF_CAP_NULL;
	fief_rpc_reply(token, &msg);
}

void node_answer_stale(void)
{
	static const uint64_t page[2] = { KIF_PAGE, 0 };

	if (d.stale)
		answer(d.stale, ORDER_TRANSFER, page, d.env->pd);
}

void node_tell(struct node *n, enum order order, const uint64_t arg[2],
               fief_cap cap)
{
	n->asks = false;
	answer(n->token, order, arg, cap);
}

enum fief_err node_order(struct node *n, enum order order,
                         const uint64_t arg[2], fief_cap cap)
{
	node_settle(n);
	if (!n->started || n->dead || !n->asks)
		return FIEF_GONE;
	node_tell(n, order, arg, cap);
	node_settle(n);
	return n->dead ? FIEF_GONE : n->result;
}

/* ---- life ---- */

enum fief_err node_open(struct node *n, struct quota q)
{
	const struct parent_session_params p = {
		.id = ++d.next_id,
		.service = capnp_text_of(PD_SERVICE),
		.label = capnp_text_of("node"),
		.ram = q.ram,
		.caps = q.caps,
	};
	struct parent_session_results r;
	enum fief_err e;

	e = parent_session((struct parent_cap){ d.env->parent }, &p, &r);
	if (e)
		return e;
	*n = (struct node){
		.parent = { .type = &parent_type },
		.ref = &d.node[0],
		.pd = r.cap,
		.id = p.id,
		.limit = { q.ram - PD_RAM_QUOTA, q.caps - PD_CAP_QUOTA },
	};
	d.node[0].limit.ram -= q.ram;
	d.node[0].limit.caps -= q.caps;
	d.held.ram += PD_RAM_QUOTA;
	d.held.caps += PD_CAP_QUOTA;
	expect(fief_entrypoint_manage(d.env->ep, &n->parent), FIEF_OK,
	       "parent object");
	expect(pd_death_sigh((struct pd_cap){ n->pd },
	                     (struct signal_cap){ d.death.cap }),
	       FIEF_OK, "death_sigh");
	return FIEF_OK;
}

struct quota node_launch_cost(void)
{
	return (struct quota){
		CPU_RAM_QUOTA + LOG_RAM_QUOTA + ROM_RAM_QUOTA,
		CPU_CAP_QUOTA + LOG_CAP_QUOTA + ROM_CAP_QUOTA,
	};
}

/* What core holds for the sessions beside PD; the driver's account has it
 * when they are closed. */
static void launch_model(int64_t sign)
{
	const struct quota q = node_launch_cost();
	const uint64_t ram = (uint64_t)sign * q.ram;
	const uint32_t caps = (uint32_t)sign * q.caps;

	d.node[0].limit.ram -= ram;
	d.node[0].limit.caps -= caps;
	d.held.ram += ram;
	d.held.caps += caps;
}

static enum fief_err launch(struct node *n, struct quota q, uint32_t cpu_id,
                            const char *binary)
{
	const uint32_t id = d.next_id;
	const struct parent_start_child_params p = {
		.pd_id = id + 1,
		.cpu_id = cpu_id ? cpu_id : id + 2,
		.log_id = id + 3,
		.rom_id = id + 4,
		.label = capnp_text_of("node"),
		.binary = capnp_text_of(binary),
		.ram = q.ram,
		.caps = q.caps,
		.parent = { n->parent.cap },
		.death_sigh = { d.death.cap },
	};
	struct parent_start_child_results r;
	enum fief_err e;

	d.next_id += 4;
	e = parent_start_child((struct parent_cap){ d.env->parent }, &p, &r);
	if (e)
		return e;
	fief_kif->drop(r.cpu, 1);
	n->pd = r.pd;
	n->id = p.pd_id;
	n->cpu_id = p.cpu_id;
	n->log_id = p.log_id;
	n->rom_id = p.rom_id;
	return FIEF_OK;
}

enum fief_err node_launch(struct node *n, struct quota q, uint32_t cpu_id,
                          const char *binary)
{
	enum fief_err e;

	*n = (struct node){ .parent = { .type = &parent_type } };
	expect(fief_entrypoint_manage(d.env->ep, &n->parent), FIEF_OK,
	       "parent object");
	e = launch(n, q, cpu_id, binary);
	if (e) {
		fief_entrypoint_dissolve(d.env->ep, &n->parent);
		return e;
	}
	n->ref = &d.node[0];
	n->limit =
		(struct quota){ q.ram - PD_RAM_QUOTA, q.caps - PD_CAP_QUOTA };
	n->started = true;
	d.node[0].limit.ram -= q.ram;
	d.node[0].limit.caps -= q.caps;
	d.held.ram += PD_RAM_QUOTA;
	d.held.caps += PD_CAP_QUOTA;
	launch_model(1);
	return FIEF_OK;
}

static void close_one(uint32_t id)
{
	expect(parent_close((struct parent_cap){ d.env->parent }, id), FIEF_OK,
	       "close of a session");
}

/* All at once or one by one; one that is closed already spoils the first. */
static void close_sessions(const struct node *n)
{
	const struct parent_cap parent = { d.env->parent };
	const bool spoil = n->cpu_id && !dice(3);

	if (spoil)
		close_one(n->log_id);
	if (n->cpu_id) {
		launch_model(-1);
		expect(parent_close_child(parent, n->id, n->cpu_id, n->log_id,
		                          n->rom_id),
		       spoil ? FIEF_NOT_FOUND : FIEF_OK, "close of a child");
	}
	if (!n->cpu_id || spoil)
		close_one(n->id);
	if (spoil) {
		close_one(n->rom_id);
		close_one(n->cpu_id);
	}
}

void node_close(struct node *n)
{
	close_sessions(n);
	if (n->asks)
		d.stale = n->token;
	fief_entrypoint_dissolve(d.env->ep, &n->parent);
	for (unsigned i = 0; i < DS_MAX; i++)
		if (n->bytes[i])
			fief_kif->drop(n->ds[i].cap, 1);
	fief_kif->drop(n->pd, 1);
	node_move_model(n, n->ref, n->limit);
	d.node[0].limit.ram += PD_RAM_QUOTA;
	d.node[0].limit.caps += PD_CAP_QUOTA;
	d.held.ram -= PD_RAM_QUOTA;
	d.held.caps -= PD_CAP_QUOTA;
	for (unsigned i = 0; i < NODES; i++)
		if (d.node[i].ref == n)
			d.node[i].ref = n->ref;
	*n = (struct node){ 0 };
}

/* ---- the model's books ---- */

bool node_may_move(const struct node *who, const struct node *from,
                   const struct node *to)
{
	const bool from_child = from->ref == who, to_child = to->ref == who;

	if (from == to)
		return false;
	if (from == who)
		return to_child || who->ref == to;
	return from_child && (to == who || to_child);
}

void node_move_model(struct node *from, struct node *to, struct quota q)
{
	from->limit.ram -= q.ram;
	from->limit.caps -= q.caps;
	to->limit.ram += q.ram;
	to->limit.caps += q.caps;
}
