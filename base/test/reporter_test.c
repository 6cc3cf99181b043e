/* SPDX-License-Identifier: MIT */
/* Reporter: content arrives, the buffer grows, faults leave nothing behind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <fief/args.h>
#include <fief/entrypoint_loop.h>
#include <fief/reporter.h>
#include <session/parent.h>
#include <session/report.h>

#include "loop_kif.h"

static struct {
	struct fief_rpc_obj parent, report;
	struct fief_attached_ram buffer;
	unsigned opens, open; /* ever; now */
	size_t buffer_max;
	bool lies;  /* about the size of the buffer */
	char *text; /* last report */
	size_t len;
} server;

static struct fief_entrypoint ep;
static struct fief_env env;

static enum fief_err op_session(struct fief_rpc_obj *self,
                                const struct parent_session_params *params,
                                struct parent_session_results *results)
{
	uint64_t bytes;
	enum fief_err e;

	(void)self;
	assert_int_equal(server.open, 0); /* never two of one name */
	assert_true(capnp_text_equal(params->label, capnp_text_of("state")));
	assert_int_equal(
		fief_args_u64(params->args.s, "buffer_size", 0, &bytes),
		FIEF_OK);
	if (params->ram < 4096 + 2 * bytes)
		return FIEF_INSUFFICIENT_RAM;
	if (bytes > server.buffer_max)
		bytes = server.buffer_max;
	e = fief_attached_ram_init(&server.buffer, &loop_kif.ram, bytes);
	if (e)
		return e;
	server.opens++;
	server.open++;
	results->cap = server.report.cap;
	return FIEF_OK;
}

static enum fief_err op_close(struct fief_rpc_obj *self, uint32_t id)
{
	(void)self;
	(void)id;
	fief_attached_ram_fini(&server.buffer);
	server.open--;
	return FIEF_OK;
}

static enum fief_err op_dataspace(struct fief_rpc_obj *self,
                                  struct dataspace_cap *ds, uint64_t *size)
{
	(void)self;
	ds->cap = server.buffer.ds;
	*size = server.buffer.bytes + (server.lies ? 100000 : 0);
	return FIEF_OK;
}

static enum fief_err op_submit(struct fief_rpc_obj *self, uint64_t length)
{
	(void)self;
	if (length > server.buffer.bytes)
		return FIEF_TOO_LONG;
	free(server.text);
	server.text = malloc(length + 1);
	memcpy(server.text, server.buffer.addr, length);
	server.text[length] = '\0';
	server.len = length;
	return FIEF_OK;
}

static const struct parent_ops parent_ops = { .session = op_session,
	                                      .close = op_close };
static const struct report_ops report_ops = { .dataspace = op_dataspace,
	                                      .submit = op_submit };

static int setup(void **state)
{
	(void)state;
	loop_kif_init();
	fief_entrypoint_init(&ep, 0);
	memset(&server, 0, sizeof(server));
	server.buffer_max = SIZE_MAX;
	server.parent =
		(struct fief_rpc_obj){ &parent_rpc_type, &parent_ops, 0 };
	server.report =
		(struct fief_rpc_obj){ &report_rpc_type, &report_ops, 0 };
	assert_int_equal(fief_entrypoint_manage(&ep, &server.parent), FIEF_OK);
	assert_int_equal(fief_entrypoint_manage(&ep, &server.report), FIEF_OK);
	env = (struct fief_env){ .ep = &ep, .parent = server.parent.cap };
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	free(server.text);
	assert_int_equal(server.open, 0);
	assert_int_equal(loop_kif.live, 0);
	assert_int_equal(loop_kif.mappings, 0);
	return 0;
}

static void fill(struct node_gen *g, const void *ctx)
{
	const unsigned *items = ctx;

	node_gen_open(g, "state");
	for (unsigned i = 0; i < *items; i++) {
		node_gen_open(g, "item");
		node_gen_attr_u64(g, "number", i);
		node_gen_close(g);
	}
	node_gen_close(g);
}

static void grows(void **state)
{
	static const unsigned items[] = { 0, 10, 300, 5000, 1 };
	struct fief_reporter r;

	(void)state;
	assert_int_equal(fief_reporter_open(&r, &env, "state"), FIEF_OK);
	for (unsigned i = 0; i < sizeof(items) / sizeof(*items); i++) {
		char last[40];

		assert_int_equal(fief_reporter_generate(&r, fill, &items[i]),
		                 FIEF_OK);
		assert_int_equal(strlen(server.text), server.len);
		snprintf(last, sizeof(last), "number=\"%u\"", items[i] - 1);
		assert_true(!items[i] || strstr(server.text, last));
	}
	assert_int_equal(server.opens, 3); /* 4 KiB, then for 300 and 5000 */
	fief_reporter_close(&r);
	fief_reporter_close(&r);
}

