/* SPDX-License-Identifier: MIT */
/*
 * <ram/>: files in memory, as tmpfs has them: directories, hard and symbolic
 * links, holes, and names of fifos, sockets and devices. All of it is paid from
 * the quota of the component that has the tree.
 */
#pragma once

#include <vfs/node.h>

extern const struct vfs_type vfs_ram;
