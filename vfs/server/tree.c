/* SPDX-License-Identifier: MIT */
/* The tree is what the configuration says, always, with any plugins that it names. */

#include <vfs/so/loader.h>

#include "server.h"

const struct node *(*const server_node)(const struct node *config) = NULL;

struct vfs_loader *server_loader(struct fief_env *env)
{
	static struct vfs_so so;

	vfs_so_init(&so, env);
	return &so.loader;
}
