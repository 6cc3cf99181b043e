/* SPDX-License-Identifier: MIT */
/* Component lives without end: each PD is opened, started, used, ended in one
 * of five ways and closed. `leaks` looks at core and init from outside while
 * the driver rests. */

#include <fief/entrypoint_loop.h>
#include <fief/kif_table.h>
#include <fief/log.h>
#include <session/pd.h>

#include "driver.h"

enum { REST_NS = 400000000, ALLOCS = 24 };

static const struct quota donation = { PD_RAM_QUOTA + (512 << 10),
	                               PD_CAP_QUOTA + 40 };

/* Some exit before core was told which process they are: a normal end, too. */
static void end_exit(struct node *n)
{
	enum pd_state state = PD_STATE_CREATED;
	int32_t code = 0;

	expect(node_order(n, ORDER_EXIT, (const uint64_t[2]){ 7, 0 }, 0),
	       FIEF_GONE, "exit");
	expect(pd_status((struct pd_cap){ n->pd }, &state, &code), FIEF_OK,
	       "status");
	if (state != PD_STATE_EXITED || code != 7)
		fail("a PD that exits with 7 has state %u, code %d",
		     (unsigned)state, (int)code);
}

static void end_crash(struct node *n)
{
	expect(node_order(n, ORDER_CRASH, (const uint64_t[2]){ 0, 0 }, 0),
	       FIEF_GONE, "crash");
}

static void end_kill(struct node *n)
{
	expect(pd_stop((struct pd_cap){ n->pd }), FIEF_OK, "stop");
	while (!n->dead) {
		n->asks = false;
		node_settle(n);
	}
}

static void end_close(struct node *n)
{
	(void)n; /* it runs when its session is closed */
}

/* The PD allocates, so does the driver in its name, and neither frees. It gets
 * more descriptors unasked for than its kif keeps, and maps the last one. */
static void use(struct node *n)
{
	static const uint64_t page[2] = { KIF_PAGE, 0 };
	struct dataspace_cap ds;

	node_settle(n);
	for (unsigned i = 0; i < ALLOCS; i++)
		expect(node_order(n, ORDER_ALLOC, page, 0), FIEF_OK, "alloc");
	expect(node_order(n, ORDER_MAP, page, 0), FIEF_OK, "map");
	expect(node_order(n, ORDER_TRANSFER, page, d.env->pd), FIEF_OK,
	       "transfer");
	expect(pd_alloc_ram((struct pd_cap){ n->pd }, 8192, &ds), FIEF_OK,
	       "alloc by the parent");
	fief_kif->drop(ds.cap, 1);
}

static void life(uint64_t number)
{
	static void (*const end[])(struct node *) = {
		end_exit, end_kill, end_close, end_crash, end_close,
	};
	const unsigned kind = (unsigned)(number % (sizeof(end) / sizeof(*end)));
	const bool brief = !(number % 10); /* its exit comes first */
	struct node *n = &d.node[1];

	expect(node_open(n, donation), FIEF_OK, "open");
	if (d.failed)
		return;
	expect(pd_start((struct pd_cap){ n->pd },
	                (struct dataspace_cap){ d.binary.ds },
	                (struct parent_cap){ n->parent.cap },
	                (struct cpu_cap){ FIEF_CAP_NULL },
	                (struct log_cap){ FIEF_CAP_NULL }),
	       FIEF_OK, "start");
	n->started = true;
	if (kind != 2 &&
	    !brief) /* that one is closed before it has done anything */
		use(n);
	end[kind](n);
	node_close(n);
}

struct account lives_rest(uint64_t lives)
{
	const uint64_t end = fief_kif->time() + REST_NS;
	struct account a;

	fief_log("rest %llu", (unsigned long long)lives);
	while (fief_kif->time() < end)
		fief_entrypoint_step(d.env->ep, end);
	a = node_account(&d.node[0]);
	fief_log("books %llu %llu %u %u", (unsigned long long)a.ram,
	         (unsigned long long)a.ram_used, a.caps, a.caps_used);
	return a;
}

void lives_run(void)
{
	const uint64_t batch = d.plan.lives / 4;

	for (uint64_t i = 1; i <= d.plan.lives && !d.failed; i++) {
		life(i);
		if (i % batch == 0)
			lives_rest(i);
	}
}
