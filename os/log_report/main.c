/* SPDX-License-Identifier: MIT */
/* LOG sessions as a report: the last lines of each component. */

#include <assert.h>

#include <fief/config.h>
#include <fief/log.h>
#include <fief/reporter.h>
#include <fief/root.h>
#include <fief/timeout.h>
#include <lib/label.h>
#include <lib/list.h>
#include <lib/mem.h>
#include <session/log.h>

#include "lines.h"

enum {
	DELAY_DEFAULT_MS = 100,
	DELAY_MAX_MS = 3600 * 1000,
	KEEP_DEFAULT = 4,
	KEEP_MAX = 64,
	US_PER_MS = 1000,
};

/* What one component said. */
struct speaker {
	struct list_elem elem;
	struct label label;
	struct lines lines;
};

struct log_session {
	struct fief_service_session base;
	struct speaker speaker;
};

/* All of it is in the session object, which the client pays for. */
static_assert(sizeof(struct log_session) <= LOG_RAM_QUOTA, "quota");

static struct main {
	struct fief_env *env;
	struct fief_config config;
	struct fief_timeouts timeouts;
	struct fief_timeout delay;
	struct fief_reporter reporter;
	struct fief_root root;
	struct fief_service service;
	struct list speakers; /* borrowed: of open sessions */
	struct list gone;     /* owned: of closed ones, oldest first */
	uint64_t number;      /* of the last line */
	uint64_t delay_ms, keep;
} m;

/* ---- the report ---- */

static void fill_speaker(struct node_gen *g, const struct speaker *s, bool gone)
{
	struct line line;
	size_t at = 0;

	node_gen_open(g, "component");
	node_gen_attr(g, "label", s->label.text);
	if (gone)
		node_gen_attr_bool(g, "gone", true);
	if (s->lines.dropped)
		node_gen_attr_u64(g, "dropped", s->lines.dropped);
	while ((at = lines_next(&s->lines, at, &line))) {
		node_gen_open(g, "line");
		node_gen_attr_u64(g, "number", line.number);
		node_gen_text(g, line.text, line.len);
		node_gen_close(g);
	}
	node_gen_close(g);
}

static void fill(struct node_gen *g, const void *ctx)
{
	(void)ctx;
	node_gen_open(g, "log");
	LIST_FOR_EACH(s, &m.gone, struct speaker, elem)
		fill_speaker(g, s, true);
	LIST_FOR_EACH(s, &m.speakers, struct speaker, elem)
		fill_speaker(g, s, false);
	node_gen_close(g);
}

static void on_delay(struct fief_timeout *self, uint64_t late_ns)
{
	enum fief_err e = fief_reporter_generate(&m.reporter, fill, NULL);

	(void)self, (void)late_ns;
	if (e)
		fief_error("no report: %s", fief_err_text(e));
}

/* However much is written, reports come at the rate of the delay. */
static void report_later(void)
{
	if (!fief_timeout_set(&m.delay))
		fief_timeout_once(&m.timeouts, &m.delay,
		                  m.delay_ms * US_PER_MS);
}

/* ---- sessions ---- */

static enum fief_err op_write(struct fief_rpc_obj *self, struct capnp_text text)
{
	struct log_session *s = FIEF_SESSION_OF(self, struct log_session);
	const char *at = text.s, *end = text.s + text.len;

	while (at < end) {
		const char *nl = memchr(at, '\n', (size_t)(end - at));
		const char *stop = nl ? nl : end;

		lines_add(&s->speaker.lines, ++m.number, at,
		          (size_t)(stop - at));
		at = stop + 1;
	}
	report_later();
	return FIEF_OK;
}

static const struct log_ops log_ops = { .write = op_write };

static enum fief_err session_init(struct fief_service_session *base,
                                  const struct fief_service_request *request)
{
	struct log_session *s = (struct log_session *)base;
	enum fief_err e = label_set(&s->speaker.label, request->label);

	if (!e)
		list_add_last(&m.speakers, &s->speaker.elem);
	return e;
}

static void gone_drop_first(void)
{
	struct speaker *s = LIST_FIRST(&m.gone, struct speaker, elem);

	list_remove(&s->elem);
	fief_free(m.env->heap, s, sizeof(*s));
}

/* The last words of a component that ended are worth our own memory. */
static void speaker_keep(const struct speaker *s)
{
	struct speaker *kept;
	void *mem;

	while (m.gone.count && m.gone.count >= m.keep)
		gone_drop_first();
	if (!m.keep || !s->lines.used)
		return;
	if (fief_alloc(m.env->heap, sizeof(*kept), &mem)) {
		fief_warning("the lines of \"%s\" are lost: out of RAM",
		             s->label.text);
		return;
	}
	kept = mem;
	*kept = *s;
	kept->elem = (struct list_elem){ 0 };
	list_add_last(&m.gone, &kept->elem);
}

static void session_fini(struct fief_service_session *base)
{
	struct log_session *s = (struct log_session *)base;

	list_remove(&s->speaker.elem);
	speaker_keep(&s->speaker);
	report_later();
}

/* ---- start ---- */

static void number_read(const char *name, uint64_t fallback, uint64_t max,
                        uint64_t *out)
{
	struct node_error fault;

	if (node_attr_u64(m.config.root, name, fallback, &fault, out)) {
		fief_warning("config: %s", fault.text);
		*out = fallback;
	}
	if (*out > max)
		*out = max;
}

static enum fief_err start(struct fief_env *env)
{
	enum fief_err e = fief_config_open(env, &m.config);

	if (e)
		return e;
	number_read("delay_ms", DELAY_DEFAULT_MS, DELAY_MAX_MS, &m.delay_ms);
	number_read("keep", KEEP_DEFAULT, KEEP_MAX, &m.keep);
	m.delay.handle = on_delay;
	e = fief_timeouts_open(&m.timeouts, env);
	if (!e)
		e = fief_reporter_open(
			&m.reporter, env,
			node_attr(m.config.root, "report", "log"));
	if (!e)
		e = fief_root_init(&m.root, env);
	return e ? e : fief_root_announce(&m.root, &m.service);
}

void fief_component_construct(struct fief_env *env)
{
	enum fief_err e;

	m.env = env;
	m.service = (struct fief_service){
		.name = LOG_SERVICE,
		.type = &log_rpc_type,
		.ops = &log_ops,
		.size = sizeof(struct log_session),
		.init = session_init,
		.fini = session_fini,
	};
	e = start(env);
	if (e) {
		fief_error("cannot start: %s", fief_err_text(e));
		fief_exit(env, 1);
	}
}
