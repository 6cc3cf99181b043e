/* SPDX-License-Identifier: MIT */
/* Session requests: each is answered once, each donation comes back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <fief/entrypoint_loop.h>
#include <fief/root.h>
#include <session/parent.h>
#include <session/timer.h>

#include "loop_kif.h"

enum { QUEUE = 16, SIZE = 5000, COST = 8192 };

/* The parent: what it asks, and what it was answered. */
static struct parent {
	struct fief_rpc_obj obj;
	struct {
		enum request_kind kind;
		uint32_t id;
		const char *service, *label, *args;
		uint64_t ram;
		uint32_t caps;
	} queue[QUEUE];
	unsigned first, last;
	fief_cap handler;
	fief_cap delivered;
	int response; /* -1: none */
	enum fief_err deliver_error;
	unsigned announced;
} p;

struct object {
	struct fief_service_session base;
	char rest[SIZE - sizeof(struct fief_service_session)];
};

static struct fief_entrypoint ep;
static struct fief_env env;
static struct fief_root root;
static struct fief_service service;
static enum fief_err init_error;
static unsigned inits, finis, upgrades;
static char label[32], args[32];

static enum fief_err op_announce(struct fief_rpc_obj *self,
                                 struct capnp_text name)
{
	(void)self;
	p.announced++;
	return capnp_text_equal(name, capnp_text_of("Bad")) ? FIEF_DENIED :
	                                                      FIEF_OK;
}

static enum fief_err op_request_sigh(struct fief_rpc_obj *self,
                                     struct signal_cap handler)
{
	(void)self;
	p.handler = handler.cap;
	return FIEF_OK;
}

static enum fief_err op_next_request(struct fief_rpc_obj *self,
                                     struct parent_next_request_results *out)
{
	const unsigned i = p.first;

	(void)self;
	if (p.first == p.last)
		return FIEF_AGAIN;
	p.first++;
	*out = (struct parent_next_request_results){
		.kind = p.queue[i].kind,
		.id = p.queue[i].id,
		.service = capnp_text_of(p.queue[i].service),
		.label = capnp_text_of(p.queue[i].label),
		.args = capnp_text_of(p.queue[i].args),
		.ram = p.queue[i].ram,
		.caps = p.queue[i].caps,
		.more = p.first != p.last,
	};
	return FIEF_OK;
}

static enum fief_err op_deliver(struct fief_rpc_obj *self, uint32_t id,
                                fief_cap cap)
{
	(void)self;
	(void)id;
	if (!p.deliver_error)
		p.delivered = cap;
	return p.deliver_error;
}

static enum fief_err op_respond(struct fief_rpc_obj *self, uint32_t id,
                                enum response response)
{
	(void)self;
	(void)id;
	assert_int_equal(p.response, -1);
	p.response = (int)response;
	return FIEF_OK;
}

static const struct parent_ops parent_ops = {
	.announce = op_announce,
	.request_sigh = op_request_sigh,
	.next_request = op_next_request,
	.deliver = op_deliver,
	.respond = op_respond,
};

static enum fief_err on_init(struct fief_service_session *s,
                             const struct fief_service_request *request)
{
	struct object *o = (struct object *)s;

	inits++;
	for (size_t i = 0; i < sizeof(o->rest); i++)
		assert_int_equal(o->rest[i], 0);
	strncpy(label, request->label, sizeof(label) - 1);
	strncpy(args, request->args, sizeof(args) - 1);
	return init_error;
}

static void on_upgraded(struct fief_service_session *s)
{
	(void)s;
	upgrades++;
}

static void on_fini(struct fief_service_session *s)
{
	memset(((struct object *)s)->rest, 1, 100);
	finis++;
}

static enum fief_err op_elapsed(struct fief_rpc_obj *self, uint64_t *us)
{
	*us = FIEF_SESSION_OF(self, struct object)->base.id.id;
	return FIEF_OK;
}

static const struct timer_ops ops = { .elapsed_us = op_elapsed };

