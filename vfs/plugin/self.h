/* SPDX-License-Identifier: MIT */
/* <self/>: files that tell of the component itself; see self/README.md. */
#pragma once

#include <vfs/node.h>

extern const struct vfs_type vfs_self;
