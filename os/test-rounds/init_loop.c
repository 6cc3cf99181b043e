/* SPDX-License-Identifier: MIT */
/* The system of the configuration, made and destroyed again and again. */

#include <fief/config.h>
#include <lib/node_gen.h>

#include "rounds.h"

enum { TEXT_MAX = 16384 };

struct fief_env *check_env;

static struct main {
	struct fief_config config;
	struct rounds rounds;
	char text[TEXT_MAX];
} m;

static void done(void)
{
	fief_log("%u rounds: RAM and caps in use are exactly as before",
	         m.rounds.count);
	fief_exit(check_env, 0);
}

static unsigned number(const char *name, unsigned fallback)
{
	uint64_t n = 0;

	CHECK_OK(node_attr_u64(m.config.root, name, fallback, NULL, &n));
	return (unsigned)n;
}

void fief_component_construct(struct fief_env *env)
{
	struct rounds *r = &m.rounds;

	check_env = env;
	CHECK_OK(fief_config_open(env, &m.config));
	r->count = number("rounds", 20);
	r->exits = number("exits", 1);
	r->kill_us = number("kill_us", 0);
	CHECK_OK(node_attr_bool(m.config.root, "keep", false, NULL, &r->keep));
	CHECK_OK(node_gen_document(node_first(m.config.root, "config"), m.text,
	                           sizeof(m.text), &r->len));
	r->text = m.text;
	r->done = done;
	rounds_run(r);
}
