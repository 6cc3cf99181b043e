/* SPDX-License-Identifier: MIT */
/* <ram_log/>: the last bytes that were written; see ram_log/README.md. */
#pragma once

#include <vfs/node.h>

extern const struct vfs_type vfs_ram_log;
