/* SPDX-License-Identifier: MIT */
/*
 * Outcomes of file operations. A closed list of its own, beside enum fief_err,
 * since programs tell these causes apart. The numbers travel in messages of the
 * File_system session and never change; the Linux personality maps each to one
 * errno.
 */
#pragma once

#include <fief/err.h>

#define VFS_ERR_LIST(X)                                                        \
	X(OK, 0, ok, "success")                                                \
	X(AGAIN, 1, again, "would block; try again when the file is ready")    \
	X(NOT_FOUND, 2, not_found, "no such file or directory")                \
	X(EXISTS, 3, exists, "the file exists")                                \
	X(NOT_DIR, 4, not_dir, "not a directory")                              \
	X(IS_DIR, 5, is_dir, "is a directory")                                 \
	X(NOT_EMPTY, 6, not_empty, "the directory is not empty")               \
	X(DENIED, 7, denied, "permission denied")                              \
	X(NOT_PERMITTED, 8, not_permitted,                                     \
	  "this kind of file does not allow that")                             \
	X(READ_ONLY, 9, read_only, "the file system is read-only")             \
	X(CROSS, 10, cross, "source and target are in different file systems") \
	X(LOOP, 11, loop, "too many symbolic links")                           \
	X(NAME_TOO_LONG, 12, name_too_long, "a name or path is too long")      \
	X(NO_SPACE, 13, no_space, "no quota left for the content")             \
	X(NO_MEMORY, 14, no_memory, "no quota left for a file or handle")      \
	X(INVALID, 15, invalid, "invalid argument")                            \
	X(BUSY, 16, busy, "in use, or a place of the configuration")           \
	X(TOO_MANY_LINKS, 17, too_many_links,                                  \
	  "the file has as many names as it can have")                         \
	X(TOO_BIG, 18, too_big, "beyond the largest size of a file")           \
	X(NO_SEEK, 19, no_seek, "a stream has no positions")                   \
	X(BROKEN_PIPE, 20, broken_pipe, "nobody reads it any more")            \
	X(NO_DEVICE, 21, no_device, "nothing is behind this file")             \
	X(IO, 22, io, "the device or server failed")                           \
	X(NOT_OPEN, 23, not_open, "the handle is not open for that")           \
	X(UNSUPPORTED, 24, unsupported, "the file system cannot do that")      \
	X(CANCELED, 25, canceled, "the operation was canceled")                \
	X(GONE, 26, gone, "the server or the mount is gone")                   \
	X(DEADLOCK, 27, deadlock, "waiting for the lock would deadlock")       \
	X(NO_DATA, 28, no_data, "no such attribute, or no data beyond")        \
	X(NO_READER, 29, no_reader, "nobody has the fifo open for reading")

enum vfs_err {
#define X(id, number, name, text) VFS_##id = number,
	VFS_ERR_LIST(X)
#undef X
		VFS_ERR_COUNT,
	/* Local only: `done` of the operation is called later. */
	VFS_LATE,
	/* Between file systems and the tree only: at a symbolic link. */
	VFS_AT_LINK,
};

/* Lower-case name of an outcome, for example "not_found"; "?" if unknown. */
const char *vfs_err_name(enum vfs_err e);

/* One-sentence explanation; "unknown error" if unknown. */
const char *vfs_err_text(enum vfs_err e);

/* For a number that came from a peer; unknown ones are IO. */
static inline enum vfs_err vfs_err_from_wire(uint32_t number)
{
	return number < VFS_ERR_COUNT ? (enum vfs_err)number : VFS_IO;
}

/* Of memory that could not be had, or of a session's transport. */
enum vfs_err vfs_err_of(enum fief_err e);
