/* SPDX-License-Identifier: MIT */
/* <random/>: bytes that nobody can tell beforehand; see random/README.md. */
#pragma once

#include <vfs/node.h>

extern const struct vfs_type vfs_random;
