/* SPDX-License-Identifier: MIT */
/*
 * Embeds a sandbox again and again, lets the n-th allocation fail for all n,
 * and checks that an error was logged and that afterwards each byte and
 * capability is back.
 */

#include <fief/component.h>
#include <fief/heap.h>
#include <fief/kif_table.h>
#include <fief/log.h>

#include <init/sandbox.h>
#include <lib/mem.h>
#include <session/log.h>
#include <session/pd.h>

#include "fault.h"

enum {
	MS = 1000000,
	TICKS = 150,     /* for a round with a fault, which may never end */
	PATIENCE = 5000, /* for one without */
	WARM_UP = 3,
	PLAIN = 5,
	VICTIMS = 2,
};

/* The config, and one after it: "ghost" goes, "outward" is another. */
#define HEAD                                                                   \
	"<config><parent-provides><service name='LOG'/><service name='ROM'/>"  \
	"<service name='CPU'/><service name='PD'/><service name='Test'/>"      \
	"</parent-provides>"                                                   \
	"<default-route><service name='Test'><child name='server'/></service>" \
	"<any-service><parent/></any-service></default-route>"                 \
	"<start name='server' ram='1M'><binary name='init-test-server'/>"      \
	"<provides><service name='Test'/></provides></start>"                  \
	"<start name='victim' ram='2M'><binary name='init-test-victim'/>"      \
	"<exit propagate='yes'/><route><service name='LOG'><local/></service>" \
	"<service name='Test'><child name='server'/></service>"                \
	"<any-service><parent/></any-service></route>"                         \
	"<config a='b'/></start>"
#define OUTWARD(config)                                                        \
	"<start name='outward' ram='2M'><binary name='init-test-victim'/>"     \
	"<exit propagate='yes'/><route><service name='Test'><parent "          \
	"label='ok'/></service>"                                               \
	"<any-service><parent/></any-service></route>" config "</start>"

static const char first[] = HEAD OUTWARD("") "<start name='ghost' ram='1M'/>"
					     "</config>";
static const char second[] = HEAD OUTWARD("<config/>") "</config>";

struct state {
	uint64_t ram, ram_used;
	uint32_t caps, caps_used;
};

static struct main {
	struct fief_env *env;
	struct fief_env inner; /* as `env`, with the failing heap */
	struct fief_heap heap;
	struct fief_alloc failing;
	struct fief_signal_handler tick;
	struct sandbox *sandbox; /* NULL between rounds */
	struct fief_service log;
	unsigned logs, served; /* open local sessions; and all there were */
	unsigned round, ticks, finished;
	unsigned exits;
	bool ended;
	struct state before;
	int failed;
} m;

static enum fief_err alloc(struct fief_alloc *self, size_t size, void **out)
{
	enum fief_err e;

	(void)self;
	if (fault_due())
		return FIEF_OUT_OF_RAM;
	fault.heap_grows = true;
	e = fief_alloc(&m.heap.alloc, size, out);
	fault.heap_grows = false;
	return e;
}

static void release(struct fief_alloc *self, void *ptr, size_t size)
{
	(void)self;
	fief_free(&m.heap.alloc, ptr, size);
}

static struct state measure(void)
{
	struct state s = { 0 };

	if (pd_quota((struct pd_cap){ m.env->pd }, &s.ram, &s.ram_used, &s.caps,
	             &s.caps_used))
		m.failed++;
	return s;
}

/* "victim" logs here. */
static enum fief_err op_write(struct fief_rpc_obj *self, struct capnp_text text)
{
	(void)self, (void)text;
	return FIEF_OK;
}

static const struct log_ops log_ops = { .write = op_write };

static void log_fini(struct fief_service_session *s)
{
	(void)s;
	m.logs--;
}

static enum fief_err log_init(struct fief_service_session *s,
                              const struct fief_service_request *request)
{
	(void)s, (void)request;
	m.logs++;
	m.served++;
	return FIEF_OK;
}

static enum fief_err serve(void)
{
	m.log = (struct fief_service){
		.name = LOG_SERVICE,
		.type = &log_rpc_type,
		.ops = &log_ops,
		.size = sizeof(struct fief_service_session),
		.init = log_init,
		.fini = log_fini,
	};
	return sandbox_serve(m.sandbox, &m.log);
}

