/* SPDX-License-Identifier: MIT */
/*
 * <ram size="8M"/>: files in memory, as tmpfs has them: directories, hard and
 * symbolic links, holes, and names of fifos, sockets and devices. All of it is
 * paid from the quota of the component that has the tree, and takes `size` bytes
 * at most; without it, as much as there is. NO_SPACE beyond.
 */
#pragma once

#include <vfs/node.h>

extern const struct vfs_type vfs_ram;
