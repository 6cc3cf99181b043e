/* SPDX-License-Identifier: MIT */
/* Region maps: one image, two roles. */

#include "regions.h"

#include <fief/config.h>
#include <fief/log.h>
#include <lib/mem.h>

struct regions regions;

void check(bool ok, const char *what)
{
	regions.checks++;
	if (ok)
		return;
	regions.failed++;
	fief_error("failed: %s", what);
}

void check_err(enum fief_err got, enum fief_err want, const char *what)
{
	regions.checks++;
	if (got == want)
		return;
	regions.failed++;
	fief_error("failed: %s: %s, expected %s", what, fief_err_name(got),
	           fief_err_name(want));
}

void fief_component_construct(struct fief_env *env)
{
	struct fief_config config;
	uint64_t touch;
	bool user;

	regions.env = env;
	if (fief_config_open(env, &config)) {
		fief_error("no config");
		fief_exit(env, 1);
	}
	user = !strcmp(node_attr(config.root, "role", ""), "user");
	check_err(node_attr_u64(config.root, "touch", 0, NULL, &touch), FIEF_OK,
	          "touch");
	fief_config_close(&config);
	if (user)
		user_start(touch);
	else
		maker_start();
}
