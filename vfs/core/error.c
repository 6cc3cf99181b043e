/* SPDX-License-Identifier: MIT */
/* Names and texts of outcomes. */
#include <vfs/error.h>

static const struct {
	const char *name, *text;
} list[VFS_ERR_COUNT] = {
#define X(id, number, name, text) [number] = { #name, text },
	VFS_ERR_LIST(X)
#undef X
};

const char *vfs_err_name(enum vfs_err e)
{
	return (unsigned)e < VFS_ERR_COUNT ? list[e].name : "?";
}

const char *vfs_err_text(enum vfs_err e)
{
	return (unsigned)e < VFS_ERR_COUNT ? list[e].text : "unknown error";
}

enum vfs_err vfs_err_of(enum fief_err e)
{
	switch ((int)e) {
	case FIEF_OK:
		return VFS_OK;
	case FIEF_OUT_OF_RAM:
	case FIEF_OUT_OF_CAPS:
	case FIEF_INSUFFICIENT_RAM:
	case FIEF_INSUFFICIENT_CAPS:
		return VFS_NO_MEMORY;
	case FIEF_DENIED:
		return VFS_DENIED;
	case FIEF_GONE:
		return VFS_GONE;
	case FIEF_CANCELED:
		return VFS_CANCELED;
	default:
		return VFS_IO;
	}
}
