/* SPDX-License-Identifier: MIT */
/* <zero/>: zeros, endless or of some size, as /dev/zero; see zero/README.md. */
#pragma once

#include <vfs/node.h>

extern const struct vfs_type vfs_zero;
