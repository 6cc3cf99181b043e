/* SPDX-License-Identifier: MIT */
/*
 * Packets of a File_system session. `op` of a packet is an operation, and above
 * FS_OP_BITS the handle that it is for: of a file, or of the directory where a
 * path begins; handle 0 is the directory of the session. Handles are of one
 * session; those of others mean nothing.
 *
 * FS_READ and FS_WRITE have the bytes as payload, and their position in `arg`; the
 * acknowledgement has their number in `arg`. The payload of all others begins
 * with struct fs_request, followed by its texts, and is overwritten with struct
 * fs_reply, followed by its text, or for FS_LIST with entries as of
 * <vfs/dirent.h>, whose bytes `arg` of the acknowledgement tells.
 *
 * Paths are relative: names with one slash in between, no "." or "..". A symbolic
 * link on the way ends FS_OPEN: the reply has the bytes of the path up to the end
 * of its name, and its target. Links are followed by the client, whose tree it is.
 *
 * `op` of an acknowledgement is the outcome, enum vfs_err or FS_AT_LINK; `status`
 * is not 0 if the packet itself was wrong. Above FS_READY_SHIFT the outcome of
 * FS_READ and FS_WRITE has what a stream is ready for now, VFS_CAN_*.
 *
 * What happens meanwhile is told by FS_EVENTS, of which one can be under way: it
 * ends when there is something to tell of a handle, once for each time that the
 * client asked: FS_WATCH for the next change, FS_LOCK for a lock that others have,
 * which is the client's then and collected by asking again. A stream tells each
 * change of what it is ready for.
 */
#pragma once

#include <assert.h>

#include <vfs/stat.h>

enum fs_op {
	FS_OPEN =
		1, /* path: a handle; request.flags are VFS_*. If it is a symbolic
	              * link itself, the reply has its target, too */
	FS_CLOSE, /* no payload; no handle is of no effect */
	FS_READ,
	FS_WRITE,
	FS_STAT,   /* payload is only the reply */
	FS_CHANGE, /* of an open file, or any handle but for the size */
	FS_LIST,   /* from request.pos on; reply.pos is where to go on */
	FS_SYNC,
	FS_ALLOCATE, /* request.pos, request.len, request.how */
	FS_SEEK,     /* to data or, with request.how, a hole from request.pos */
	FS_MAKE,     /* path: one name; text: target of a symbolic link */
	FS_REMOVE,   /* path: one name; VFS_DIRECTORY in flags */
	FS_RENAME,   /* path: one name; text: one in request.to */
	FS_LINK,     /* text: one name in request.to, for this handle */
	FS_EVENTS,   /* struct fs_event behind the reply; `arg`: how many */
	FS_WATCH,    /* OK: the next change is told */
	FS_LOCK, /* request.pos to request.len, of owner request.rdev, of kind
	          * request.kind; request.how: FS_LOCK_*. AGAIN: others have it */
	FS_OPS
};

/* In request.how of FS_LOCK. */
enum {
	FS_LOCK_SPACE = 1,   /* those of flock(2) */
	FS_LOCK_FILE = 2,    /* of the handle, not of an owner */
	FS_LOCK_TEST = 4,    /* who has it: reply.pos, size, ino, kind */
	FS_LOCK_WAIT = 8,    /* AGAIN: it is told when the client has it */
	FS_LOCK_CANCEL = 16, /* do not wait; unlock it if it is had by now */
	FS_LOCK_OWNER = 32,  /* unlock all of the owner, whatever the handle */
};

enum {
	FS_EVENT_CHANGED = 1,
	FS_EVENT_LOCK = 2,
	FS_EVENT_READY = 4, /* with VFS_CAN_* above FS_READY_SHIFT */
};

enum {
	FS_STREAM = 1,  /* it has no positions */
	FS_OPENING = 2, /* of a fifo: open when it is told to be ready */
	FS_READY_SHIFT = 16,
};

struct fs_event {
	uint32_t handle;
	uint32_t what;
};

/* In request.how of FS_REMOVE, FS_RENAME, FS_LINK: there was a slash behind the
 * name, so it has to be one of a directory. */
enum { FS_PATH_SLASH = 1, FS_TEXT_SLASH = 2 };

enum {
	FS_OP_BITS = 8,
	FS_HANDLE_MAX = (1 << (32 - FS_OP_BITS)) - 1,
	FS_QUEUE = 16,      /* entries of each queue */
	FS_PAYLOAD = 4736,  /* that has room for each request and reply */
	FS_BUFFER = 262144, /* bytes of the bulk area, unless asked for more */
	FS_BUFFER_MIN = 131072,
	FS_CLIENT_QUOTA = 131072, /* bytes for handles, unless asked for more */
};

/* All numbers in the order of bytes of the machine: both sides are on one. */
struct fs_request {
	uint64_t pos, len, rdev;
	int64_t atime, mtime;
	uint64_t size;
	uint32_t flags, mode, uid, gid;
	uint32_t kind; /* enum vfs_kind */
	uint32_t what; /* VFS_SET_* */
	uint32_t how;
	uint32_t to;       /* a handle */
	uint16_t path_len; /* of the texts behind, not terminated */
	uint16_t text_len;
	uint32_t unused;
};

struct fs_reply {
	uint64_t pos;
	uint64_t dev, ino, size, blocks, rdev;
	int64_t atime, mtime, ctime, btime;
	uint32_t kind, mode, links, uid, gid, block_size;
	uint32_t handle;
	uint32_t walked; /* if it ended at a link */
	uint32_t text_len;
	uint32_t stream; /* FS_STREAM*, VFS_CAN_* above FS_READY_SHIFT */
};

static_assert(sizeof(struct fs_request) == 88, "layout");
static_assert(sizeof(struct fs_reply) == 120, "layout");
static_assert(FS_PAYLOAD >= sizeof(struct fs_request) + VFS_PATH_MAX + 256 &&
                      FS_PAYLOAD >= sizeof(struct fs_reply) + VFS_PATH_MAX,
              "room for a path and a name, or for a target");

enum {
	FS_EVENTS_MAX =
		(FS_PAYLOAD - sizeof(struct fs_reply)) / sizeof(struct fs_event)
};

/* Outcome: the path ended at a symbolic link. */
enum { FS_AT_LINK = 0x100 };
