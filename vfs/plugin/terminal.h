/* SPDX-License-Identifier: MIT */
/* <terminal/>: a Terminal session as a file; see terminal/README.md. */
#pragma once

#include <vfs/node.h>

extern const struct vfs_type vfs_terminal;
