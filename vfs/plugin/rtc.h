/* SPDX-License-Identifier: MIT */
/* What time it is for people; see rtc/README.md. */
#pragma once

#include <vfs/node.h>

extern const struct vfs_type vfs_rtc;
