/* SPDX-License-Identifier: MIT */
/* <rom name="config"/>: a ROM module as a file; see rom/README.md. */
#pragma once

#include <vfs/node.h>

extern const struct vfs_type vfs_rom;
