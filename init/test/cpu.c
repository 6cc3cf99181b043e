/* SPDX-License-Identifier: MIT */
/*
 * Hands out CPU sessions that it opens itself, and so keeps a hand on who runs
 * with them: it says who that is, and ends those whose name is "victim".
 */

#include <fief/component.h>
#include <fief/kif_table.h>
#include <fief/log.h>
#include <fief/session.h>

#include <lib/label.h>
#include <lib/mem.h>
#include <session/cpu.h>
#include <session/parent.h>

enum { CLIENTS = 8, LEVEL = 5, LOOK_NS = 10000000, LOOKS = 500 };

static struct main {
	struct fief_env *env;
	struct fief_signal_handler requests, look;
	struct client {
		struct fief_session cpu;
		uint32_t id;
		struct label label;
		unsigned looks; /* left, until its PD is to be there */
	} client[CLIENTS];
} m;

static struct parent_cap parent(void)
{
	return (struct parent_cap){ m.env->parent };
}

static struct client *client_find(uint32_t id)
{
	for (unsigned i = 0; i < CLIENTS; i++)
		if (m.client[i].id == id)
			return &m.client[i];
	return NULL;
}

static enum fief_err client_make(const struct parent_next_request_reply *q,
                                 struct client *c)
{
	const struct fief_session_args args = { .service = CPU_SERVICE,
		                                .ram = CPU_RAM_QUOTA,
		                                .caps = CPU_CAP_QUOTA };
	enum fief_err e = label_set(&c->label, q->label.s ? q->label.s : "");

	if (!e)
		e = fief_session_open(m.env, &args, &c->cpu);
	if (!e)
		e = cpu_priority((struct cpu_cap){ c->cpu.cap }, LEVEL);
	return e;
}

static void on_create(const struct parent_next_request_reply *q)
{
	struct client *c = client_find(0);
	enum fief_err e = c ? client_make(q, c) : FIEF_LIMIT;

	if (!e) {
		c->id = q->id;
		c->looks = LOOKS;
		e = parent_deliver(parent(), q->id, c->cpu.cap);
		fief_signal_local_submit(&m.look);
	} else {
		e = parent_respond(parent(), q->id, RESPONSE_DENIED);
	}
	if (e)
		fief_error("CPU session %u: %s", q->id, fief_err_text(e));
}

static void on_close(const struct parent_next_request_reply *q)
{
	struct client *c = client_find(q->id);

	if (c) {
		fief_log("closed \"%s\"", c->label.text);
		fief_session_close(m.env, &c->cpu);
		*c = (struct client){ 0 };
	}
	if (parent_respond(parent(), q->id, RESPONSE_CLOSED))
		fief_error("close of %u", q->id);
}

static void on_requests(struct fief_signal_handler *self, unsigned count)
{
	static struct parent_next_request_reply q;

	(void)self, (void)count;
	for (q.more = true; q.more && !parent_next_request(parent(), &q);)
		if (q.kind == REQUEST_KIND_CREATE)
			on_create(&q);
		else
			on_close(&q);
}

/* Who was started with the session? */
static void client_look(struct client *c)
{
	static struct cpu_threads_reply r;
	const struct cpu_cap cpu = { c->cpu.cap };

	c->looks--;
	if (cpu_threads(cpu, 0, &r))
		return;
	fief_log("\"%s\" runs as \"%.*s\"", c->label.text, (int)r.label.len,
	         r.label.s);
	c->looks = 0;
	if (!strcmp(c->label.text, "victim") && cpu_kill(cpu, r.pd))
		fief_error("cannot end the victim");
}

static void on_look(struct fief_signal_handler *self, unsigned count)
{
	bool more = false;

	(void)count;
	for (unsigned i = 0; i < CLIENTS; i++) {
		if (m.client[i].looks)
			client_look(&m.client[i]);
		more |= m.client[i].looks;
	}
	if (!more)
		return;
	fief_kif->park(fief_kif->time() + LOOK_NS);
	fief_signal_local_submit(self);
}

void fief_component_construct(struct fief_env *env)
{
	enum fief_err e;

	m.env = env;
	m.requests.handle = on_requests;
	m.look.handle = on_look;
	e = fief_signal_manage(env->ep, &m.requests);
	if (!e)
		e = fief_signal_manage(env->ep, &m.look);
	if (!e)
		e = parent_request_sigh(parent(),
		                        (struct signal_cap){ m.requests.cap });
	if (!e)
		e = parent_announce(parent(), capnp_text_of(CPU_SERVICE));
	if (e)
		fief_exit(env, 1);
}
