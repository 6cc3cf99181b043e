/* SPDX-License-Identifier: MIT */
/* `fief restart`: start a component anew, by another version of it. */

#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "component.h"
#include "util.h"

/* What follows '+' in a version tells builds apart; here it counts restarts.
 * The caller frees it. */
static char *next_version(const char *version)
{
	const char *plus = strrchr(version, '+');
	char *end;
	unsigned long n = 0;

	if (plus) {
		n = strtoul(plus + 1, &end, 10);
		if (*end || !plus[1])
			plus = NULL;
	}
	return util_text(
		"%.*s+%lu",
		(int)(plus ? (size_t)(plus - version) : strlen(version)),
		version, plus ? n + 1 : 1);
}

static int edit(struct submit *s, const struct component_change *c,
                struct config_text *out)
{
	struct config_place p;
	int code = component_place(s, c->component, &p);
	char *version;

	if (code)
		return code;
	version = next_version(p.start->version);
	*out = config_edit_attr(&s->now.text, p.node, "version", version);
	free(version);
	return 0;
}

int command_restart(int argc, char **argv)
{
	static const struct argp_option options[] = { SUBMIT_OPTIONS, { 0 } };
	static const struct argp argp = {
		.options = options,
		.parser = component_parse,
		.args_doc = "COMPONENT [NAME]",
		.doc = "Start a component anew, and those that depend on it. "
		       "COMPONENT is its label, as in `fief ps`.",
	};
	struct component_change c = { .submit.timeout_ms = SUBMIT_TIMEOUT_MS,
		                      .verb = "restart",
		                      .edit = edit };

	command_parse(&argp, argc, argv, &c);
	return component_change(&c);
}
