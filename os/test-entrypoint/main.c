/* SPDX-License-Identifier: MIT */
/* Entrypoints: destroyed in the midst of calls, and calls beside waiting. One
 * image for both sides; the configuration says which. */

#include <fief/config.h>

#include "test.h"

struct fief_env *check_env;

static struct fief_config config;

void worker_start(struct fief_worker *w, const char *name,
                  void (*run)(struct fief_worker *))
{
	w->name = name;
	w->run = run;
	CHECK_OK(fief_worker_start(w, check_env->ram, FIEF_THREAD_STACK));
}

void fief_component_construct(struct fief_env *env)
{
	bool client = false;

	check_env = env;
	CHECK_OK(fief_config_open(env, &config));
	CHECK_OK(node_attr_bool(config.root, "client", false, NULL, &client));
	if (client)
		client_run();
	else
		server_run();
}
