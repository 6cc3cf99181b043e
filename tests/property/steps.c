/* SPDX-License-Identifier: MIT */
/* What can happen in a step. Each step decides at random, tells what it does
 * and what must come of it. */

#include <fief/kif_table.h>
#include <fief/log.h>
#include <session/cpu.h>
#include <session/log.h>
#include <session/parent.h>
#include <session/pd.h>
#include <session/rom.h>

#include "driver.h"

enum { HUGE_SHIFT = 44, CAPS_HUGE = 1 << 24 };

static struct parent_cap parent(void)
{
	return (struct parent_cap){ d.env->parent };
}

static struct pd_cap pd(const struct node *n)
{
	return (struct pd_cap){ n->pd };
}

static enum fief_err tell(const struct node *n, const char *what,
                          struct quota q, enum fief_err e)
{
	fief_log("  node %u: %s, %llu RAM, %u caps: %s", node_number(n), what,
	         (unsigned long long)q.ram, q.caps, fief_err_name(e));
	return e;
}

/* ---- amounts ---- */

static struct quota available(const struct node *n)
{
	const struct account a = node_account(n);

	return (struct quota){ a.ram - a.ram_used, a.caps - a.caps_used };
}

/* What is certain to be there or certain not to be: of the driver's own
 * account an eighth at most, since its kif may take some in between. */
static struct quota amount(const struct node *from)
{
	struct quota q = available(from);

	if (from == &d.node[0]) {
		q.ram /= 8;
		q.caps /= 8;
	}
	switch (dice(8)) {
	case 0:
		return (struct quota){ (uint64_t)1 << HUGE_SHIFT, 0 };
	case 1:
		return (struct quota){ 0, CAPS_HUGE };
	case 2:
		return q;
	case 3:
		return (struct quota){ 0, 0 };
	default:
		return (struct quota){ dice(q.ram + 1),
			               (uint32_t)dice(q.caps + 1) };
	}
}

static enum fief_err payable(const struct node *from, struct quota q)
{
	const struct quota have = available(from);

	return q.ram > have.ram   ? FIEF_OUT_OF_RAM :
	       q.caps > have.caps ? FIEF_OUT_OF_CAPS :
	                            FIEF_OK;
}

/* ---- sessions ---- */

static void step_open(void)
{
	struct node *n = node_free();
	struct quota q = amount(&d.node[0]);
	enum fief_err expected = payable(&d.node[0], q);

	if (!n)
		return;
	if (dice(4)) {
		q.ram += PD_RAM_QUOTA;
		q.caps += PD_CAP_QUOTA;
		expected = payable(&d.node[0], q);
	} else if (q.ram < PD_RAM_QUOTA) {
		expected = FIEF_INSUFFICIENT_RAM;
	} else if (q.caps < PD_CAP_QUOTA) {
		expected = FIEF_INSUFFICIENT_CAPS;
	}
	expect(tell(n, "open", q, node_open(n, q)), expected, "open");
}

static enum fief_err launch_expected(struct quota q, uint32_t cpu_id,
                                     const char *binary)
{
	const struct quota more = node_launch_cost();
	const struct quota all = { q.ram + more.ram, q.caps + more.caps };

	return *binary == 'n'        ? FIEF_NOT_FOUND :
	       cpu_id                ? FIEF_CONFLICT :
	       q.ram < PD_RAM_QUOTA  ? FIEF_INSUFFICIENT_RAM :
	       q.caps < PD_CAP_QUOTA ? FIEF_INSUFFICIENT_CAPS :
	                               payable(&d.node[0], all);
}

/* All that a component starts with, at once: as opened one by one. */
static void step_launch(void)
{
	const char *binary = dice(6) ? "property-child" : "no-such-module";
	struct node *n = node_free(), *other = node_any();
	/* One that is in use, or of the others. */
	const uint32_t cpu_id = dice(6)   ? 0 :
	                        other->id ? other->id :
	                                    d.next_id + 4;
	struct quota q = amount(&d.node[0]);
	enum fief_err e;

	if (!n)
		return;
	if (dice(4)) {
		q.ram += PD_RAM_QUOTA;
		q.caps += PD_CAP_QUOTA;
	}
	e = node_launch(n, q, cpu_id, binary);
	expect(tell(n, "launch", q, e), launch_expected(q, cpu_id, binary),
	       "launch");
	if (!e && dice(4))
		node_settle(n);
}

static void step_close(void)
{
	struct node *n = node_any();

	if (n == &d.node[0])
		return;
	tell(n, "close", n->limit, FIEF_OK);
	node_close(n);
}

static void step_upgrade(void)
{
	struct node *n = node_any();
	const struct quota q = amount(&d.node[0]);
	const enum fief_err expected =
		n->id ? payable(&d.node[0], q) : FIEF_NOT_FOUND;
	enum fief_err e = parent_upgrade(parent(), n->id, q.ram, q.caps);

	expect(tell(n, "upgrade", q, e), expected, "upgrade");
	if (!e)
		node_move_model(&d.node[0], n, q);
}

