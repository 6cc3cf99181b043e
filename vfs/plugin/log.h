/* SPDX-License-Identifier: MIT */
/* <log/>: lines for a LOG session; see log/README.md. */
#pragma once

#include <vfs/node.h>

extern const struct vfs_type vfs_log;
