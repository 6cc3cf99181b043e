/* SPDX-License-Identifier: MIT */
/* Plays the role that the configuration names. */

#include <fief/config.h>
#include <lib/mem.h>

#include "roles.h"

struct fief_env *check_env;

static struct fief_config config;

void fief_component_construct(struct fief_env *env)
{
	static const struct {
		const char *name;
		void (*run)(void);
	} roles[] = {
		{ "ownership", ownership_run },
		{ "owner", owner_run },
		{ "user", user_run },
	};
	const char *role;

	check_env = env;
	CHECK_OK(fief_config_open(env, &config));
	role = node_attr(config.root, "role", "");
	for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++)
		if (!strcmp(roles[i].name, role)) {
			roles[i].run();
			return;
		}
	CHECK(!"no such role");
}