static int setup(void **state)
{
	(void)state;
	loop_kif_init();
	fief_entrypoint_init(&ep, 0);
	p = (struct parent){
		.obj = { .type = &parent_rpc_type, .ops = &parent_ops },
		.response = -1,
	};
	init_error = FIEF_OK;
	inits = finis = upgrades = 0;
	assert_int_equal(fief_entrypoint_manage(&ep, &p.obj), FIEF_OK);
	env = (struct fief_env){ .ep = &ep,
		                 .parent = p.obj.cap,
		                 .ram = &loop_kif.ram };
	service = (struct fief_service){
		.name = "Thing",
		.type = &timer_rpc_type,
		.ops = &ops,
		.size = sizeof(struct object),
		.init = on_init,
		.upgraded = on_upgraded,
		.fini = on_fini,
	};
	assert_int_equal(fief_root_init(&root, &env), FIEF_OK);
	assert_int_equal(fief_root_announce(&root, &service), FIEF_OK);
	return 0;
}

/* Ask, and let the server answer. */
static void ask(enum request_kind kind, uint32_t id, const char *name,
                uint64_t ram, uint32_t caps)
{
	p.queue[p.last].kind = kind;
	p.queue[p.last].id = id;
	p.queue[p.last].service = name;
	p.queue[p.last].label = "who -> what";
	p.queue[p.last].args = NULL;
	p.queue[p.last].ram = ram;
	p.queue[p.last++].caps = caps;
	p.response = -1;
	p.delivered = FIEF_CAP_NULL;
	fief_kif->signal(p.handler);
	assert_int_equal(loop_kif_run(), 1);
	assert_int_equal(p.first, p.last);
}

static void life(void **state)
{
	uint64_t us;
	struct timer_cap cap;

	(void)state;
	ask(REQUEST_KIND_CREATE, 7, "Thing", COST, 2);
	assert_int_equal(p.response, -1);
	cap.cap = p.delivered;
	assert_int_equal(timer_elapsed_us(cap, &us), FIEF_OK);
	assert_int_equal(us, 7);
	assert_string_equal(label, "who -> what");
	assert_string_equal(args, "");
	assert_int_equal(loop_kif.bytes, COST);

	ask(REQUEST_KIND_UPGRADE, 7, "Thing", 100, 1);
	assert_int_equal(p.response, RESPONSE_OK);
	assert_int_equal(upgrades, 1);

	ask(REQUEST_KIND_CLOSE, 7, "Thing", 0, 0);
	assert_int_equal(p.response, RESPONSE_CLOSED);
	assert_int_equal(finis, 1);
	assert_int_equal(loop_kif.live, 1); /* the spare */
	assert_int_equal(timer_elapsed_us(cap, &us), FIEF_GONE);
	assert_int_equal(loop_kif.objects, 2); /* parent and handler */
}

static void refusals(void **state)
{
	static const struct {
		const char *service;
		uint64_t ram;
		uint32_t caps;
		enum fief_err init;
		enum response response;
	} cases[] = {
		{ "Thing", COST - 1, 2, FIEF_OK, RESPONSE_INSUFFICIENT_RAM },
		{ "Thing", COST, 1, FIEF_OK, RESPONSE_INSUFFICIENT_CAPS },
		{ "Thing", COST, 2, FIEF_OUT_OF_RAM,
		  RESPONSE_INSUFFICIENT_RAM },
		{ "Thing", COST, 2, FIEF_OUT_OF_CAPS,
		  RESPONSE_INSUFFICIENT_CAPS },
		{ "Thing", COST, 2, FIEF_INSUFFICIENT_CAPS,
		  RESPONSE_INSUFFICIENT_CAPS },
		{ "Thing", COST, 2, FIEF_NOT_FOUND, RESPONSE_DENIED },
		{ "Thin", COST, 2, FIEF_OK, RESPONSE_DENIED },
		{ "Thing2", COST, 2, FIEF_OK, RESPONSE_DENIED },
		{ "", COST, 2, FIEF_OK, RESPONSE_DENIED },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		init_error = cases[i].init;
		ask(REQUEST_KIND_CREATE, 1, cases[i].service, cases[i].ram,
		    cases[i].caps);
		assert_int_equal(p.response, (int)cases[i].response);
		assert_int_equal(p.delivered, FIEF_CAP_NULL);
		assert_int_equal(loop_kif.live, 1); /* the spare */
		assert_int_equal(loop_kif.objects, 2);
	}
	assert_int_equal(finis, 0);
}

