/* SPDX-License-Identifier: MIT */
/* A fifo that the configuration names. */
#pragma once

#include <vfs/node.h>

extern const struct vfs_type vfs_pipe_type;