static void extra_open(struct extra *x)
{
	static const struct {
		const char *service;
		struct quota min;
	} table[] = {
		{ ROM_SERVICE, { ROM_RAM_QUOTA, ROM_CAP_QUOTA } },
		{ LOG_SERVICE, { LOG_RAM_QUOTA, LOG_CAP_QUOTA } },
		{ CPU_SERVICE, { CPU_RAM_QUOTA, CPU_CAP_QUOTA } },
	};
	const unsigned kind = (unsigned)dice(3);
	const struct parent_session_params p = {
		.id = ++d.next_id,
		.service = capnp_text_of(table[kind].service),
		.label = capnp_text_of(dice(5) ? "plan" : "no-such-module"),
		.ram = table[kind].min.ram + dice(4096),
		.caps = table[kind].min.caps + (uint32_t)dice(4),
	};
	enum fief_err expected =
		kind || p.label.len == 4 ? FIEF_OK : FIEF_DENIED;
	struct parent_session_results r;
	enum fief_err e = parent_session(parent(), &p, &r);

	fief_log("  %s: %s", table[kind].service, fief_err_name(e));
	expect(e, expected, "session");
	if (e)
		return;
	*x = (struct extra){ r.cap, p.id, { p.ram, p.caps } };
	d.node[0].limit.ram -= p.ram;
	d.node[0].limit.caps -= p.caps;
	d.held.ram += p.ram;
	d.held.caps += p.caps;
}

static void extra_close(struct extra *x)
{
	expect(parent_close(parent(), x->id), FIEF_OK, "close of a session");
	expect(parent_close(parent(), x->id), FIEF_NOT_FOUND, "close again");
	fief_kif->drop(x->cap, 1);
	d.node[0].limit.ram += x->held.ram;
	d.node[0].limit.caps += x->held.caps;
	d.held.ram -= x->held.ram;
	d.held.caps -= x->held.caps;
	*x = (struct extra){ 0 };
}

static void extra_upgrade(struct extra *x)
{
	const struct quota q = { dice(8192), (uint32_t)dice(4) };

	expect(parent_upgrade(parent(), x->id, q.ram, q.caps), FIEF_OK,
	       "upgrade of a session");
	d.node[0].limit.ram -= q.ram;
	d.node[0].limit.caps -= q.caps;
	d.held.ram += q.ram;
	d.held.caps += q.caps;
	x->held.ram += q.ram;
	x->held.caps += q.caps;
}

static void step_extra(void)
{
	struct extra *x = &d.extra[dice(EXTRAS)];

	if (x->cap == FIEF_CAP_NULL)
		extra_open(x);
	else if (dice(2))
		extra_upgrade(x);
	else
		extra_close(x);
}

/* ---- the tree and its accounts ---- */

static void step_reference(void)
{
	struct node *n = node_any(), *to = node_any();
	const bool may = n != to && n->id && !n->started && n->ref == to->ref;
	enum fief_err e = pd_reference(pd(n), pd(to));

	fief_log("  node %u below %u: %s", node_number(n), node_number(to),
	         fief_err_name(e));
	expect(e, may ? FIEF_OK : FIEF_DENIED, "reference");
	if (!e)
		n->ref = to;
}

static void step_transfer(void)
{
	struct node *n = node_any();
	/* Relatives more often than chance would have it. */
	struct node *to = dice(2) && n->ref ? n->ref : node_any();
	const struct quota q = amount(n);
	const enum fief_err expected =
		node_may_move(n, n, to) ? payable(n, q) : FIEF_DENIED;
	enum fief_err e = pd_transfer(pd(n), pd(to), q.ram, q.caps);

	fief_log("  to %u", node_number(to));
	expect(tell(n, "transfer", q, e), expected, "transfer");
	if (!e)
		node_move_model(n, to, q);
}

static void step_move(void)
{
	struct node *from = node_any(), *to = node_any();
	struct node *who = dice(2) && from->ref ? from->ref : node_any();
	const struct quota q = amount(from);
	const enum fief_err expected =
		node_may_move(who, from, to) ? payable(from, q) : FIEF_DENIED;
	enum fief_err e = pd_move(pd(who), pd(from), pd(to), q.ram, q.caps);

	fief_log("  by %u to %u", node_number(who), node_number(to));
	expect(tell(from, "move", q, e), expected, "move");
	if (!e)
		node_move_model(from, to, q);
}

/* ---- dataspaces ---- */

static void step_alloc(void)
{
	struct node *n = node_any();
	const unsigned i = (unsigned)dice(DS_MAX);
	const uint64_t bytes = amount(n).ram;
	const struct quota q = { (bytes + KIF_PAGE - 1) / KIF_PAGE * KIF_PAGE,
		                 1 };
	const enum fief_err expected = bytes ? payable(n, q) : FIEF_INVALID;
	enum fief_err e;

	if (n->bytes[i])
		return;
	e = pd_alloc_ram(pd(n), bytes, &n->ds[i]);
	expect(tell(n, "alloc", q, e), expected, "alloc");
	if (!e)
		n->bytes[i] = q.ram;
}

