/* SPDX-License-Identifier: MIT */
/* The driver: plan, steps, comparison with the model. */

#include "driver.h"

#include <stdarg.h>

#include <fief/kif_table.h>
#include <fief/log.h>
#include <lib/fmt.h>
#include <session/pd.h>

enum { ROUNDS_MAX = 5 };

struct driver d;

void fail(const char *format, ...)
{
	char line[300];
	va_list args;
	struct fmt f;

	d.failed = true;
	fmt_init(&f, line, sizeof(line));
	va_start(args, format);
	fmt_add_args(&f, format, args);
	va_end(args);
	fief_log("FAIL: %s", line);
}

void expect(enum fief_err found, enum fief_err expected, const char *what)
{
	if (found != expected)
		fail("%s: %s, expected %s", what, fief_err_name(found),
		     fief_err_name(expected));
}

/* ---- random numbers: a step's do not depend on the steps before ---- */

static uint64_t mix(uint64_t x)
{
	x += 0x9e3779b97f4a7c15u;
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
	x = (x ^ x >> 27) * 0x94d049bb133111ebu;
	return x ^ x >> 31;
}

uint64_t dice(uint64_t n)
{
	d.rng = mix(d.rng);
	return n ? (d.rng >> 16) % n : 0;
}

/* ---- comparison ---- */

static void check_limits(const struct node *n, const struct account *a)
{
	if (a->ram != n->limit.ram || a->caps != n->limit.caps)
		fail("node %u has %llu RAM and %u caps, expected %llu and %u",
		     node_number(n), (unsigned long long)a->ram, a->caps,
		     (unsigned long long)n->limit.ram, n->limit.caps);
	if (a->ram_used > a->ram || a->caps_used > a->caps)
		fail("node %u uses %llu of %llu RAM, %u of %u caps",
		     node_number(n), (unsigned long long)a->ram_used,
		     (unsigned long long)a->ram, a->caps_used, a->caps);
}

/* What the driver took in its name; a component in it may use more. */
static void check_used(const struct node *n, const struct account *a)
{
	uint64_t ram = 0;
	uint32_t caps = 0;

	for (unsigned i = 0; i < DS_MAX; i++) {
		ram += n->bytes[i];
		caps += n->bytes[i] != 0;
	}
	if (a->ram_used < ram || a->caps_used < caps ||
	    (!n->started && n != &d.node[0] &&
	     (a->ram_used != ram || a->caps_used != caps)))
		fail("node %u uses %llu RAM and %u caps, expected %llu and %u",
		     node_number(n), (unsigned long long)a->ram_used,
		     a->caps_used, (unsigned long long)ram, caps);
}

static void check(void)
{
	struct quota sum = d.held;

	for (unsigned i = 0; i < NODES; i++) {
		const struct node *n = &d.node[i];
		struct account a;

		if (n->pd == FIEF_CAP_NULL)
			continue;
		a = node_account(n);
		check_limits(n, &a);
		check_used(n, &a);
		sum.ram += a.ram;
		sum.caps += a.caps;
	}
	if (sum.ram != d.total.ram || sum.caps != d.total.caps)
		fail("the sum is %llu RAM and %u caps, at first it was %llu "
		     "and %u",
		     (unsigned long long)sum.ram, sum.caps,
		     (unsigned long long)d.total.ram, d.total.caps);
}

/* ---- the run ---- */

static bool left_out(uint64_t step)
{
	for (uint64_t i = 0; i < d.plan.pairs; i++)
		if (step >= d.plan.leave_out[i][0] &&
		    step < d.plan.leave_out[i][1])
			return true;
	return false;
}

static void round_run(void)
{
	for (uint64_t i = 0; i < d.plan.steps && !d.failed; i++) {
		if (left_out(i))
			continue;
		d.rng = mix(d.plan.seed) ^ mix(i + 1);
		fief_log("step %llu", (unsigned long long)i);
		step_random();
		check();
	}
	if (d.failed)
		return;
	steps_end();
	check();
}

/* The driver's own tables grow to the size that a round takes, which depends
 * a little on who was faster, and never shrink. What was lost, and not just
 * grown, is more after each round. */
static void run(void)
{
	struct account before, after = { 0 };

	for (unsigned i = 0; i < ROUNDS_MAX && !d.failed; i++) {
		before = after;
		round_run();
		after = node_account(&d.node[0]);
		if (i && after.ram_used == before.ram_used &&
		    after.caps_used == before.caps_used)
			return;
	}
	if (!d.failed)
		fail("%llu RAM and %u caps in use at the end, a round before "
		     "it were %llu and %u",
		     (unsigned long long)after.ram_used, after.caps_used,
		     (unsigned long long)before.ram_used, before.caps_used);
}

static const char *number(const char *p, const char *end, uint64_t *out)
{
	while (p < end && (*p < '0' || *p > '9'))
		p++;
	for (*out = 0; p < end && *p >= '0' && *p <= '9'; p++)
		*out = *out * 10 + (uint64_t)(*p - '0');
	return p;
}

/* "SEED STEPS LIVES FAULTS CLIENTS", then pairs of steps to leave out. */
static void parse(const char *p, const char *end)
{
	struct plan *plan = &d.plan;

	p = number(p, end, &plan->seed);
	p = number(p, end, &plan->steps);
	p = number(p, end, &plan->lives);
	p = number(p, end, &plan->faults);
	p = number(p, end, &plan->clients);
	while (plan->pairs < LEAVE_OUT) {
		p = number(p, end, &plan->leave_out[plan->pairs][0]);
		p = number(p, end, &plan->leave_out[plan->pairs][1]);
		if (!plan->leave_out[plan->pairs][1])
			break;
		plan->pairs++;
	}
}

static void died(struct fief_signal_handler *self, unsigned count)
{
	(void)self, (void)count; /* only wakes who waits */
}

static enum fief_err prepare(struct fief_env *env)
{
	struct fief_rom plan;
	struct account a;
	enum fief_err e;

	d.env = env;
	d.next_id = 1000;
	d.death.handle = died;
	e = fief_rom_open(env, "plan", &plan);
	if (e)
		return e;
	parse(plan.data, plan.data + plan.size);
	fief_rom_close(&plan);
	e = fief_rom_open(env,
	                  d.plan.clients ? "property-caller" : "property-child",
	                  &d.binary);
	if (!e)
		e = fief_signal_manage(env->ep, &d.death);
	if (e)
		return e;
	d.node[0].pd = env->pd;
	d.node[0].started = true;
	a = node_account(&d.node[0]);
	d.node[0].limit = d.total = (struct quota){ a.ram, a.caps };
	return FIEF_OK;
}

static void work(void)
{
	if (d.plan.clients)
		endpoints_run();
	else if (d.plan.lives)
		lives_run();
	else if (d.plan.faults == 1)
		faults_run();
	else if (d.plan.faults)
		faults_once();
	else
		run();
}

void fief_component_construct(struct fief_env *env)
{
	expect(prepare(env), FIEF_OK, "preparation");
	if (!d.failed)
		work();
	fief_log("end: %s", d.failed ? "failed" : "passed");
	fief_exit(env, d.failed);
}
