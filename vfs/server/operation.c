/* SPDX-License-Identifier: MIT */
/* From a request to an operation of the tree, and back. */

#include <lib/mem.h>
#include <vfs/dirent.h>

#include "server.h"

/* Flags that a client may set. */
enum {
	OPEN_FLAGS = VFS_READ | VFS_WRITE | VFS_APPEND | VFS_CREATE |
	             VFS_EXCLUSIVE | VFS_TRUNCATE | VFS_DIRECTORY |
	             VFS_NOFOLLOW | VFS_NONBLOCK | VFS_PATH_ONLY,
	CHANGES = VFS_WRITE | VFS_APPEND | VFS_CREATE | VFS_TRUNCATE,
};

static void *payload(const struct request *r)
{
	return fief_packet_at(&r->session->stream, &r->packet);
}

static bool one_name(const char *s)
{
	return *s && !strchr(s, '/') && strcmp(s, ".") && strcmp(s, "..");
}

/* The slash that was behind it; there is room for one. */
static const char *slashed(char *name, bool slash)
{
	const size_t len = strlen(name);

	if (slash) {
		name[len] = '/';
		name[len + 1] = '\0';
	}
	return name;
}

/* Names with one slash in between, none of them a dot or two. */
static bool clean(const char *s)
{
	while (*s) {
		const char *slash = strchr(s, '/');
		const size_t len = slash ? (size_t)(slash - s) : strlen(s);

		if (!len ||
		    (*s == '.' && (len == 1 || (len == 2 && s[1] == '.'))))
			return false;
		s += len + (slash != NULL);
		if (slash && !*s)
			return false;
	}
	return true;
}

/* ---- beginnings ---- */

static enum vfs_err begin_open(struct request *r)
{
	struct vfs_op *op = &r->op;

	op->at = r->file->place;
	if (!op->at)
		return VFS_NOT_DIR;
	if (!clean(r->path))
		return VFS_INVALID;
	if (!r->session->writeable && r->asked.flags & CHANGES)
		return VFS_READ_ONLY;
	op->path = *r->path ? r->path : ".";
	op->flags = (r->asked.flags & OPEN_FLAGS) | VFS_NOLINKS;
	op->mode = r->asked.mode;
	op->uid = r->asked.uid;
	op->gid = r->asked.gid;
	return vfs_open(r->session->vfs, op);
}

static enum vfs_err begin_read(struct request *r)
{
	r->op.buf = payload(r);
	r->op.len = r->packet.size;
	r->op.pos = r->packet.arg;
	return (r->file->ops->stream ? vfs_read : vfs_pread)(r->file, &r->op);
}

static enum vfs_err begin_write(struct request *r)
{
	r->op.data = payload(r);
	r->op.len = r->packet.size;
	r->op.pos = r->packet.arg;
	return (r->file->ops->stream ? vfs_write : vfs_pwrite)(r->file, &r->op);
}

static enum vfs_err begin_stat(struct request *r)
{
	return vfs_file_stat(r->file, &r->op);
}

/* By any handle: who may open a file for writing may do this by its path, too. */
static enum vfs_err change_node(struct vfs_node *n, struct vfs_op *op)
{
	if (op->change->what & VFS_SET_SIZE && n->kind != VFS_FILE)
		return n->kind == VFS_DIR ? VFS_IS_DIR : VFS_INVALID;
	if (op->change->size > VFS_SIZE_MAX)
		return VFS_INVALID;
	return n->ops->change ? n->ops->change(n, op) : VFS_READ_ONLY;
}

static enum vfs_err begin_change(struct request *r)
{
	if (!r->session->writeable)
		return VFS_READ_ONLY;
	r->change = (struct vfs_change){
		.what = r->asked.what,
		.mode = r->asked.mode,
		.uid = r->asked.uid,
		.gid = r->asked.gid,
		.size = r->asked.size,
		.atime = r->asked.atime,
		.mtime = r->asked.mtime,
	};
	r->op.change = &r->change;
	return change_node(r->file->node, &r->op);
}

/* Into memory of our own: the core reads what it has written. */
static enum vfs_err begin_list(struct request *r)
{
	void *mem;

