/* SPDX-License-Identifier: MIT */
/* All file systems of this folder, for components that link all of them. */
#pragma once

#include <vfs/node.h>

extern const struct vfs_type *const vfs_plugins[]; /* and NULL */
