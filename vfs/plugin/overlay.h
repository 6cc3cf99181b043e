/* SPDX-License-Identifier: MIT */
/* <overlay>: file systems that never change, below one that takes all changes;
 * see overlay/README.md. */
#pragma once

#include <vfs/node.h>

extern const struct vfs_type vfs_overlay;