	if (!r->file->place)
		return VFS_NOT_DIR;
	if (fief_alloc(r->session->server->env->heap, FS_PAYLOAD, &mem))
		return VFS_NO_MEMORY;
	r->list = mem;
	r->op.buf = mem;
	r->op.len = FS_PAYLOAD - sizeof(struct fs_reply);
	r->file->pos = r->asked.pos;
	return vfs_list(r->file, &r->op);
}

static enum vfs_err begin_sync(struct request *r)
{
	return vfs_sync(r->file, &r->op);
}

static enum vfs_err begin_allocate(struct request *r)
{
	r->op.pos = r->asked.pos;
	r->op.len = (size_t)r->asked.len;
	return vfs_allocate(r->file, r->asked.how, &r->op);
}

static enum vfs_err begin_seek(struct request *r)
{
	r->op.pos = r->asked.pos;
	return vfs_seek(r->file, r->asked.how ? VFS_TO_HOLE : VFS_TO_DATA,
	                &r->op);
}

static enum vfs_err begin_make(struct request *r)
{
	struct vfs_op *op = &r->op;

	op->at = r->file->place;
	if (!op->at)
		return VFS_NOT_DIR;
	if (!one_name(r->path) || r->asked.kind >= VFS_KINDS)
		return VFS_INVALID;
	if (!r->session->writeable)
		return VFS_READ_ONLY;
	op->path = r->path;
	op->to_path = r->text;
	op->kind = (enum vfs_kind)r->asked.kind;
	op->mode = r->asked.mode;
	op->uid = r->asked.uid;
	op->gid = r->asked.gid;
	op->rdev = r->asked.rdev;
	return vfs_make(r->session->vfs, op);
}

static enum vfs_err begin_remove(struct request *r)
{
	r->op.at = r->file->place;
	if (!r->op.at)
		return VFS_NOT_DIR;
	if (!one_name(r->path))
		return VFS_INVALID;
	if (!r->session->writeable)
		return VFS_READ_ONLY;
	r->op.path = slashed(r->path, r->asked.how & FS_PATH_SLASH);
	r->op.flags = r->asked.flags & VFS_DIRECTORY;
	return vfs_remove(r->session->vfs, &r->op);
}

static enum vfs_err begin_rename(struct request *r)
{
	r->op.at = r->file->place;
	r->op.to_at = r->to->place;
	if (!r->op.at || !r->op.to_at)
		return VFS_NOT_DIR;
	if (!one_name(r->path) || !one_name(r->text))
		return VFS_INVALID;
	if (!r->session->writeable)
		return VFS_READ_ONLY;
	r->op.path = slashed(r->path, r->asked.how & FS_PATH_SLASH);
	r->op.to_path = slashed(r->text, r->asked.how & FS_TEXT_SLASH);
	r->op.flags = r->asked.flags & (VFS_EXCHANGE | VFS_NOREPLACE);
	return vfs_rename(r->session->vfs, &r->op);
}

static enum vfs_err begin_link(struct request *r)
{
	r->op.to_at = r->to->place;
	if (!r->op.to_at)
		return VFS_NOT_DIR;
	if (!one_name(r->text))
		return VFS_INVALID;
	if (!r->session->writeable)
		return VFS_READ_ONLY;
	r->op.file = r->file;
	r->op.to_path = slashed(r->text, r->asked.how & FS_TEXT_SLASH);
	return vfs_link(r->session->vfs, &r->op);
}

static enum vfs_err (*const begin[FS_OPS])(struct request *) = {
	[FS_OPEN] = begin_open,     [FS_READ] = begin_read,
	[FS_WRITE] = begin_write,   [FS_STAT] = begin_stat,
	[FS_CHANGE] = begin_change, [FS_LIST] = begin_list,
	[FS_SYNC] = begin_sync,     [FS_ALLOCATE] = begin_allocate,
	[FS_SEEK] = begin_seek,     [FS_MAKE] = begin_make,
	[FS_REMOVE] = begin_remove, [FS_RENAME] = begin_rename,
	[FS_LINK] = begin_link,     [FS_EVENTS] = begin_events,
	[FS_WATCH] = begin_watch,   [FS_LOCK] = begin_lock,
};

bool operation_known(uint32_t op)
{
	return op == FS_CLOSE || (op < FS_OPS && begin[op]);
}

enum vfs_err operation_begin(struct request *r)
{
	return begin[r->packet.op & 0xff](r);
}

