/* SPDX-License-Identifier: MIT */
/* The smallest component: says hello and exits. */

#include <fief/component.h>
#include <fief/log.h>

void fief_component_construct(struct fief_env *env)
{
	fief_log("hello, world");
	fief_exit(env, 0);
}
