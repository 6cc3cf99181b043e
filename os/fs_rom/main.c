/* SPDX-License-Identifier: MIT */
/* ROM modules out of files, which may change. */

#include <os/file_rom/reader.h>

static struct readers m;

void fief_component_construct(struct fief_env *env)
{
	readers_start(&m, env, NULL);
}