/* What is opened is told, too. */
enum vfs_err operation_more(struct request *r, enum vfs_err e)
{
	if (e || (r->packet.op & 0xff) != FS_OPEN || r->opened)
		return e;
	r->opened = r->op.file;
	r->op.file = NULL;
	return vfs_file_stat(r->opened, &r->op);
}

/* ---- replies ---- */

static void stat_set(struct fs_reply *to, const struct vfs_stat *s)
{
	to->dev = s->dev;
	to->ino = s->ino;
	to->size = s->size;
	to->blocks = s->blocks;
	to->rdev = s->rdev;
	to->atime = s->atime;
	to->mtime = s->mtime;
	to->ctime = s->ctime;
	to->btime = s->btime;
	to->kind = s->kind;
	to->mode = s->mode;
	to->links = s->links;
	to->uid = s->uid;
	to->gid = s->gid;
	to->block_size = s->block_size;
}

/* The target of a symbolic link, behind the reply. */
static enum vfs_err target_put(struct request *r, struct vfs_node *n,
                               struct fs_reply *reply)
{
	enum vfs_err e;

	r->op.buf = (char *)payload(r) + sizeof(*reply);
	r->op.len = VFS_PATH_MAX;
	r->op.count = 0;
	e = n->ops->target ? n->ops->target(n, &r->op) : VFS_INVALID;
	reply->text_len = (uint32_t)r->op.count;
	return e == VFS_LATE ? VFS_IO : e;
}

/* A symbolic link on the way: where, and where to. */
static enum vfs_err reply_link(struct request *r, struct fs_reply *reply)
{
	enum vfs_err e = target_put(r, r->op.node, reply);

	reply->walked = (uint32_t)r->op.walked;
	vfs_node_put(r->op.node);
	r->op.node = NULL;
	return e;
}

static enum vfs_err reply_open(struct request *r, struct fs_reply *reply)
{
	struct vfs_file *f = r->opened;
	enum vfs_err e = VFS_OK;

	stat_set(reply, &r->op.stat);
	if (f->node->kind == VFS_SYMLINK)
		e = target_put(r, f->node, reply);
	if (!e)
		e = handle_add(r->session, f, &reply->handle);
	if (e)
		return e;
	r->opened = NULL;
	if (f->ops->stream)
		reply->stream =
			FS_STREAM |
			stream_ready(handle_find(r->session, reply->handle))
				<< FS_READY_SHIFT;
	return VFS_OK;
}

static void reply_events(struct request *r)
{
	static struct fs_event event[FS_EVENTS_MAX];
	const uint32_t count = events_take(r->session, event);

	memcpy((char *)payload(r) + sizeof(struct fs_reply), event,
	       count * sizeof(*event));
	r->packet.arg = count;
}

/* And what the stream is ready for. */
static void reply_bytes(struct request *r, uint32_t outcome)
{
	struct handle *h = handle_of(r);

	r->packet.arg = r->op.count;
	r->packet.op = outcome | (h ? stream_ready(h) << FS_READY_SHIFT : 0);
}

static void reply_list(struct request *r, struct fs_reply *reply)
{
	memcpy((char *)payload(r) + sizeof(*reply), r->list, r->op.count);
	r->packet.arg = r->op.count;
}

void operation_reply(struct request *r, enum vfs_err e)
{
	const uint32_t op = r->packet.op & 0xff;
	struct fs_reply reply = { .pos = r->op.pos };
	uint32_t outcome = (uint32_t)e;

	if (op == FS_READ || op == FS_WRITE) {
		reply_bytes(r, outcome);
		return;
	}
	if (op == FS_OPEN && e == VFS_AT_LINK)
		outcome = reply_link(r, &reply) ? VFS_IO : (uint32_t)FS_AT_LINK;
	else if (op == FS_OPEN && !e)
		outcome = (uint32_t)reply_open(r, &reply);
	else if (op == FS_STAT && !e)
		stat_set(&reply, &r->op.stat);
	else if (op == FS_LIST && !e)
		reply_list(r, &reply);
	else if (op == FS_EVENTS && !e)
		reply_events(r);
	else if (op == FS_LOCK && !e)
		reply_lock(r, &reply);
	if (r->opened)
		vfs_close(r->opened);
	r->opened = NULL;
	memcpy(payload(r), &reply, sizeof(reply));
	r->packet.op = outcome;
}
