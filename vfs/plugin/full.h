/* SPDX-License-Identifier: MIT */
/* <full/>: a file that has no room, as /dev/full; see full/README.md. */
#pragma once

#include <vfs/node.h>

extern const struct vfs_type vfs_full;