static void step_free(void)
{
	struct node *n = node_any(), *wrong = node_any();
	const unsigned i = (unsigned)dice(DS_MAX);

	if (!n->bytes[i])
		return;
	if (dice(2))
		expect(pd_seal(pd(n), n->ds[i]), FIEF_OK, "seal");
	if (n != wrong)
		expect(pd_free_ram(pd(wrong), n->ds[i]), FIEF_NOT_FOUND,
		       "free at another PD");
	tell(n, "free", (struct quota){ n->bytes[i], 1 }, FIEF_OK);
	expect(pd_free_ram(pd(n), n->ds[i]), FIEF_OK, "free");
	expect(pd_free_ram(pd(n), n->ds[i]), FIEF_NOT_FOUND, "free again");
	fief_kif->drop(n->ds[i].cap, 1);
	n->bytes[i] = 0;
}

/* ---- components ---- */

static void step_start(void)
{
	struct node *n = node_any();
	const struct extra *x = &d.extra[dice(EXTRAS)]; /* CPU, or is not */
	const enum fief_err expected = n->started ? FIEF_CONFLICT : FIEF_OK;
	enum fief_err e = pd_start(pd(n), (struct dataspace_cap){ d.binary.ds },
	                           (struct parent_cap){ n->parent.cap },
	                           (struct cpu_cap){ x->cap },
	                           (struct log_cap){ FIEF_CAP_NULL });

	expect(tell(n, "start", n->limit, e), expected, "start");
	if (e)
		return;
	n->started = true;
	if (dice(4)) /* else it may be closed or killed before it runs */
		node_settle(n);
}

static void step_kill(void)
{
	struct node *n = node_any();

	if (n == &d.node[0])
		return;
	tell(n, "kill", n->limit, pd_stop(pd(n)));
	if (!n->started || n->dead || !dice(3))
		return; /* its death is seen later */
	while (!n->dead) {
		n->asks = false; /* its call is over with it */
		node_settle(n);
	}
}

static enum order any_order(void)
{
	static const enum order often[] = {
		ORDER_ALLOC,    ORDER_ALLOC,    ORDER_ALLOC, ORDER_ALLOC,
		ORDER_MAP,      ORDER_MAP,      ORDER_FREE,  ORDER_FREE,
		ORDER_TRANSFER, ORDER_TRANSFER, ORDER_EXIT,  ORDER_CRASH,
	};

	return often[dice(sizeof(often) / sizeof(often[0]))];
}

/* Its kif may take a page of tables in the middle: only what cannot depend
 * on that is certain. */
static void step_order(void)
{
	static const char *const name[ORDER_COUNT] = { "alloc", "map",
		                                       "free",  "transfer",
		                                       "exit",  "crash" };
	struct node *n = node_any(), *to = node_any();
	const enum order order = any_order();
	struct quota q = { 0, 0 };
	uint64_t arg[2];
	enum fief_err e;

	if (n == &d.node[0] || !n->started)
		return;
	node_settle(n);
	if (order == ORDER_ALLOC || order == ORDER_TRANSFER)
		q = amount(n);
	else if (order == ORDER_EXIT)
		q.ram = dice(120);
	if (dice(2) && n->ref)
		to = n->ref;
	arg[0] = q.ram;
	arg[1] = q.caps;
	e = node_order(n, order, arg,
	               order == ORDER_TRANSFER ? to->pd : FIEF_CAP_NULL);
	fief_log("  with %u", node_number(to));
	tell(n, name[order], q, e);
	if (order != ORDER_TRANSFER || n->dead)
		return;
	if (!node_may_move(n, n, to))
		expect(e, FIEF_DENIED, "transfer by a component");
	else if (!e)
		node_move_model(n, to, q);
}

void step_random(void)
{
	static void (*const step[])(void) = {
		step_open,      step_open,     step_launch, step_close,
		step_upgrade,   step_extra,    step_extra,  step_reference,
		step_reference, step_transfer, step_move,   step_alloc,
		step_alloc,     step_free,     step_free,   step_start,
		step_start,     step_kill,     step_order,  step_order,
		step_order,     step_order,
	};

	node_answer_stale();
	step[dice(sizeof(step) / sizeof(step[0]))]();
}

void steps_end(void)
{
	const struct quota all = { 0, 0 };
	bool left = true;

	d.rng = d.plan.seed;
	while (left && !d.failed) {
		struct node *n = node_any();

		left = false;
		for (unsigned i = 1; i < NODES; i++)
			left |= d.node[i].pd != FIEF_CAP_NULL;
		if (n != &d.node[0]) {
			tell(n, "close at the end", all, FIEF_OK);
			node_close(n);
		}
	}
	for (unsigned i = 0; i < EXTRAS; i++)
		if (d.extra[i].cap != FIEF_CAP_NULL)
			extra_close(&d.extra[i]);
	for (unsigned i = 0; i < DS_MAX; i++)
		if (d.node[0].bytes[i]) {
			expect(pd_free_ram(pd(&d.node[0]), d.node[0].ds[i]),
			       FIEF_OK, "free at the end");
			fief_kif->drop(d.node[0].ds[i].cap, 1);
			d.node[0].bytes[i] = 0;
		}
}
