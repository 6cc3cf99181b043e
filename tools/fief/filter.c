/* SPDX-License-Identifier: MIT */
/* `fief filter`: the host calls that a component's process may make, from the
 * table that its seccomp filter is generated from. */

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include <kernel/linux/seccomp/native.h>

#include "command.h"
#include "json_text.h"

enum { KEY_JSON = 256 };

struct rule {
	const char *call, *condition;
};

#define RULE(call, condition) { #call, #condition },
static const struct rule rules[] = { SECCOMP_NATIVE(RULE) };
#undef RULE

enum { RULES = sizeof(rules) / sizeof(rules[0]) };

/* A condition that is not explained here shows with its name. */
static const struct rule explained[] = {
	{ "ANY", "" },
	{ "FUTEX_PLAIN", "operations WAIT, WAKE and WAIT_BITSET only" },
	{ "SHARED_FILE", "shared mappings of a descriptor only: no memory "
	                 "that nobody paid for" },
	{ "THREAD_OR_CHILD", "the exact flags of a thread; core decides on "
	                     "each" },
	{ "SET_GS", "ARCH_SET_GS only" },
	{ "DIE_WITH_PARENT", "PR_SET_PDEATHSIG with SIGKILL only" },
};

static const char *explain(const char *condition)
{
	for (size_t i = 0; i < sizeof(explained) / sizeof(explained[0]); i++)
		if (!strcmp(explained[i].call, condition))
			return explained[i].condition;
	return condition;
}

static void print_text(void)
{
	printf("A component's process may make %d of the host's system calls;\n"
	       "any other one ends it with a crash report. Its own image "
	       "contains\nnone: these are made by the kernel binding in its "
	       "address space.\n\n",
	       RULES);
	for (size_t i = 0; i < RULES; i++) {
		const char *text = explain(rules[i].condition);

		printf(*text ? "  %-16s  %s\n" : "  %s%s\n", rules[i].call,
		       text);
	}
}

static void print_json(void)
{
	json_t *list = json_array(), *j;

	for (size_t i = 0; i < RULES; i++)
		json_array_append_new(list,
		                      json_pack("{ssss}", "call", rules[i].call,
		                                "condition",
		                                explain(rules[i].condition)));
	j = json_pack("{sissso}", "version", 1, "otherwise", "trap", "allowed",
	              list);
	json_show(j);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	bool *json = state->input;

	if (key == KEY_JSON)
		*json = true;
	else if (key == ARGP_KEY_ARG)
		argp_error(state, "unexpected argument \"%s\"", arg);
	else
		return ARGP_ERR_UNKNOWN;
	return 0;
}

int command_filter(int argc, char **argv)
{
	static const struct argp_option options[] = {
		{ "json", KEY_JSON, NULL, 0, "as JSON, for programs", 0 },
		{ 0 },
	};
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.doc = "Print which host calls the seccomp filter of a "
		       "component lets through.",
	};
	bool json = false;

	command_parse(&argp, argc, argv, &json);
	if (json)
		print_json();
	else
		print_text();
	return 0;
}
