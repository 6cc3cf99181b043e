/* SPDX-License-Identifier: MIT */
/*
 * <fs label="/" buffer="256K" writeable="yes"/>: files of a server, by a
 * File_system session. The last element of the session label is the directory.
 */
#pragma once

#include <vfs/node.h>

extern const struct vfs_type vfs_fs;
