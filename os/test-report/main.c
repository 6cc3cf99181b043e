/* SPDX-License-Identifier: MIT */
/* Publishes a report that changes, grows beyond its buffer, and ends. */

#include <fief/log.h>
#include <fief/reporter.h>
#include <fief/timeout.h>

enum { PERIOD_US = 100000, ROUNDS = 4, GROWN = 200 };

static struct main {
	struct fief_env *env;
	struct fief_timeouts timeouts;
	struct fief_timeout timeout;
	struct fief_reporter reporter;
	unsigned round;
} m;

/* The third round has content for some KiB. */
static void fill(struct node_gen *g, const void *ctx)
{
	const unsigned items = m.round == 3 ? GROWN : 0;

	(void)ctx;
	node_gen_open(g, "state");
	node_gen_attr_u64(g, "round", m.round);
	for (unsigned i = 0; i < items; i++) {
		node_gen_open(g, "item");
		node_gen_attr_u64(g, "number", i);
		node_gen_attr(g, "text", "makes the report longer");
		node_gen_close(g);
	}
	node_gen_close(g);
}

static void on_timeout(struct fief_timeout *self, uint64_t late_ns)
{
	enum fief_err e;

	(void)late_ns;
	m.round++;
	e = fief_reporter_generate(&m.reporter, fill, NULL);
	if (e)
		fief_error("report: %s", fief_err_text(e));
	if (m.round < ROUNDS)
		return;
	fief_timeout_cancel(&m.timeouts, self);
	fief_reporter_close(&m.reporter);
	fief_log("done");
}

void fief_component_construct(struct fief_env *env)
{
	enum fief_err e = fief_timeouts_open(&m.timeouts, env);

	m.env = env;
	if (!e)
		e = fief_reporter_open(&m.reporter, env, "state");
	if (e) {
		fief_error("cannot start: %s", fief_err_text(e));
		fief_exit(env, 1);
	}
	m.timeout.handle = on_timeout;
	fief_timeout_periodic(&m.timeouts, &m.timeout, PERIOD_US);
}
