/* SPDX-License-Identifier: MIT */
/* A component that starts copies of itself, which do so, too. The first one
 * does it round after round. */

#include <fief/config.h>
#include <lib/node_gen.h>

#include "rounds.h"

enum {
	TEXT_MAX = 4096,
	CHILDREN_MAX = 8,
	GENERATIONS_MAX = 6,
	LEAF_RAM = 1 << 20,
	LEAF_CAPS = 60,
	OWN_RAM = 2 << 20, /* of one that has children, without theirs */
	OWN_CAPS = 120,
};

struct fief_env *check_env;

static struct main {
	struct fief_config config;
	struct rounds rounds;
	uint64_t children, generations;
	char text[TEXT_MAX];
} m;

/* What a child needs for itself and all that it starts. */
static void needs(uint64_t generations, uint64_t *ram, uint64_t *caps)
{
	*ram = LEAF_RAM;
	*caps = LEAF_CAPS;
	for (uint64_t g = 0; g < generations; g++) {
		*ram = OWN_RAM + m.children * *ram;
		*caps = OWN_CAPS + m.children * *caps;
	}
}

/* ---- the configuration of the children ---- */

static void services_put(struct node_gen *g)
{
	static const char *const service[] = { "LOG", "ROM", "CPU", "PD" };

	node_gen_open(g, "parent-provides");
	for (unsigned i = 0; i < sizeof(service) / sizeof(service[0]); i++) {
		node_gen_open(g, "service");
		node_gen_attr(g, "name", service[i]);
		node_gen_close(g);
	}
	node_gen_close(g);
	node_gen_open(g, "default-route");
	node_gen_open(g, "any-service");
	node_gen_open(g, "parent");
	node_gen_close(g);
	node_gen_close(g);
	node_gen_close(g);
}

static void child_put(struct node_gen *g, unsigned number)
{
	uint64_t ram, caps;
	char name[16];
	struct fmt f;

	fmt_init(&f, name, sizeof(name));
	fmt_add(&f, "%u", number);
	needs(m.generations - 1, &ram, &caps);
	node_gen_open(g, "start");
	node_gen_attr(g, "name", name);
	node_gen_attr_u64(g, "ram", ram);
	node_gen_attr_u64(g, "caps", caps);
	node_gen_open(g, "binary");
	node_gen_attr(g, "name", "test-bomb");
	node_gen_close(g);
	node_gen_open(g, "exit");
	node_gen_attr_bool(g, "propagate", true);
	node_gen_close(g);
	node_gen_open(g, "config");
	node_gen_attr_u64(g, "children", m.children);
	node_gen_attr_u64(g, "generations", m.generations - 1);
	node_gen_close(g);
	node_gen_close(g);
}

static void text_make(void)
{
	struct node_gen g;

	node_gen_init(&g, m.text, sizeof(m.text));
	node_gen_open(&g, "config");
	services_put(&g);
	for (unsigned i = 0; i < m.children; i++)
		child_put(&g, i);
	node_gen_close(&g);
	CHECK_OK(node_gen_finish(&g, &m.rounds.len));
	m.rounds.text = m.text;
}

/* ---- life ---- */

static void done(void)
{
	if (m.rounds.count > 1)
		fief_log("%u rounds of %llu children in %llu generations: "
		         "nothing is lost",
		         m.rounds.count, (unsigned long long)m.children,
		         (unsigned long long)m.generations);
	fief_exit(check_env, 0);
}

static uint64_t number(const char *name, uint64_t fallback)
{
	uint64_t n = 0;

	CHECK_OK(node_attr_u64(m.config.root, name, fallback, NULL, &n));
	return n;
}

void fief_component_construct(struct fief_env *env)
{
	struct rounds *r = &m.rounds;

	check_env = env;
	CHECK_OK(fief_config_open(env, &m.config));
	m.children = number("children", 3);
	m.generations = number("generations", 3);
	CHECK(m.children && m.children <= CHILDREN_MAX);
	CHECK(m.generations <= GENERATIONS_MAX);
	if (!m.generations)
		fief_exit(env, 0);
	r->count = (unsigned)number("rounds", 1);
	r->kill_us = number("kill_us", 0);
	r->exits = (unsigned)m.children;
	r->done = done;
	text_make();
	rounds_run(r);
}
