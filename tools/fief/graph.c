/* SPDX-License-Identifier: MIT */
/* `fief graph`: components, and the services that routes let them reach. */

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fief/exit_code.h>

#include "command.h"
#include "reach.h"
#include "util.h"

enum { KEY_DOT = 256, KEY_MERMAID, KEY_JSON };

/* From one component to another. */
struct edge {
	char *server;     /* owned: label */
	char *services;   /* owned: names, in a list */
	const char *last; /* borrowed: the one that was added last */
};

struct graph {
	const char *file;
	int format; /* one of the keys */
	struct authority system;
	struct findings findings;
	struct edge *edges; /* owned: of the component that is visited */
	size_t count, room;
	json_t *components, *list; /* with JSON */
};

/* ---- arguments ---- */

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct graph *g = state->input;

	if (key >= KEY_DOT && key <= KEY_JSON) {
		g->format = key;
	} else if (key == ARGP_KEY_ARG) {
		if (g->file)
			argp_error(state,
			           "one configuration at a time, not \"%s\" "
			           "and \"%s\"",
			           g->file, arg);
		g->file = arg;
	} else if (key == ARGP_KEY_END) {
		if (!g->file)
			argp_error(state, "no SYSTEM.xml given");
	} else {
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static const struct argp_option options[] = {
	{ "dot", KEY_DOT, NULL, 0, "for Graphviz (what is usual)", 0 },
	{ "mermaid", KEY_MERMAID, NULL, 0, "for Mermaid, as in Markdown", 0 },
	{ "json", KEY_JSON, NULL, 0, "as JSON, for programs", 0 },
	{ 0 },
};

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "SYSTEM.xml",
	.doc = "Print the components of a system as a graph, inits within "
	       "inits "
	       "included: an edge leads from a component to each that its "
	       "routes let it reach, and names the services.",
};

/* ---- edges ---- */

static struct edge *edge_to(struct graph *g, const char *server)
{
	for (size_t i = 0; i < g->count; i++)
		if (!strcmp(g->edges[i].server, server))
			return &g->edges[i];
	if (g->count == g->room) {
		g->room = g->room ? 2 * g->room : 8;
		g->edges = util_grow(g->edges, g->room * sizeof(*g->edges));
	}
	g->edges[g->count] = (struct edge){ .server = util_text("%s", server) };
	return &g->edges[g->count++];
}

static void found(void *arg, const struct authority_way *way)
{
	struct graph *g = arg;
	struct label server;
	struct edge *e = edge_to(g, authority_server(way, &server));
	char *more;

	if (e->last && !strcmp(e->last, way->service))
		return; /* by another rule */
	more = util_text("%s%s%s", e->services ? e->services : "",
	                 e->services ? ", " : "", way->service);
	free(e->services);
	e->services = more;
	e->last = way->service;
}

static void edges_clear(struct graph *g)
{
	for (size_t i = 0; i < g->count; i++) {
		free(g->edges[i].server);
		free(g->edges[i].services);
	}
	g->count = 0;
}

/* ---- printing ---- */

/* Within double quotes; neither format can have all characters there. */
static void print_quoted(const char *text)
{
	char *safe = util_alloc(strlen(text) * UTIL_SAFE_GROWTH + 1);

	util_safe_text(safe, text, strlen(text));
	putchar('"');
	for (const char *c = safe; *c; c++)
		putchar(*c == '"' ? '\'' : *c == '\\' ? '/' : *c);
	putchar('"');
	free(safe);
}

static void print_edge(const struct graph *g, const char *client,
                       const struct edge *e)
{
	if (g->format == KEY_JSON) {
		json_array_append_new(g->list,
		                      json_pack("{ssssss}", "client", client,
		                                "server", e->server, "services",
		                                e->services));
		return;
	}
	fputs("  ", stdout);
	print_quoted(client);
	fputs(" -> ", stdout);
	print_quoted(e->server);
	fputs(" [label=", stdout);
	print_quoted(e->services);
	puts("];");
}

/* Names of nodes have to be plain there. */
static void print_node(const char *label)
{
	unsigned long hash = 5381;

	for (const char *c = label; *c; c++)
		hash = hash * 33 + (unsigned char)*c;
	printf("n%lx[", hash);
	print_quoted(label);
	putchar(']');
}

static void print_mermaid(const char *client, const struct edge *e)
{
	fputs("  ", stdout);
	print_node(client);
	fputs(" -->|", stdout);
	print_quoted(e->services);
	fputs("| ", stdout);
	print_node(e->server);
	putchar('\n');
}

static void visit(struct graph *g, const struct authority_init *in,
                  const struct config_start *s)
{
	char *client = util_text("%s" LABEL_SEPARATOR "%s", in->label, s->name);

	reach_all(in, s, found, g);
	if (g->format == KEY_JSON)
		json_array_append_new(g->components, json_string(client));
	for (size_t i = 0; i < g->count; i++)
		if (g->format == KEY_MERMAID)
			print_mermaid(client, &g->edges[i]);
		else
			print_edge(g, client, &g->edges[i]);
	edges_clear(g);
	free(client);
}

static void print(struct graph *g)
{
	json_t *j;

	g->components = json_array();
	g->list = json_array();
	if (g->format != KEY_JSON)
		puts(g->format == KEY_DOT ? "digraph system {" : "graph LR");
	for (const struct authority_init *in = g->system.inits; in;
	     in = in->next)
		for (const struct config_start *s = in->config->starts; s;
		     s = s->next)
			visit(g, in, s);
	if (g->format == KEY_DOT)
		puts("}");
	j = json_pack("{sisoso}", "version", 1, "components", g->components,
	              "edges", g->list);
	if (g->format == KEY_JSON) {
		json_dumpf(j, stdout, JSON_INDENT(2));
		putchar('\n');
	}
	json_decref(j);
}

int command_graph(int argc, char **argv)
{
	struct graph g = { .format = KEY_DOT };
	int code;

	command_parse(&argp, argc, argv, &g);
	code = authority_open(&g.system, g.file, &g.findings);
	if (code)
		return code;
	if (g.system.inits) {
		print(&g);
	} else {
		findings_print(&g.findings, g.system.file);
		code = FIEF_EXIT_CONFIG;
	}
	authority_close(&g.system);
	findings_fini(&g.findings);
	free(g.edges);
	return code;
}
