/* SPDX-License-Identifier: MIT */
/* `fief ps` and `fief tree`. */

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <fief/exit_code.h>

#include "client.h"
#include "command.h"
#include "json_text.h"

#include "listing_report.h"
#include "util.h"

enum { SCHEMA_VERSION = 1 };

struct list_options {
	const char *name;
	bool json;
};

enum { KEY_NAME = 256, KEY_JSON };

static const struct argp_option options[] = {
	{ "name", KEY_NAME, "NAME", 0, "only that system", 0 },
	{ "json", KEY_JSON, NULL, 0, "as JSON, for programs", 0 },
	{ 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct list_options *o = state->input;

	if (key == KEY_NAME)
		o->name = arg;
	else if (key == KEY_JSON)
		o->json = true;
	else if (key == ARGP_KEY_ARG)
		argp_error(state,
		           "unexpected argument \"%s\"; a system is "
		           "chosen by --name",
		           arg);
	else
		return ARGP_ERR_UNKNOWN;
	return 0;
}

/* ---- asking ---- */

struct listings {
	struct listing_report *l; /* owned */
	size_t count;
};

static int ask(const struct runtime_dir *d, const char *name, bool quiet,
               struct listings *out)
{
	const struct client_request request = { .name = name,
		                                .text = "ps",
		                                .quiet_if_missing = quiet };
	bool missing = false;
	char *text = client_ask(d, &request, &missing);

	if (!text && missing)
		return quiet ? 0 : FIEF_EXIT_NOT_FOUND; /* it just ended */
	if (!text)
		return FIEF_EXIT_FRAMEWORK;
	out->l = util_grow(out->l, (out->count + 1) * sizeof(*out->l));
	if (listing_report_fetch(d, name, text, &out->l[out->count])) {
		out->count++;
		return 0;
	}
	util_error("system \"%s\" answers what this version of fief does not "
	           "understand",
	           name);
	return FIEF_EXIT_FRAMEWORK;
}

/* All listings that were asked for; an exit code if some are missing. */
static int collect(const struct list_options *o, struct listings *out)
{
	struct runtime_dir d;
	char **names;
	size_t count;
	int code = 0;

	*out = (struct listings){ 0 };
	if (!runtime_dir_open(&d))
		return FIEF_EXIT_FRAMEWORK;
	if (o->name) {
		code = ask(&d, o->name, false, out);
	} else {
		names = instance_names(&d, &count);
		for (size_t i = 0; i < count; i++)
			if (ask(&d, names[i], true, out))
				code = FIEF_EXIT_FRAMEWORK;
		instance_names_free(names, count);
	}
	runtime_dir_close(&d);
	return code;
}

static void listings_fini(struct listings *all)
{
	for (size_t i = 0; i < all->count; i++)
		listing_report_fini(&all->l[i]);
	free(all->l);
}

/* ---- JSON ---- */

static json_t *account_json(uint64_t limit, uint64_t used)
{
	return json_pack("{sIsI}", "limit", (json_int_t)limit, "used",
	                 (json_int_t)used);
}

static json_t *component_json(const struct component *c)
{
	json_t *j = json_object();

	json_object_set_new(j, "label", json_text(c->label));
	json_object_set_new(j, "state", json_text(c->state));
	if (component_has_code(c))
		json_object_set_new(j, "code", json_integer(c->code));
	if (c->init_state)
		json_object_set_new(j, "init_state", json_text(c->init_state));
	if (c->reason)
		json_object_set_new(j, "reason", json_text(c->reason));
	if (c->why)
		json_object_set_new(j, "why", json_text(c->why));
	json_object_set_new(j, "pid", json_integer(c->pid));
	json_object_set_new(j, "ram", account_json(c->ram, c->ram_used));
	json_object_set_new(j, "caps", account_json(c->caps, c->caps_used));
	return j;
}

static json_t *flat_json(const struct listing *l)
{
	json_t *list = json_array();

	for (size_t i = 0; i < l->components; i++)
		json_array_append_new(list, component_json(&l->component[i]));
	return list;
}

/* `level[d]` is the list that a component of depth d belongs to. */
static json_t *tree_json(const struct listing *l)
{
	json_t **level = util_alloc((l->components + 2) * sizeof(json_t *));
	json_t *root = json_array();

	level[0] = root;
	for (size_t i = 0; i < l->components; i++) {
		const struct component *c = &l->component[i];
		json_t *j = component_json(c), *children = json_array();

		json_object_set_new(j, "name", json_text(c->name));
		json_object_set_new(j, "children", children);
		json_array_append_new(level[c->depth], j);
		level[c->depth + 1] = children;
	}
	free(level);
	return root;
}

static void print_json(const struct listings *all, bool tree)
{
	json_t *list = json_array(), *j;

	for (size_t i = 0; i < all->count; i++) {
		const struct listing *l = &all->l[i].listing;

		j = json_pack("{sssIsIsIsIsI}", "name", l->name, "pid",
		              (json_int_t)l->pid, "core_pid",
		              (json_int_t)l->core_pid, "uptime_ms",
		              (json_int_t)l->uptime_ms, "ram",
		              (json_int_t)l->ram, "caps", (json_int_t)l->caps);
		json_object_set_new(j, "config", json_text(l->config));
		json_object_set_new(j, "components",
		                    tree ? tree_json(l) : flat_json(l));
		json_array_append_new(list, j);
	}
	j = json_pack("{siso}", "version", SCHEMA_VERSION, "instances", list);
	json_show(j);
}

/* ---- for people ---- */

static void print_figures(const struct component *c)
{
	char used[16], limit[16], state[48];

	util_bytes(used, c->ram_used);
	util_bytes(limit, c->ram);
	if (component_has_code(c))
		snprintf(state, sizeof(state), "%s %ld", c->state, c->code);
	else
		snprintf(state, sizeof(state), "%s", c->state);
	printf("%-12s %7ld %6s/%-6s %5llu/%-5llu", state, c->pid, used, limit,
	       (unsigned long long)c->caps_used, (unsigned long long)c->caps);
}

static const char figures_head[] =
	"STATE            PID    RAM       CAPS      ";

static void print_ps_of(const struct listing *l)
{
	for (size_t i = 0; i < l->components; i++) {
		const struct component *c = &l->component[i];
		char *label = util_safe(c->label);

		print_figures(c);
		printf(" %-16s %s\n", l->name, label);
		free(label);
	}
}

static void print_ps(const struct listings *all)
{
	printf("%s %-16s COMPONENT\n", figures_head, "SYSTEM");
	for (size_t i = 0; i < all->count; i++)
		print_ps_of(&all->l[i].listing);
}

/* Does another component of that depth follow under the same parent? */
static bool goes_on(const struct listing *l, size_t i, unsigned depth)
{
	for (size_t j = i + 1; j < l->components; j++)
		if (l->component[j].depth <= depth)
			return l->component[j].depth == depth;
	return false;
}

static void print_tree(const struct listing *l)
{
	printf("%s  %s (fief %ld, core %ld)\n", figures_head, l->name, l->pid,
	       l->core_pid);
	for (size_t i = 0; i < l->components; i++) {
		const struct component *c = &l->component[i];
		char *name = util_safe(c->name);

		print_figures(c);
		fputs("  ", stdout);
		for (unsigned d = 0; d < c->depth; d++)
			fputs(goes_on(l, i, d) ? "│  " : "   ", stdout);
		printf("%s─ %s\n", goes_on(l, i, c->depth) ? "├" : "└", name);
		free(name);
	}
}

/* ---- commands ---- */

static int list(const struct list_options *o, bool tree)
{
	struct listings all;
	int code = collect(o, &all);

	for (size_t i = 0; tree && i < all.count; i++)
		listing_arrange(&all.l[i].listing);
	if (o->json)
		print_json(&all, tree);
	else if (!all.count && !code)
		util_error("no system is running");
	else if (!tree && all.count)
		print_ps(&all);
	for (size_t i = 0; tree && !o->json && i < all.count; i++) {
		if (i)
			putchar('\n');
		print_tree(&all.l[i].listing);
	}
	listings_fini(&all);
	return code;
}

int command_ps(int argc, char **argv)
{
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.doc = "List the components of all running systems: state, "
		       "process id, RAM and capabilities, used of limit.",
	};
	struct list_options o = { 0 };

	command_parse(&argp, argc, argv, &o);
	return list(&o, false);
}

int command_tree(int argc, char **argv)
{
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.doc = "Show the components of all running systems as trees.",
	};
	struct list_options o = { 0 };

	command_parse(&argp, argc, argv, &o);
	return list(&o, true);
}
