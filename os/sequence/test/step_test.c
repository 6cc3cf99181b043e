/* SPDX-License-Identifier: MIT */
/* The configuration of each step is one that a sandbox takes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <init/config.h>
#include <lib/node/test/parse.h>
#include <os/sequence/step.h>

/* Text of that step, as the sandbox understands it. */
static const struct config *model(const struct node *config,
                                  const struct node *step, uint64_t run)
{
	static char text[8192];
	struct node_xml_input in = { .text = text };
	const struct config *c;
	struct node_error err;

	assert_int_equal(
		step_config(config, step, run, text, sizeof(text), &in.len),
		FIEF_OK);
	if (config_parse(&in, &parse_arena, &err, &c))
		fail_msg("%s: %s", text, err.text);
	return c;
}

static void steps(void **state)
{
	const struct node *config = parse(
		"<config><default ram='3M'/><start name='a' ram='5M' "
		"version='x'>"
		"<exit propagate='no'/><config><env key='k'/></config></start>"
		"<start name='b'><binary name='c'/></start></config>");
	const struct node *a = step_next(config, NULL);
	const struct node *b = step_next(config, a);
	const struct config *c;

	(void)state;
	assert_null(step_next(config, b));
	c = model(config, a, 7);
	assert_int_equal(c->nstarts, 1);
	assert_string_equal(c->starts->name, "a");
	assert_string_equal(c->starts->version, "7");
	assert_int_equal(c->starts->ram, 5 << 20);
	assert_true(c->starts->exit_propagate);
	assert_non_null(node_find(c->starts->config, "env", "key", "k"));
	assert_true(config_lists(c->parent_provides, "PD"));
	assert_false(config_lists(c->parent_provides, "Timer"));
	assert_null(c->default_route->service);

	c = model(config, b, 8);
	assert_string_equal(c->starts->binary, "c");
	assert_int_equal(c->starts->ram, 3 << 20);
	assert_string_equal(c->starts->version, "8");
}

static void own_head(void **state)
{
	const struct node *config = parse(
		"<config><parent-provides><service name='Timer'/>"
		"</parent-provides><default-route><service name='PD'><parent/>"
		"</service></default-route><start name='a'/></config>");
	const struct config *c = model(config, step_next(config, NULL), 1);

	(void)state;
	assert_true(config_lists(c->parent_provides, "Timer"));
	assert_false(config_lists(c->parent_provides, "LOG"));
	assert_string_equal(c->default_route->service, "PD");
}

static void refused(void **state)
{
	static const struct {
		const char *config, *error;
	} cases[] = {
		{ "<config/>", "no <start>" },
		{ "<config repeat='often'><start name='a'/></config>",
		  "repeat" },
		{ "<config><start name='a'/><step/></config>", "<step>" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct node_error err = { 0 };

		assert_int_equal(step_check(parse(cases[i].config), &err),
		                 FIEF_INVALID);
		assert_non_null(strstr(err.text, cases[i].error));
	}
	assert_int_equal(step_check(NULL, NULL), FIEF_INVALID);
}

static void too_long(void **state)
{
	const struct node *config = parse("<config><start name='a'/></config>");
	char text[64];
	size_t len;

	(void)state;
	assert_int_equal(step_config(config, step_next(config, NULL), 1, text,
	                             sizeof(text), &len),
	                 FIEF_TOO_LONG);
	assert_true(len > sizeof(text));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(steps, parse_setup),
		cmocka_unit_test_setup(own_head, parse_setup),
		cmocka_unit_test_setup(refused, parse_setup),
		cmocka_unit_test_setup(too_long, parse_setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
