/* SPDX-License-Identifier: MIT */
/* `fief check`: what is wrong with a configuration, and who can reach what. */

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fief/exit_code.h>

#include "check.h"
#include "command.h"
#include "core_options.h"
#include "image_check.h"
#include "reach.h"
#include "util.h"

enum { KEY_JSON = 256, KEY_WHO_CAN, KEY_REACH };

struct check {
	struct core_params params;
	struct core_options core;
	struct layout layout;
	const char *file, *who_can, *reach; /* NULL: not asked for */
	bool json;
	struct authority system;
	struct findings findings;
	json_t *list; /* of ways, with `json` */
	size_t ways;
};

/* ---- arguments ---- */

static error_t parse_argument(struct check *c, char *arg,
                              struct argp_state *state)
{
	if (c->file)
		argp_error(state,
		           "one configuration at a time, not \"%s\" "
		           "and \"%s\"",
		           c->file, arg);
	c->file = arg;
	return 0;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct check *c = state->input;

	switch (key) {
	case KEY_JSON:
		c->json = true;
		return 0;
	case KEY_WHO_CAN:
		c->who_can = arg;
		return 0;
	case KEY_REACH:
		c->reach = arg;
		return 0;
	case ARGP_KEY_ARG:
		return parse_argument(c, arg, state);
	case ARGP_KEY_END:
		if (!c->file)
			argp_error(state, "no SYSTEM.xml given");
		if (c->who_can && c->reach)
			argp_error(state, "either --who-can or --reach");
		return 0;
	default:
		return core_options_parse(key, arg, state, &c->core);
	}
}

static const struct argp_option options[] = {
	CORE_OPTIONS,
	{ "who-can", KEY_WHO_CAN, "SERVICE[:LABEL]", 0,
	  "list the components that can reach the service, with this label or "
	  "with any",
	  3 },
	{ "reach", KEY_REACH, "COMPONENT", 0,
	  "list all services that the component can reach", 3 },
	{ "json", KEY_JSON, NULL, 0, "as JSON, for programs", 4 },
	{ 0 },
};

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "SYSTEM.xml",
	.doc = "Tell what is wrong with a system, without running it: what "
	       "`fief run` would refuse, routes and rules that cannot be "
	       "meant, "
	       "and quota that is not there. Ends with 0, or with 120 if there "
	       "are errors. What `fief run` gives by --ram, --caps and --rom "
	       "is "
	       "given the same way.",
};

/* ---- findings ---- */

static void image_missed(void *arg, const struct config_start *s,
                         const char *text)
{
	findings_add(arg, FINDING_WARNING, "image", s->at, "%s", text);
}

void check_inits(const struct authority *a, uint64_t ram, uint64_t caps,
                 struct findings *f)
{
	for (const struct authority_init *in = a->inits; in; in = in->next) {
		check_routes(in, f);
		check_offers(in, f);
		check_start(in, f);
		check_quota(in, ram, caps, f);
	}
}

static void check_all(struct check *c)
{
	const struct authority_init *in = c->system.inits;

	if (in)
		image_check(&c->params, in->config, image_missed, &c->findings);
	check_grants(&c->system, &c->params, &c->findings);
	check_inits(&c->system, c->params.ram, c->params.caps, &c->findings);
}

/* ---- ways ---- */

static void found(void *arg, const struct authority_way *way)
{
	struct check *c = arg;
	const struct authority_hop *h = &way->hop[0];
	char *client = util_text("%s" LABEL_SEPARATOR "%s", h->init->label,
	                         h->client->name);
	struct label server;

	c->ways++;
	authority_server(way, &server);
	if (c->json)
		json_array_append_new(c->list,
		                      json_pack("{ssssssss}", "component",
		                                client, "service", way->service,
		                                "label", h->sent.text, "server",
		                                server.text));
	else
		printf("%s: service \"%s\" of %s, label \"%s\"\n", client,
		       way->service, server.text, h->sent.text);
	free(client);
}

static void tell_nobody(const struct check *c, const char *service)
{
	const char *near = authority_service_near(&c->system, service);

	util_error("nobody can reach service \"%s\"%s%s%s", service,
	           near ? "; did you mean \"" : "", near ? near : "",
	           near ? "\"?" : "");
}

/* "SERVICE:LABEL" at its first colon. */
static void who_can(struct check *c)
{
	const size_t len = strcspn(c->who_can, ":");
	char *service = util_text("%.*s", (int)len, c->who_can);
	const char *label = c->who_can[len] ? c->who_can + len + 1 : NULL;

	for (const struct authority_init *in = c->system.inits; in;
	     in = in->next)
		for (const struct config_start *s = in->config->starts; s;
		     s = s->next)
			reach_service(in, s, service, label, found, c);
	if (!c->ways && !c->json)
		tell_nobody(c, service);
	/* The texts of ways were printed or copied. */
	free(service);
}

static int reach(struct check *c)
{
	const struct authority_init *in;
	const struct config_start *s;
	char near[LABEL_MAX + 1];

	s = authority_find(&c->system, c->reach, &in, near);
	if (!s) {
		authority_not_found(c->reach, near);
		return FIEF_EXIT_NOT_FOUND;
	}
	reach_all(in, s, found, c);
	return 0;
}

static void print_list(struct check *c)
{
	if (c->json) {
		json_dumpf(c->list, stdout, JSON_INDENT(2));
		putchar('\n');
	}
	json_decref(c->list);
}

static int ways(struct check *c)
{
	int code = 0;

	if (!c->system.inits) {
		findings_print(&c->findings, c->system.file);
		return FIEF_EXIT_CONFIG;
	}
	c->list = json_array();
	if (c->who_can)
		who_can(c);
	else
		code = reach(c);
	print_list(c);
	return code;
}

static int findings(struct check *c)
{
	check_all(c);
	if (c->json)
		findings_print_json(&c->findings, c->system.file);
	else
		findings_print(&c->findings, c->system.file);
	return c->findings.errors ? FIEF_EXIT_CONFIG : 0;
}

static int run(struct check *c)
{
	int code = c->core.code;

	if (!code && !layout_find(&c->layout))
		code = FIEF_EXIT_FRAMEWORK;
	if (!code)
		code = authority_open(&c->system, c->file, &c->findings);
	if (code)
		return code;
	code = c->who_can || c->reach ? ways(c) : findings(c);
	authority_close(&c->system);
	return code;
}

int command_check(int argc, char **argv)
{
	struct check c = { .params = { .init = "init",
		                       .ram = CORE_RAM_DEFAULT,
		                       .caps = CORE_CAPS_DEFAULT,
		                       .config = -1 } };
	int code;

	c.core.params = &c.params;
	c.params.layout = &c.layout;
	command_parse(&argp, argc, argv, &c);
	code = run(&c);
	findings_fini(&c.findings);
	core_options_fini(&c.core);
	return code;
}
