/* SPDX-License-Identifier: MIT */
/* What plugins may use of the component; made of the list `exports`. */
#pragma once

#include <vfs/so/elf.h>

extern const struct so_import vfs_so_imports[]; /* in order of names */
extern const size_t vfs_so_import_count;
