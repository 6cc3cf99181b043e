/* SPDX-License-Identifier: MIT */
/* The table of all file systems. */

#include <vfs/plugins.h>

#include <vfs/plugin/audit.h>
#include <vfs/plugin/block.h>
#include <vfs/plugin/fs.h>
#include <vfs/plugin/full.h>
#include <vfs/plugin/host.h>
#include <vfs/plugin/import.h>
#include <vfs/plugin/inline.h>
#include <vfs/plugin/log.h>
#include <vfs/plugin/null.h>
#include <vfs/plugin/overlay.h>
#include <vfs/plugin/pipe.h>
#include <vfs/plugin/ram.h>
#include <vfs/plugin/ram_log.h>
#include <vfs/plugin/random.h>
#include <vfs/plugin/rom.h>
#include <vfs/plugin/rtc.h>
#include <vfs/plugin/self.h>
#include <vfs/plugin/symlink.h>
#include <vfs/plugin/tar.h>
#include <vfs/plugin/terminal.h>
#include <vfs/plugin/zero.h>

const struct vfs_type *const vfs_plugins[] = {
	&vfs_audit,     &vfs_block,  &vfs_fs,      &vfs_full,   &vfs_host,
	&vfs_import,    &vfs_inline, &vfs_log,     &vfs_null,   &vfs_overlay,
	&vfs_pipe_type, &vfs_ram,    &vfs_ram_log, &vfs_random, &vfs_rom,
	&vfs_rtc,       &vfs_self,   &vfs_symlink, &vfs_tar,    &vfs_terminal,
	&vfs_zero,      NULL,
};
