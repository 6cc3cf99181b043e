/* SPDX-License-Identifier: MIT */
/* <null/>: what is written to it is gone, and reading it finds nothing, as /dev/null; see null/README.md. */
#pragma once

#include <vfs/node.h>

extern const struct vfs_type vfs_null;
