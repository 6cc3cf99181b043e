/* SPDX-License-Identifier: MIT */
/* `<config attack="NAME" ms="500"/>`: runs that attack for so long, and exits. */

#include "child.h"

#include <fief/config.h>
#include <lib/mem.h>

struct bad_child bad;

static const struct bad_attack *find(const char *name)
{
	const struct bad_attack *const all[] = { bad_client, bad_server,
		                                 bad_reporter, bad_urgent };

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		for (const struct bad_attack *a = all[i]; a->name; a++)
			if (!strcmp(a->name, name))
				return a;
	return NULL;
}

void fief_component_construct(struct fief_env *env)
{
	static struct fief_config config;
	const struct bad_attack *attack;
	uint64_t ms = 500;

	bad.env = env;
	bad.parent.cap = env->parent;
	if (fief_config_open(env, &config) ||
	    node_attr_u64(config.root, "ms", ms, NULL, &ms))
		fief_exit(env, 98);
	attack = find(node_attr(config.root, "attack", ""));
	if (!attack)
		fief_exit(env, 99);
	bad.end = fief_kif->time() + ms * MS;
	attack->run();
	fief_log("%s: done", attack->name);
	fief_exit(env, 0);
}