/* The first buffer is large enough; what the session cost is known. */
static void large(void **state)
{
	struct fief_reporter r;

	(void)state;
	assert_int_equal(fief_reporter_open_with(&r, &env, "state", 65536),
	                 FIEF_OK);
	assert_true(r.session.ram > 2 * 65536);
	assert_true(r.session.caps > 0);
	assert_int_equal(fief_reporter_generate(&r, fill, &(unsigned){ 300 }),
	                 FIEF_OK);
	assert_int_equal(server.opens, 1);
	fief_reporter_close(&r);
	assert_int_equal(r.session.ram, 0);
}

static void text(void **state)
{
	static char big[70000];
	struct fief_reporter r;

	(void)state;
	memset(big, 'x', sizeof(big));
	assert_int_equal(fief_reporter_open(&r, &env, "state"), FIEF_OK);
	assert_int_equal(fief_reporter_text(&r, "abc", 3), FIEF_OK);
	assert_string_equal(server.text, "abc");
	assert_int_equal(fief_reporter_text(&r, big, sizeof(big)), FIEF_OK);
	assert_int_equal(server.len, sizeof(big));
	assert_int_equal(fief_reporter_text(&r, "", 0), FIEF_OK);
	assert_int_equal(server.len, 0);
	fief_reporter_close(&r);
}

/* Too long is an error that the next, shorter report does not suffer from. */
static void limits(void **state)
{
	const unsigned huge = 60000, small = 1;
	struct fief_reporter r;

	(void)state;
	assert_int_equal(fief_reporter_open(&r, &env, "state"), FIEF_OK);
	assert_int_equal(fief_reporter_generate(&r, fill, &huge),
	                 FIEF_TOO_LONG);
	assert_int_equal(fief_reporter_generate(&r, fill, &small), FIEF_OK);
	fief_reporter_close(&r);

	server.buffer_max = 8192; /* of the server */
	assert_int_equal(fief_reporter_open(&r, &env, "state"), FIEF_OK);
	assert_int_equal(fief_reporter_generate(&r, fill, &(unsigned){ 2000 }),
	                 FIEF_TOO_LONG);
	assert_int_equal(fief_reporter_generate(&r, fill, &small), FIEF_OK);
	fief_reporter_close(&r);
}

static void liar(void **state)
{
	struct fief_reporter r;

	(void)state;
	server.lies = true;
	assert_int_equal(fief_reporter_open(&r, &env, "state"), FIEF_INVALID);
}

static void faults(void **state)
{
	const unsigned items = 300, small = 1;

	(void)state;
	for (unsigned n = 1; n < 10; n++) {
		struct fief_reporter r;

		loop_kif.fail_at = loop_kif.calls + n;
		if (fief_reporter_open(&r, &env, "state"))
			continue;
		if (fief_reporter_generate(&r, fill, &items))
			assert_int_equal(
				fief_reporter_generate(&r, fill, &small),
				FIEF_OK);
		fief_reporter_close(&r);
		assert_int_equal(loop_kif.live, 0);
	}
}

static void arguments(void **state)
{
	static const struct {
		const char *args, *key;
		enum fief_err e;
		uint64_t value;
	} cases[] = {
		{ "", "a", FIEF_OK, 42 },
		{ "a=1", "a", FIEF_OK, 1 },
		{ "aa=1, a=2", "a", FIEF_OK, 2 },
		{ " a = 4K ,b=3", "a", FIEF_OK, 4096 },
		{ "a=1, b=3", "b", FIEF_OK, 3 },
		{ "a,b=3", "a", FIEF_OK, 42 },
		{ "a=", "a", FIEF_INVALID, 0 },
		{ "a=x", "a", FIEF_INVALID, 0 },
		{ "a=-1", "a", FIEF_INVALID, 0 },
		{ "a=99999999999999999999", "a", FIEF_LIMIT, 0 },
		{ "a=1111111111111111111111111111111111111111", "a",
		  FIEF_INVALID, 0 },
		{ ",,,=,a=5,", "a", FIEF_OK, 5 },
	};
	char text4[4];

	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		uint64_t value = 0;

		assert_int_equal(
			fief_args_u64(cases[i].args, cases[i].key, 42, &value),
			cases[i].e);
		assert_int_equal(value, cases[i].value);
	}
	assert_int_equal(fief_args_text("k=abc", "k", text4, 4), FIEF_OK);
	assert_string_equal(text4, "abc");
	assert_int_equal(fief_args_text("k=abcd", "k", text4, 4),
	                 FIEF_TOO_LONG);
	assert_int_equal(fief_args_text("k=abcd", "j", text4, 4),
	                 FIEF_NOT_FOUND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(grows, setup, teardown),
		cmocka_unit_test_setup_teardown(large, setup, teardown),
		cmocka_unit_test_setup_teardown(text, setup, teardown),
		cmocka_unit_test_setup_teardown(limits, setup, teardown),
		cmocka_unit_test_setup_teardown(liar, setup, teardown),
		cmocka_unit_test_setup_teardown(faults, setup, teardown),
		cmocka_unit_test(arguments),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
