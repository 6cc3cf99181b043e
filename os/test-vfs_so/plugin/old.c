/* SPDX-License-Identifier: MIT */
/* Made with other headers than the component that is to load it. */

#include "plugin.h"

#undef VFS_INTERFACE
#define VFS_INTERFACE UINT64_C(0x01d)

static const struct vfs_type old = { .name = "test-old",
	                             .create = never_create };

VFS_PLUGIN(old);
