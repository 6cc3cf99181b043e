/* SPDX-License-Identifier: MIT */
/* A directory of the host that the component was started with. */
#pragma once

#include <vfs/node.h>

extern const struct vfs_type vfs_host;
