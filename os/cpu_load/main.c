/* SPDX-License-Identifier: MIT */
/* Reports how much CPU time each component used. */

#include <fief/config.h>
#include <fief/kif_table.h>
#include <fief/log.h>
#include <fief/reporter.h>
#include <fief/timeout.h>
#include <session/cpu.h>

#include "load.h"

enum {
	PERIOD_DEFAULT_MS = 1000,
	PERIOD_MIN_MS = 10,
	PERIOD_MAX_MS = 3600 * 1000,
	COMPONENTS_DEFAULT = 1000,
	COMPONENTS_MAX = 100000,
	US_PER_MS = 1000,
	NS_PER_US = 1000,
};

static struct main {
	struct fief_env *env;
	struct fief_config config;
	struct fief_session cpu;
	struct fief_timeouts timeouts;
	struct fief_timeout period;
	struct fief_reporter reporter;
	struct load load;
	uint64_t sampled_ns, interval_ns; /* the last sample */
	uint64_t left_out;                /* components, of it */
} m;

/* ---- sample ---- */

static void sample(void)
{
	const struct cpu_cap cpu = { m.cpu.cap };
	const uint64_t now = fief_kif->time();
	struct cpu_time_reply r;
	uint32_t after = 0;

	m.interval_ns = now - m.sampled_ns;
	m.sampled_ns = now;
	m.left_out = 0;
	load_begin(&m.load);
	/* Numbers count up; who serves CPU may not be core. */
	for (; !cpu_time(cpu, after, &r) && r.pd > after; after = r.pd)
		if (load_add(&m.load, r.pd, r.label.s, r.label.len, r.ns))
			m.left_out++;
	load_end(&m.load);
}

/* ---- report ---- */

static void fill_entry(struct node_gen *g, const struct load_entry *e)
{
	const uint64_t tenths =
		m.interval_ns / 1000 ? e->used / (m.interval_ns / 1000) : 0;
	char percent[32];
	struct fmt f;

	fmt_init(&f, percent, sizeof(percent));
	fmt_add(&f, "%llu.%llu", (unsigned long long)(tenths / 10),
	        (unsigned long long)(tenths % 10));
	node_gen_open(g, "component");
	node_gen_attr(g, "label", e->label.text);
	node_gen_attr_u64(g, "id", e->number);
	node_gen_attr(g, "percent", percent);
	node_gen_attr_u64(g, "used_us", e->used / NS_PER_US);
	node_gen_attr_u64(g, "total_us", e->ns / NS_PER_US);
	node_gen_close(g);
}

static void fill(struct node_gen *g, const void *ctx)
{
	(void)ctx;
	node_gen_open(g, "load");
	node_gen_attr_u64(g, "interval_us", m.interval_ns / NS_PER_US);
	if (m.left_out)
		node_gen_attr_u64(g, "left_out", m.left_out);
	LIST_FOR_EACH(e, &m.load.entries, struct load_entry, elem)
		fill_entry(g, e);
	node_gen_close(g);
}

static void on_period(struct fief_timeout *self, uint64_t late_ns)
{
	enum fief_err e;

	(void)self, (void)late_ns;
	sample();
	e = fief_reporter_generate(&m.reporter, fill, NULL);
	if (e)
		fief_error("no report: %s", fief_err_text(e));
}

/* ---- start ---- */

static uint64_t number(const char *name, uint64_t fallback, uint64_t min,
                       uint64_t max)
{
	struct node_error fault;
	uint64_t n = fallback;

	if (node_attr_u64(m.config.root, name, fallback, &fault, &n))
		fief_warning("config: %s", fault.text);
	if (n >= min && n <= max)
		return n;
	fief_warning("config: %s is not from %llu to %llu", name,
	             (unsigned long long)min, (unsigned long long)max);
	return fallback;
}

static enum fief_err sessions_open(struct fief_env *env)
{
	const struct fief_session_args cpu = { .service = CPU_SERVICE,
		                               .label = "load",
		                               .ram = CPU_RAM_QUOTA,
		                               .caps = CPU_CAP_QUOTA };
	enum fief_err e = fief_session_open(env, &cpu, &m.cpu);

	if (!e)
		e = fief_timeouts_open(&m.timeouts, env);
	if (!e)
		e = fief_reporter_open(
			&m.reporter, env,
			node_attr(m.config.root, "report", "cpu_load"));
	return e;
}

void fief_component_construct(struct fief_env *env)
{
	enum fief_err e = fief_config_open(env, &m.config);

	m.env = env;
	m.load.alloc = env->heap;
	if (!e)
		e = sessions_open(env);
	if (e) {
		fief_error("cannot start: %s", fief_err_text(e));
		fief_exit(env, 1);
	}
	m.load.max =
		(unsigned)number("max", COMPONENTS_DEFAULT, 1, COMPONENTS_MAX);
	m.period.handle = on_period;
	sample(); /* what is counted from */
	fief_timeout_periodic(&m.timeouts, &m.period,
	                      number("period_ms", PERIOD_DEFAULT_MS,
	                             PERIOD_MIN_MS, PERIOD_MAX_MS) *
	                              US_PER_MS);
}
