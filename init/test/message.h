/* SPDX-License-Identifier: MIT */
/* Messages about a config. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <lib/node.h>

/* The message, with its place, contains that text. */
static inline void message_expect(const struct node_error *err,
                                  const char *expected)
{
	char line[NODE_ERROR_MAX + 64];
	struct fmt f;

	fmt_init(&f, line, sizeof(line));
	node_error_print(&f, "config", err);
	if (!strstr(line, expected))
		fail_msg("found \"%s\", expected \"%s\"", line, expected);
}
