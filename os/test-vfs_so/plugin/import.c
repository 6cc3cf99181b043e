/* SPDX-License-Identifier: MIT */
/* Wants more than plugins have: to end the component. */

#include <fief/component.h>

#include "plugin.h"

static enum fief_err import_create(struct vfs *v, const struct node *config,
                                   struct node_error *err, struct vfs_fs **out)
{
	if (!config->first)
		fief_exit(vfs_env(v), 0);
	return never_create(v, config, err, out);
}

static const struct vfs_type import = { .name = "test-import",
	                                .create = import_create };

VFS_PLUGIN(import);
