/* SPDX-License-Identifier: MIT */
/* What bench/ours/starts starts: logs a line and waits for ever. */

#include <fief/component.h>
#include <fief/log.h>

void fief_component_construct(struct fief_env *env)
{
	(void)env;
	fief_log("up");
}
