/* SPDX-License-Identifier: MIT */
/* A file system that is never made: what its object is wrong in comes before. */
#pragma once

#include <vfs/so/plugin.h>

static enum fief_err never_create(struct vfs *v, const struct node *config,
                                  struct node_error *err, struct vfs_fs **out)
{
	(void)v, (void)out;
	return node_error_set(err, FIEF_INVALID, config->at, "it was loaded");
}
