/* SPDX-License-Identifier: MIT */
/* <audit>: tells what is done with the file system in it; see audit/README.md. */
#pragma once

#include <vfs/node.h>

extern const struct vfs_type vfs_audit;
