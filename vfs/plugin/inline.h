/* SPDX-License-Identifier: MIT */
/* <inline/>: a file whose content is in the configuration; see inline/README.md. */
#pragma once

#include <vfs/node.h>

extern const struct vfs_type vfs_inline;
