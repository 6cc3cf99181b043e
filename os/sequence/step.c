/* SPDX-License-Identifier: MIT */
/* From a sequence to the configuration of one step. */

#include "step.h"

#include <lib/mem.h>

/* What a sequence and a sandbox have in common is passed on as it is. */
static const char *const shared[] = { "parent-provides", "default-route",
	                              "default" };
enum { SHARED = sizeof(shared) / sizeof(shared[0]) };

static const char *const provided[] = { "LOG", "ROM", "CPU", "PD" };
enum { PROVIDED = sizeof(provided) / sizeof(provided[0]) };

const struct node *step_next(const struct node *config,
                             const struct node *before)
{
	return before ? node_next(before, "start") :
	                node_first(config, "start");
}

/* What every component needs, where nothing else is said. */
static void provides_put(struct node_gen *g)
{
	node_gen_open(g, "parent-provides");
	for (unsigned i = 0; i < PROVIDED; i++) {
		node_gen_open(g, "service");
		node_gen_attr(g, "name", provided[i]);
		node_gen_close(g);
	}
	node_gen_close(g);
}

static void route_put(struct node_gen *g)
{
	node_gen_open(g, "default-route");
	node_gen_open(g, "any-service");
	node_gen_open(g, "parent");
	node_gen_close(g);
	node_gen_close(g);
	node_gen_close(g);
}

static void head_put(struct node_gen *g, const struct node *config)
{
	for (unsigned i = 0; i < SHARED; i++)
		NODE_FOR_EACH(n, config, shared[i])
			node_gen_node(g, n);
	if (!node_first(config, "parent-provides"))
		provides_put(g);
	if (!node_first(config, "default-route"))
		route_put(g);
}

static void start_put(struct node_gen *g, const struct node *step, uint64_t run)
{
	node_gen_open(g, "start");
	NODE_FOR_EACH_ATTR(a, step)
		if (strcmp(a->name, "version") != 0)
			node_gen_attr(g, a->name, a->value);
	node_gen_attr_u64(g, "version", run);
	NODE_FOR_EACH(n, step, NULL)
		if (!node_has_type(n, "exit"))
			node_gen_node(g, n);
	node_gen_open(g, "exit");
	node_gen_attr_bool(g, "propagate", true);
	node_gen_close(g);
	node_gen_close(g);
}

enum fief_err step_config(const struct node *config, const struct node *step,
                          uint64_t run, char *buf, size_t size, size_t *len)
{
	struct node_gen g;

	node_gen_init(&g, buf, size);
	node_gen_open(&g, "config");
	head_put(&g, config);
	start_put(&g, step, run);
	node_gen_close(&g);
	return node_gen_finish(&g, len);
}

static bool known(const struct node *n)
{
	for (unsigned i = 0; i < SHARED; i++)
		if (node_has_type(n, shared[i]))
			return true;
	return node_has_type(n, "start");
}

enum fief_err step_check(const struct node *config, struct node_error *err)
{
	static const char *const flags[] = { "repeat", "keep_going",
		                             "restart" };
	bool value;

	if (!node_first(config, "start"))
		return node_error_set(err, FIEF_INVALID,
		                      config ? config->at :
		                               (struct node_place){ 0 },
		                      "no <start>: nothing to do");
	for (unsigned i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if (node_attr_bool(config, flags[i], false, err, &value))
			return FIEF_INVALID;
	NODE_FOR_EACH(n, config, NULL)
		if (!known(n))
			return node_error_set(err, FIEF_INVALID, n->at,
			                      "unknown element <%s>", n->name);
	return FIEF_OK;
}
