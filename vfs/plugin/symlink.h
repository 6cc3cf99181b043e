/* SPDX-License-Identifier: MIT */
/* <symlink/>: a symbolic link; see symlink/README.md. */
#pragma once

#include <vfs/node.h>

extern const struct vfs_type vfs_symlink;
