/* SPDX-License-Identifier: MIT */
/* Private parts of the file system behind a session. */
#pragma once

#include <fief/attached.h>
#include <fief/packet_stream.h>
#include <fief/session.h>
#include <lib/list.h>
#include <lib/tree.h>
#include <session/file_system.h>
#include <vfs/server/protocol.h>
#include <vfs/vfs.h>

enum { DATA_CHUNKS = 64 }; /* that the buffer for bytes is shared out in */

struct fs {
	struct vfs_fs fs;
	struct fief_env *env;     /* borrowed */
	struct fief_alloc *alloc; /* borrowed */
	struct fief_session session;
	struct fief_attached memory;
	struct fief_packet_stream stream;
	struct fief_signal_handler acks;
	bool async;      /* never wait for the server */
	bool broken;     /* it does not keep to the protocol */
	bool collecting; /* replies are being told of */
	/* Calls that are with the server, by their cookie, which is the number
	 * of the part of the buffer for their request and reply, too. */
	struct call *call[FS_QUEUE];
	uint64_t data;        /* a bit for each chunk in use */
	uint32_t chunk_bytes; /* of one of them */
	unsigned out;         /* packets of closes under way */
	struct list waiting;  /* calls: for a part of the buffer */
	struct list closing;  /* nodes that the server is to close */
	struct tree told;     /* struct fs_node: of which the server tells */
	struct vfs_op events; /* by this, if there are any */
	bool events_asked;
	struct list asking;   /* struct fs_node: with locks to be asked for */
	struct list owners;   /* owned: of locks */
	uint64_t owner_count; /* so far */
};

struct fs_node {
	struct vfs_node node;
	struct list_elem in_closing;
	uint32_t handle;
	bool fresh;  /* `stat` has just come */
	bool prompt; /* its close has effects elsewhere */
	bool locked; /* and who closes it relies on them */
	struct vfs_stat stat;
	char *target; /* owned; of a symbolic link */
	size_t target_len;
	struct tree_elem in_told;
	struct list lock_waits; /* struct vfs_op, by `link` */
	struct list_elem in_asking;
	struct vfs_file *file;     /* borrowed: that is open by it; or NULL */
	uint32_t can;              /* of a stream: VFS_CAN_*, as told last */
	fief_cap mapped;           /* owned: its content; or null */
	struct fief_attached view; /* the same, for us */
	bool no_view;              /* the server has it not as memory */
	bool stream;
	struct vfs_op *opening; /* waits until it is open at the server */
	bool opens;             /* it is not, yet */
};

/* An operation of the server, for one of the tree. */
struct call {
	struct list_elem link;
	struct fs *fs;
	struct vfs_op *op;
	enum fs_op code;
	uint32_t handle;
	struct fs_request asked;
	const char *path, *text; /* borrowed: during the operation */
	uint64_t pos;            /* of FS_READ, FS_WRITE */
	uint32_t len;
	unsigned slot;
	int data; /* first chunk of its bytes, or -1 */
	unsigned chunks;
	bool keeps;  /* its bytes stay where they are: of a peek */
	bool soon;   /* the operation is told when no other one runs */
	bool posted; /* nobody waits for it */
	/* Told of the outcome if there is no operation, or it was canceled;
	 * or NULL. */
	void (*answered)(struct call *, enum vfs_err);
	struct fs_node *node; /* that it is for; NULL: none, or gone */
	/* From the reply to the operation; `outcome` as the server says. LATE:
	 * it was kept for later. */
	enum vfs_err (*finish)(struct call *, uint32_t outcome,
	                       const struct fs_reply *);
};

static inline struct fs *fs_of(const struct vfs_node *n)
{
	return FIEF_CONTAINER_OF(n->fs, struct fs, fs);
}

static inline struct fs_node *fs_node(struct vfs_node *n)
{
	return FIEF_CONTAINER_OF(n, struct fs_node, node);
}

/* ---- call.c ---- */

/* A call for an operation, zero but for what is given. */
enum vfs_err call_make(struct fs *, struct vfs_op *, enum fs_op,
                       uint32_t handle, struct call **out);
/* Send it: its outcome, or LATE. It is gone then, or belongs to `fs`. */
enum vfs_err call_start(struct call *);
/* The bytes of a read are not looked at any more. */
void call_kept_end(struct call *);
/* The node is gone. */
void calls_forget(const struct fs_node *);
/* Send one that has no operation; it is not waited for. */
void call_post(struct call *);
/* The outcome as it is, for calls without a reply of their own. */
enum vfs_err call_plain(struct call *, uint32_t outcome,
                        const struct fs_reply *);
/* What is behind the reply of a call that is being finished. */
const void *call_payload(const struct call *);
/* Have the server close the handle of a node, which is freed then. */
void call_close(struct fs_node *);
void calls_collected(struct fief_signal_handler *, unsigned count);
/* No call is answered any more. */
void calls_end(struct fs *);

/* ---- node.c ---- */

extern const struct vfs_node_ops fs_node_ops;
enum vfs_err fs_walk(struct vfs_node *dir, const char *path, size_t len,
                     bool follow, struct vfs_op *);
enum vfs_err fs_node_make(struct fs *, uint32_t handle, const struct fs_reply *,
                          const char *target, struct fs_node **out);
void fs_node_free(struct fs *, struct fs_node *);

/* ---- file.c ---- */

extern const struct vfs_file_ops fs_file_ops, fs_stream_ops;
enum vfs_err fs_begin(struct vfs_file *, struct vfs_op *, enum fs_op,
                      struct call **out);
/* As many of `len` bytes as the buffer takes. */
uint32_t fs_bytes_at_once(const struct vfs_file *, size_t len);

/* ---- view.c ---- */

enum vfs_err fs_map(struct vfs_file *, struct vfs_op *);
enum vfs_err fs_peek(struct vfs_file *, struct vfs_op *);
void fs_peek_end(struct vfs_file *, struct vfs_op *);
void fs_close_file(struct vfs_file *);

/* ---- event.c ---- */

void fs_told_init(struct fs *);
/* The server tells of the node from now on; until it is closed. */
enum vfs_err told_begin(struct fs_node *);
void told_end(struct fs_node *);
void events_ask(struct fs *);
enum vfs_err fs_node_watch(struct vfs_node *);
/* What a stream is ready for; who waits for it is told. */
void stream_told(struct fs_node *, uint32_t can);

/* ---- lock.c ---- */

enum vfs_err fs_lock(struct vfs_file *, struct vfs_op *);
enum vfs_err fs_lock_test(struct vfs_file *, struct vfs_op *);
void fs_unlock(struct vfs_file *, const struct vfs_lock *);
/* Locks that are waited for may be had now; ask for them, when no call is in the
 * middle of something. */
void locks_told(struct fs_node *);
void locks_ask(struct fs *);
void owners_end(struct fs *);
