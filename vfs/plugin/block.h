/* SPDX-License-Identifier: MIT */
/* <block/>: a Block session as a file; see block/README.md. */
#pragma once

#include <vfs/node.h>

extern const struct vfs_type vfs_block;
