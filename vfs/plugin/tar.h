/* SPDX-License-Identifier: MIT */
/* <tar name="image.tar"/>: a read-only archive; see tar/README.md. */
#pragma once

#include <vfs/node.h>

extern const struct vfs_type vfs_tar;
