/* SPDX-License-Identifier: MIT */
/* Trees for tests, in one arena that starts anew with each test. Included by
 * cmocka programs. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <lib/node_xml.h>

static char parse_memory[1 << 20];
static struct arena parse_arena;

static int parse_setup(void **state)
{
	(void)state;
	arena_init_fixed(&parse_arena, parse_memory, sizeof(parse_memory));
	return 0;
}

static const struct node *parse(const char *text)
{
	const struct node_xml_input in = { text, strlen(text), 1 };
	struct node_error err;
	struct node *root;

	if (node_xml_parse(&in, &parse_arena, &err, &root))
		fail_msg("%s: %s", text, err.text);
	return root;
}
