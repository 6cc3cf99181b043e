/* SPDX-License-Identifier: MIT */
/* Says that it is another one than it is asked for. */

#include "plugin.h"

static const struct vfs_type other = { .name = "null", .create = never_create };

VFS_PLUGIN(other);