static void exited(void *arg, int code)
{
	(void)arg;
	m.ended = ++m.exits == VICTIMS;
	if (!fault.fail_at && code) {
		fief_error("victim failed without a fault");
		m.failed++;
	}
}

/* What a server outside holds comes back when it has answered. */
static bool balanced(struct state *s)
{
	for (unsigned i = 0; i < TICKS; i++) {
		*s = measure();
		if (!memcmp(s, &m.before, sizeof(*s)))
			return true;
		fief_kif->park(fief_kif->time() + MS);
	}
	return false;
}

static void compare(void)
{
	struct state s;

	if (balanced(&s))
		return;
	fief_error("fault %u: RAM %llu used %llu, was %llu used %llu, "
	           "caps %u used %u, was %u used %u",
	           fault.fail_at, (unsigned long long)s.ram,
	           (unsigned long long)s.ram_used,
	           (unsigned long long)m.before.ram,
	           (unsigned long long)m.before.ram_used, s.caps, s.caps_used,
	           m.before.caps, m.before.caps_used);
	m.failed++;
	m.before = s;
}

static void round_begin(void)
{
	const struct sandbox_hooks hooks = { .exited = exited };
	enum fief_err e;

	m.round++;
	m.ticks = 0;
	m.ended = false;
	m.exits = 0;
	fault_arm(m.round > PLAIN ? m.round - PLAIN : 0);
	fief_heap_init(&m.heap, m.env->ram);
	e = sandbox_create(&m.inner, &hooks, &m.sandbox);
	if (!e)
		e = serve();
	fault.said |= e != FIEF_OK; /* its caller reports */
	fault.soon_gone = true;
	if (!e)
		e = sandbox_apply(m.sandbox, "inner", first, sizeof(first) - 1);
	fault.soon_gone = false;
	if (!e)
		e = sandbox_apply(m.sandbox, "inner", second,
		                  sizeof(second) - 1);
	if (e && !fault.fail_at)
		m.failed++;
	if (e)
		m.ended = true;
}

static void round_end(void)
{
	const bool fired = fault.fail_at && fault.calls >= fault.fail_at;

	if (fired && !fault.said && !fault.excused) {
		fief_error("fault %u: nobody was told", fault.fail_at);
		m.failed++;
	}
	if (m.sandbox)
		sandbox_destroy(m.sandbox);
	m.sandbox = NULL;
	if (m.logs) {
		fief_error("fault %u: %u local sessions left", fault.fail_at,
		           m.logs);
		m.failed++;
		m.logs = 0;
	}
	if (m.heap.used) {
		fief_error("fault %u: %llu bytes not freed", fault.fail_at,
		           (unsigned long long)m.heap.used);
		m.failed++;
	}
	fief_heap_fini(&m.heap);
	if (m.round > WARM_UP) {
		compare();
		return;
	}
	fief_kif->park(fief_kif->time() + (uint64_t)TICKS * MS);
	m.before = measure();
}

static void on_tick(struct fief_signal_handler *self, unsigned count)
{
	(void)count;
	if (!m.ended && ++m.ticks < (fault.fail_at ? TICKS : PATIENCE)) {
		fief_kif->park(fief_kif->time() + MS);
		fief_signal_local_submit(self);
		return;
	}
	if (!m.ended && !fault.fail_at) {
		fief_error("victim never ended");
		m.failed++;
	}
	round_end();
	if (fault.fail_at && fault.calls < fault.fail_at) {
		m.failed += !m.served;
		fief_log("%u faults, %d checks failed", fault.fail_at,
		         m.failed);
		fief_exit(m.env, m.failed > 99 ? 99 : m.failed);
	}
	round_begin();
	fief_signal_local_submit(self);
}

void fief_component_construct(struct fief_env *env)
{
	fault_init(env);
	m.env = env;
	m.inner = *env;
	m.failing = (struct fief_alloc){ .alloc = alloc, .free = release };
	m.inner.heap = &m.failing;
	m.tick.handle = on_tick;
	if (fief_signal_manage(env->ep, &m.tick))
		fief_exit(env, 1);
	round_begin();
	fief_signal_local_submit(&m.tick);
}
