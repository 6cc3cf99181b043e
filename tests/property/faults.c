/* SPDX-License-Identifier: MIT */
/* The same small life again and again, and each time another allocation of
 * core fails. What must be seen from here: an error, and all of it is back. */

#include <fief/entrypoint_loop.h>
#include <fief/kif_table.h>
#include <fief/log.h>
#include <lib/fmt.h>
#include <session/cpu.h>
#include <session/log.h>
#include <session/pd.h>
#include <session/rom.h>

#include "driver.h"

enum { WARM_UP = 4, FAULTS_MAX = 4000, REST_NS = 4000000 };

/* The first error counts. */
static void note(enum fief_err *first, enum fief_err e)
{
	if (!*first)
		*first = e;
}

static void use_session(enum fief_err *e, const char *service,
                        const char *label, struct quota q)
{
	const struct fief_session_args args = {
		.service = service, .label = label, .ram = q.ram, .caps = q.caps
	};
	struct dataspace_cap ds;
	struct fief_session s;
	enum fief_err opened = fief_session_open(d.env, &args, &s);
	uint64_t size;

	note(e, opened);
	if (opened)
		return;
	if (service[0] == 'R') {
		opened = rom_dataspace((struct rom_cap){ s.cap }, &ds, &size);
		note(e, opened);
		if (!opened)
			fief_kif->drop(ds.cap, 1);
	}
	note(e, fief_session_upgrade(d.env, &s, 4096, 1));
	fief_session_close(d.env, &s);
}

static void live(struct node *n, enum fief_err *e)
{
	static const uint64_t page[2] = { KIF_PAGE, 0 };
	struct dataspace_cap ds;
	enum fief_err got;

	got = pd_start((struct pd_cap){ n->pd },
	               (struct dataspace_cap){ d.binary.ds },
	               (struct parent_cap){ n->parent.cap },
	               (struct cpu_cap){ FIEF_CAP_NULL },
	               (struct log_cap){ FIEF_CAP_NULL });
	note(e, got);
	n->started = !got;
	if (!got) {
		note(e, node_order(n, ORDER_ALLOC, page, 0));
		note(e, node_order(n, ORDER_MAP, page, 0));
		note(e, node_order(n, ORDER_TRANSFER, page, d.env->pd));
		note(e, node_order(n, ORDER_FREE, page, 0));
	}
	got = pd_alloc_ram((struct pd_cap){ n->pd }, 8192, &ds);
	note(e, got);
	if (!got)
		fief_kif->drop(ds.cap, 1);
}

static void end(struct node *n, enum fief_err *e)
{
	if (n->started && !n->dead) {
		note(e, pd_stop((struct pd_cap){ n->pd }));
		n->asks = false;
		node_settle(n);
	}
	node_close(n);
}

static enum fief_err scenario(void)
{
	const struct quota q = { PD_RAM_QUOTA + (512 << 10),
		                 PD_CAP_QUOTA + 40 };
	struct node *n = &d.node[1];
	enum fief_err e = FIEF_OK, opened = node_open(n, q);

	note(&e, opened);
	if (!opened) {
		live(n, &e);
		end(n, &e);
	}
	use_session(&e, ROM_SERVICE, "plan",
	            (struct quota){ ROM_RAM_QUOTA, ROM_CAP_QUOTA });
	use_session(&e, LOG_SERVICE, "log",
	            (struct quota){ LOG_RAM_QUOTA, LOG_CAP_QUOTA });
	use_session(&e, CPU_SERVICE, "cpu",
	            (struct quota){ CPU_RAM_QUOTA, CPU_CAP_QUOTA });
	return e;
}

/* Past the LOG session, which is not where core listens for it. */
static void order(const char *what, unsigned n)
{
	char line[40];
	struct fmt f;

	fmt_init(&f, line, sizeof(line));
	fmt_add(&f, "fault %s %u\n", what, n);
	fief_kif->log(line, f.len);
}

static bool fired(void)
{
	const struct fief_session_args args = { .service = ROM_SERVICE,
		                                .label = "fault-fired",
		                                .ram = ROM_RAM_QUOTA,
		                                .caps = ROM_CAP_QUOTA };
	struct fief_session s;

	if (fief_session_open(d.env, &args, &s))
		return false;
	fief_session_close(d.env, &s);
	return true;
}

static void rest(void)
{
	const uint64_t until = fief_kif->time() + REST_NS;

	while (fief_kif->time() < until)
		fief_entrypoint_step(d.env->ep, until);
	order("live", 0);
}

void faults_run(void)
{
	struct account before, after;
	bool more = true;
	enum fief_err e;

	for (unsigned i = 0; i < WARM_UP; i++)
		expect(scenario(), FIEF_OK, "without a fault");
	rest();
	before = node_account(&d.node[0]);
	for (unsigned n = 1; more && n < FAULTS_MAX && !d.failed; n++) {
		order("arm", n);
		e = scenario();
		order("off", 0);
		more = fired();
		fief_log("result %u: %s", n, fief_err_name(e));
		rest();
		after = node_account(&d.node[0]);
		if (after.ram != before.ram || after.caps != before.caps ||
		    after.ram_used != before.ram_used ||
		    after.caps_used != before.caps_used)
			fail("fault %u: books", n);
	}
	expect(scenario(), FIEF_OK, "after all faults");
}

/* Core was armed before it started: whatever comes, it must come soon. */
void faults_once(void)
{
	fief_log("result 0: %s", fief_err_name(scenario()));
	d.failed = false;
}
