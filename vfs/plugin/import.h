/* SPDX-License-Identifier: MIT */
/* <import>: copies files once, into the directory where it stands; see
 * import/README.md. */
#pragma once

#include <vfs/node.h>

extern const struct vfs_type vfs_import;
