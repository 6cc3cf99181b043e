/* SPDX-License-Identifier: MIT */
/* What is known of a file, as 9P2000.L has it. */
#pragma once

#include <lib/p9.h>
#include <vfs/stat.h>

void p9_put_qid(struct p9_out *, const struct vfs_stat *);

/* Of Linux. */
uint32_t p9_mode(const struct vfs_stat *);  /* st_mode */
uint8_t p9_dirent_type(enum vfs_kind kind); /* d_type */
uint8_t p9_qid_type(enum vfs_kind kind);
