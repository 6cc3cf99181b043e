/* SPDX-License-Identifier: MIT */
/* `fief grants`: what was granted while a system runs. */

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fief/exit_code.h>

#include "command.h"
#include "granted.h"
#include "json_text.h"
#include "util.h"

enum { KEY_JSON = 256, FIELDS = 6 };

/* ---- fetching ---- */

static bool grant_parse(char *line, struct granted *g)
{
	char *f[FIELDS] = { line };

	for (size_t i = 1; i < FIELDS; i++) {
		f[i] = strchr(f[i - 1], '\t');
		if (!f[i])
			return false;
		*f[i]++ = '\0';
	}
	*g = (struct granted){ strtoull(f[0], NULL, 10),
		               strtoll(f[1], NULL, 10),
		               f[2],
		               f[3],
		               *f[4] ? f[4] + 1 : NULL,
		               f[5] };
	return true;
}

int granted_fetch(const struct target *t, struct granted_list *out)
{
	char *save = NULL, *line;
	bool ok;
	int code;

	*out = (struct granted_list){ 0 };
	code = target_ask(t, "grants", false, &out->text);
	if (code)
		return code;
	line = strtok_r(out->text, "\n", &save);
	ok = line && !strcmp(line, "grants");
	while (ok && (line = strtok_r(NULL, "\n", &save))) {
		out->grant = util_grow(out->grant,
		                       (out->count + 1) * sizeof(*out->grant));
		ok = grant_parse(line, &out->grant[out->count++]);
	}
	if (ok)
		return 0;
	granted_fini(out);
	util_error("system \"%s\" answers what this version of fief does not "
	           "understand",
	           t->name);
	return FIEF_EXIT_FRAMEWORK;
}

void granted_fini(struct granted_list *l)
{
	free(l->grant);
	free(l->text);
}

/* ---- showing ---- */

static void left_text(char out[32], int64_t ms)
{
	const long long s = (ms + 999) / 1000;

	if (ms < 0)
		snprintf(out, 32, "revoked");
	else if (s < 120)
		snprintf(out, 32, "%llds", s);
	else if (s < 7200)
		snprintf(out, 32, "%lldm%02llds", s / 60, s % 60);
	else
		snprintf(out, 32, "%lldh%02lldm", s / 3600, s / 60 % 60);
}

static void print_list(const struct granted_list *l)
{
	printf("  ID  UNTIL     SERVER            SERVICE           COMPONENT"
	       "\n");
	for (size_t i = 0; i < l->count; i++) {
		const struct granted *g = &l->grant[i];
		char left[32], *component = util_safe(g->component);
		char *service =
			util_text("%s%s%s", g->service, g->label ? ":" : "",
		                  g->label ? g->label : "");
		char *safe = util_safe(service), *server = util_safe(g->server);

		left_text(left, g->left_ms);
		printf("%4llu  %-8s  %-16s  %-16s  %s\n",
		       (unsigned long long)g->id, left, server, safe,
		       component);
		free(component);
		free(service);
		free(safe);
		free(server);
	}
}

static json_t *grant_json(const struct granted *g)
{
	json_t *j = json_pack("{sIssssss}", "id", (json_int_t)g->id,
	                      "component", g->component, "service", g->service,
	                      "server", g->server);

	if (g->label)
		json_object_set_new(j, "label", json_string(g->label));
	if (g->left_ms >= 0)
		json_object_set_new(j, "left_ms", json_integer(g->left_ms));
	return j;
}

static void print_json(const struct granted_list *l)
{
	json_t *list = json_array(), *j;

	for (size_t i = 0; i < l->count; i++)
		json_array_append_new(list, grant_json(&l->grant[i]));
	j = json_pack("{siso}", "version", 1, "grants", list);
	json_show(j);
}

/* ---- the command ---- */

struct grants {
	const char *system;
	bool json;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct grants *o = state->input;

	if (key == KEY_JSON)
		o->json = true;
	else if (key == ARGP_KEY_ARG)
		return target_argument(&o->system, arg, state);
	else
		return ARGP_ERR_UNKNOWN;
	return 0;
}

int command_grants(int argc, char **argv)
{
	static const struct argp_option options[] = {
		{ "json", KEY_JSON, NULL, 0, "as JSON, for programs", 0 },
		{ 0 },
	};
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.args_doc = "[NAME]",
		.doc = "List what `fief grant` gave to components of a running "
		       "system, and how long that lasts.",
	};
	struct grants o = { 0 };
	struct granted_list l;
	struct target t;
	int code;

	command_parse(&argp, argc, argv, &o);
	code = target_open(&t, o.system, NULL);
	if (code)
		return code;
	code = granted_fetch(&t, &l);
	if (!code && o.json)
		print_json(&l);
	else if (!code)
		print_list(&l);
	if (!code)
		granted_fini(&l);
	target_close(&t);
	return code;
}
