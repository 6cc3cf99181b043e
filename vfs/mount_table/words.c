/* SPDX-License-Identifier: MIT */
/* Words, names and texts of tables. */

#include <lib/mem.h>
#include <lib/utf8.h>

#include "internal.h"

const struct mount_kind mount_kinds[MOUNT_KINDS] = {
	[VFS_MOUNT_NAMESPACE] = { "fs", "label" },
	[VFS_MOUNT_CONSOLE] = { "log", "label" },
	[VFS_MOUNT_RAM] = { "ram", NULL },
	[VFS_MOUNT_SOCKET] = { NULL, NULL },
	[VFS_MOUNT_OTHER] = { NULL, NULL },
	[VFS_MOUNT_DIRECTORY] = { "dir", NULL },
};

enum { NAME_MAX = 64 }; /* bytes of the name of a node or attribute */

/* ---- what nodes can have ---- */

static bool name_start(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool mount_name_valid(struct capnp_text t)
{
	if (!t.len || t.len > NAME_MAX || !name_start(*t.s))
		return false;
	for (size_t i = 1; i < t.len; i++)
		if (!name_start(t.s[i]) && !(t.s[i] >= '0' && t.s[i] <= '9') &&
		    t.s[i] != '-' && t.s[i] != '.')
			return false;
	return true;
}

bool mount_text_valid(struct capnp_text t)
{
	uint32_t c = 0;

	for (size_t at = 0, n; at < t.len; at += n) {
		n = utf8_decode(t.s + at, t.len - at, &c);
		if (!n || (c < 0x20 && c != '\t' && c != '\n' && c != '\r') ||
		    c == 0xfffe || c == 0xffff)
			return false;
	}
	return true;
}

bool mount_file_name_valid(const char *s, size_t len)
{
	return len && len <= VFS_NAME_MAX &&
	       !(*s == '.' && (len == 1 || (len == 2 && s[1] == '.'))) &&
	       mount_text_valid((struct capnp_text){ s, len });
}

enum vfs_mount_which mount_kind_of(struct capnp_text node)
{
	for (unsigned i = 0; i < MOUNT_KINDS; i++)
		if (mount_kinds[i].node &&
		    capnp_text_equal(node, capnp_text_of(mount_kinds[i].node)))
			return (enum vfs_mount_which)i;
	return VFS_MOUNT_OTHER;
}