static void strange_requests(void **state)
{
	(void)state;
	ask(REQUEST_KIND_CLOSE, 99, "Thing", 0, 0);
	assert_int_equal(p.response, RESPONSE_CLOSED);
	ask(REQUEST_KIND_UPGRADE, 99, "Thing", 1, 1);
	assert_int_equal(p.response, RESPONSE_DENIED);
	ask(REQUEST_KIND_CREATE, 0, "Thing", COST, 2);
	assert_int_equal(p.response, RESPONSE_DENIED);
	ask(REQUEST_KIND_CREATE, 5, "Thing", COST, 2);
	ask(REQUEST_KIND_CREATE, 5, "Thing", COST, 2); /* id is in use */
	assert_int_equal(p.response, RESPONSE_DENIED);
	ask(REQUEST_KIND_UPGRADE, 5, "Thing", UINT64_MAX, 0);
	assert_int_equal(p.response, RESPONSE_DENIED);
	ask(REQUEST_KIND_CLOSE, 5, "Thing", 0, 0);
	assert_int_equal(finis, 1);
	assert_int_equal(loop_kif.live, 1); /* the spare */
}

/* The client was gone when the session was there. */
static void deliver_fails(void **state)
{
	(void)state;
	p.deliver_error = FIEF_NOT_FOUND;
	ask(REQUEST_KIND_CREATE, 5, "Thing", COST, 2);
	assert_int_equal(finis, 1);
	assert_int_equal(loop_kif.live, 1); /* the spare */
	assert_int_equal(loop_kif.objects, 2);
}

static void ram_fails(void **state)
{
	(void)state;
	ask(REQUEST_KIND_CREATE, 4, "Thing", COST, 2); /* takes the spare */
	loop_kif.fail_at = loop_kif.calls + 1;
	ask(REQUEST_KIND_CREATE, 5, "Thing", COST, 2);
	assert_int_equal(p.response, RESPONSE_INSUFFICIENT_RAM);
	assert_int_equal(loop_kif.objects, 3);
	ask(REQUEST_KIND_CLOSE, 4, "Thing", 0, 0);
	ask(REQUEST_KIND_CREATE, 5, "Thing", COST, 2);
	assert_int_equal(p.response, -1);
	assert_int_equal(loop_kif.live, 1);
}

static void announce_denied(void **state)
{
	static struct fief_service bad = { .name = "Bad" };

	(void)state;
	assert_int_equal(fief_root_announce(&root, &bad), FIEF_DENIED);
	ask(REQUEST_KIND_CREATE, 5, "Bad", COST, 2);
	assert_int_equal(p.response, RESPONSE_DENIED);
}

/* Some are told, then no more of them for a while, then their number. */
static void refused_often(void **state)
{
	enum { MANY = 100, TOLD = 16 };
	unsigned logged;

	(void)state;
	loop_kif.now += 3600000000000;
	logged = loop_kif.logged;
	for (unsigned i = 0; i < MANY; i++) {
		p.first = p.last = 0;
		ask(REQUEST_KIND_CREATE, 1, "Thing2", COST, 2);
	}
	assert_int_equal(loop_kif.logged, logged + TOLD);
	loop_kif.now += 10000000000;
	p.first = p.last = 0;
	ask(REQUEST_KIND_CREATE, 1, "Thing2", COST, 2);
	assert_int_equal(loop_kif.logged, logged + TOLD + 2);
}

static void many(void **state)
{
	(void)state;
	for (uint32_t id = 1; id <= 8; id++)
		ask(REQUEST_KIND_CREATE, id, "Thing", COST, 2);
	assert_int_equal(loop_kif.live, 8);
	for (uint32_t id = 1; id <= 8; id++) {
		p.first = p.last = 0;
		ask(REQUEST_KIND_CLOSE, 9 - id, "Thing", 0, 0);
	}
	assert_int_equal(loop_kif.live, 1); /* the spare */
	assert_int_equal(finis, 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(life, setup),
		cmocka_unit_test_setup(refusals, setup),
		cmocka_unit_test_setup(strange_requests, setup),
		cmocka_unit_test_setup(deliver_fails, setup),
		cmocka_unit_test_setup(ram_fails, setup),
		cmocka_unit_test_setup(announce_denied, setup),
		cmocka_unit_test_setup(refused_often, setup),
		cmocka_unit_test_setup(many, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
