/* SPDX-License-Identifier: MIT */
/* Nodes: handles that the server gave, for files, directories and links. */

#include <lib/mem.h>
#include <vfs/dirent.h>

#include "fs.h"

/* ---- nodes ---- */

static void stat_take(struct vfs_stat *to, const struct fs_reply *r)
{
	*to = (struct vfs_stat){
		.dev = r->dev,
		.ino = r->ino,
		.size = r->size,
		.blocks = r->blocks,
		.rdev = r->rdev,
		.atime = r->atime,
		.mtime = r->mtime,
		.ctime = r->ctime,
		.btime = r->btime,
		.kind = (enum vfs_kind)(r->kind < VFS_KINDS ? r->kind :
		                                              VFS_CHAR),
		.mode = r->mode & VFS_MODE_MASK,
		.links = r->links,
		.uid = r->uid,
		.gid = r->gid,
		.block_size = r->block_size,
	};
}

enum vfs_err fs_node_make(struct fs *fs, uint32_t handle,
                          const struct fs_reply *r, const char *target,
                          struct fs_node **out)
{
	struct fs_node *n;
	void *mem, *text = NULL;

	if (r->text_len > VFS_PATH_MAX)
		return VFS_IO;
	if (fief_alloc_zeroed(fs->alloc, sizeof(*n), &mem))
		return VFS_NO_MEMORY;
	n = mem;
	if (r->text_len && fief_alloc(fs->alloc, r->text_len, &text)) {
		fief_free(fs->alloc, n, sizeof(*n));
		return VFS_NO_MEMORY;
	}
	if (text)
		memcpy(text, target, r->text_len);
	stat_take(&n->stat, r);
	n->handle = handle;
	n->target = text;
	n->target_len = r->text_len;
	vfs_node_init(&n->node, &fs->fs, &fs_node_ops, n->stat.kind);
	*out = n;
	return VFS_OK;
}

void fs_node_free(struct fs *fs, struct fs_node *n)
{
	fief_free(fs->alloc, n->target, n->target_len);
	fief_free(fs->alloc, n, sizeof(*n));
}

static void node_put(struct vfs_node *n)
{
	told_end(fs_node(n));
	calls_forget(fs_node(n));
	list_remove(&fs_node(n)->in_asking);
	call_close(fs_node(n));
}

/* ---- finding ---- */

static uint32_t use_flags(const struct vfs_op *op)
{
	return op->flags & (VFS_READ | VFS_WRITE | VFS_APPEND | VFS_NONBLOCK |
	                    VFS_PATH_ONLY);
}

/* What is made of a path: how it is opened at the server. Nothing is written but
 * by who opens it for that. */
static uint32_t open_flags(const struct vfs_op *op)
{
	const struct vfs_walk *w = &op->walk;

	if (w->place || w->parent || w->made)
		return VFS_READ | VFS_DIRECTORY;
	/* What must not be there is not used. */
	if (!op->opens || op->flags & VFS_EXCLUSIVE)
		return VFS_PATH_ONLY;
	return use_flags(op);
}

/* Is it what is asked for, and not only on the way? Then it is told at once. */
static bool asked_for(const struct vfs_op *op)
{
	const struct vfs_walk *w = &op->walk;

	return !op->opens && !w->place && !w->parent && !w->made;
}

static enum vfs_err opened(struct call *c, uint32_t outcome,
                           const struct fs_reply *r)
{
	struct fs_reply reply = *r;
	struct fs_node *n;
	enum vfs_err e;

	if (outcome != VFS_OK)
		return vfs_err_from_wire(outcome);
	e = fs_node_make(c->fs, reply.handle, &reply, call_payload(c), &n);
	if (e)
		return e;
	n->fresh = asked_for(c->op);
	n->stream = reply.stream & FS_STREAM;
	n->opens = reply.stream & FS_OPENING;
	n->can = reply.stream >> FS_READY_SHIFT;
	n->prompt = c->asked.flags & VFS_WRITE || n->stat.kind == VFS_FIFO;
	c->op->node = &n->node;
	return VFS_OK;
}

static enum vfs_err at_link(struct call *c, const struct fs_reply *r)
{
	struct fs_reply reply = *r;
	struct fs_node *n;
	enum vfs_err e;

	if (r->walked > c->asked.path_len || !r->text_len ||
	    (r->walked < c->asked.path_len && c->path[r->walked] != '/'))
		return VFS_IO;
	reply.kind = VFS_SYMLINK;
	e = fs_node_make(c->fs, 0, &reply, call_payload(c), &n);
	if (e)
		return e;
	c->op->node = &n->node;
	c->op->walked = r->walked;
	return VFS_AT_LINK;
}

static enum vfs_err walked(struct call *c, uint32_t outcome,
                           const struct fs_reply *r)
{
	return outcome == FS_AT_LINK ? at_link(c, r) : opened(c, outcome, r);
}

enum vfs_err fs_walk(struct vfs_node *dir, const char *path, size_t len,
                     bool follow, struct vfs_op *op)
{
	struct call *c;
	enum vfs_err e =
		call_make(fs_of(dir), op, FS_OPEN, fs_node(dir)->handle, &c);

	op->node = NULL;
	if (e)
		return e;
	c->finish = walked;
	c->path = path;
	c->asked.path_len = (uint16_t)len;
	c->asked.flags = open_flags(op) | (follow ? 0 : VFS_NOFOLLOW);
	return call_start(c);
}

/* ---- what is known of it ---- */

static enum vfs_err stated(struct call *c, uint32_t outcome,
                           const struct fs_reply *r)
{
	if (!outcome)
		stat_take(&c->op->stat, r);
	return vfs_err_from_wire(outcome);
}

/* What has just come with the handle is as good as what would come now. */
static enum vfs_err node_stat(struct vfs_node *node, struct vfs_op *op)
{
	struct fs_node *n = fs_node(node);
	struct call *c;
	enum vfs_err e;

	if (n->fresh) {
		n->fresh = false;
		op->stat = n->stat;
		return VFS_OK;
	}
	e = call_make(fs_of(node), op, FS_STAT, n->handle, &c);
	if (e)
		return e;
	c->finish = stated;
	return call_start(c);
}

static enum vfs_err node_change(struct vfs_node *node, struct vfs_op *op)
{
	const struct vfs_change *ch = op->change;
	struct call *c;
	enum vfs_err e = call_make(fs_of(node), op, FS_CHANGE,
	                           fs_node(node)->handle, &c);

	if (e)
		return e;
	fs_node(node)->fresh = false;
	c->asked = (struct fs_request){
		.what = ch->what,
		.mode = ch->mode,
		.uid = ch->uid,
		.gid = ch->gid,
		.size = ch->size,
		.atime = ch->atime,
		.mtime = ch->mtime,
	};
	return call_start(c);
}

/* ---- names ---- */

static enum vfs_err made(struct call *c, uint32_t outcome,
                         const struct fs_reply *r)
{
	(void)r;
	c->op->node = NULL;
	return vfs_err_from_wire(outcome);
}

static void name_set(struct call *c, struct vfs_name name)
{
	c->path = name.s;
	c->asked.path_len = (uint16_t)name.len;
}

/* What is opened at once is made by opening it. */
static enum vfs_err node_make(struct vfs_node *dir, struct vfs_name name,
                              struct vfs_op *op)
{
	struct call *c;
	enum vfs_err e =
		call_make(fs_of(dir), op, op->opens ? FS_OPEN : FS_MAKE,
	                  fs_node(dir)->handle, &c);

	if (e)
		return e;
	name_set(c, name);
	c->asked.mode = op->mode;
	c->asked.uid = op->uid;
	c->asked.gid = op->gid;
	c->asked.kind = op->kind;
	c->asked.rdev = op->rdev;
	c->finish = made;
	if (op->opens) {
		c->asked.flags = use_flags(op) | VFS_CREATE | VFS_EXCLUSIVE;
		c->finish = opened;
	} else if (op->kind == VFS_SYMLINK) {
		c->text = op->to_path;
		c->asked.text_len = (uint16_t)strlen(op->to_path);
	}
	return call_start(c);
}

static enum vfs_err node_link(struct vfs_node *dir, struct vfs_name name,
                              struct vfs_node *of, struct vfs_op *op)
{
	struct call *c;
	enum vfs_err e =
		call_make(fs_of(dir), op, FS_LINK, fs_node(of)->handle, &c);

	if (e)
		return e;
	c->asked.to = fs_node(dir)->handle;
	c->text = name.s;
	c->asked.text_len = (uint16_t)name.len;
	c->asked.how = op->walk.slash ? FS_TEXT_SLASH : 0;
	return call_start(c);
}

static enum vfs_err node_remove(struct vfs_node *dir, struct vfs_name name,
                                bool is_dir, struct vfs_op *op)
{
	struct call *c;
	enum vfs_err e =
		call_make(fs_of(dir), op, FS_REMOVE, fs_node(dir)->handle, &c);

	if (e)
		return e;
	name_set(c, name);
	c->asked.flags = is_dir ? VFS_DIRECTORY : 0;
	c->asked.how = op->walk.slash ? FS_PATH_SLASH : 0;
	return call_start(c);
}

static enum vfs_err node_rename(struct vfs_node *dir, struct vfs_name name,
                                struct vfs_node *to, struct vfs_name to_name,
                                struct vfs_op *op)
{
	struct call *c;
	enum vfs_err e =
		call_make(fs_of(dir), op, FS_RENAME, fs_node(dir)->handle, &c);

	if (e)
		return e;
	name_set(c, name);
	c->text = to_name.s;
	c->asked.text_len = (uint16_t)to_name.len;
	c->asked.to = fs_node(to)->handle;
	c->asked.flags = op->flags;
	c->asked.how = (op->walk.kept_slash ? FS_PATH_SLASH : 0) |
	               (op->walk.slash ? FS_TEXT_SLASH : 0);
	return call_start(c);
}

/* ---- listing ---- */

/* Entries as they should be: within what came, with names that are some. */
static bool entry_valid(const struct vfs_dirent *d, size_t left)
{
	return d->bytes % 8 == 0 && d->bytes <= left &&
	       sizeof(*d) + d->name_len < d->bytes && d->kind < VFS_KINDS &&
	       d->name_len && !memchr(d->name, '/', d->name_len) &&
	       !memchr(d->name, '\0', d->name_len) && !d->name[d->name_len];
}

static bool dots(const struct vfs_dirent *d)
{
	return !strcmp(d->name, ".") || !strcmp(d->name, "..");
}

/* The server's own "." and ".." are left out: ours are others. */
static enum vfs_err entries_take(struct vfs_op *op, const char *from,
                                 size_t bytes)
{
	for (size_t at = 0; bytes - at >= sizeof(struct vfs_dirent);) {
		const struct vfs_dirent *d = (const void *)(from + at);

		if (!entry_valid(d, bytes - at) || d->next > VFS_DIR_POS_MAX)
			return VFS_IO;
		if (!dots(d) &&
		    !vfs_dirent_add(
			    op, (struct vfs_name){ d->name, d->name_len, 0 },
			    d->ino, (enum vfs_kind)d->kind, d->next))
			break;
		at += d->bytes;
	}
	return VFS_OK;
}

static enum vfs_err listed(struct call *c, uint32_t outcome,
                           const struct fs_reply *r)
{
	static _Alignas(8) char copy[FS_PAYLOAD];

	(void)r;
	if (outcome)
		return vfs_err_from_wire(outcome);
	memcpy(copy, call_payload(c), c->len);
	return entries_take(c->op, copy, c->len);
}

static enum vfs_err node_list(struct vfs_node *dir, struct vfs_op *op)
{
	struct call *c;
	enum vfs_err e =
		call_make(fs_of(dir), op, FS_LIST, fs_node(dir)->handle, &c);

	if (e)
		return e;
	c->asked.pos = op->pos;
	c->finish = listed;
	return call_start(c);
}

/* ---- links, open files ---- */

static enum vfs_err node_target(struct vfs_node *node, struct vfs_op *op)
{
	const struct fs_node *n = fs_node(node);

	op->count = n->target_len < op->len ? n->target_len : op->len;
	memcpy(op->buf, n->target, op->count);
	return VFS_OK;
}

static void opening_cancel(struct vfs_op *op)
{
	fs_node(op->file->node)->opening = NULL;
	list_remove(&op->link);
	vfs_op_end(op, VFS_CANCELED);
}

/* The server has opened it with the path; a fifo opens when its other end does. */
static enum vfs_err node_open(struct vfs_node *node, struct vfs_file *f,
                              struct vfs_op *op)
{
	struct fs_node *n = fs_node(node);
	enum vfs_err e;

	f->ops = n->stream ? &fs_stream_ops : &fs_file_ops;
	n->file = f;
	e = n->stream ? told_begin(n) : VFS_OK;
	if (e || !n->opens)
		return e;
	n->opening = op;
	op->cancel = opening_cancel;
	if (op->waits)
		op->waits(op);
	return VFS_LATE;
}

const struct vfs_node_ops fs_node_ops = {
	.put = node_put,
	.stat = node_stat,
	.change = node_change,
	.make = node_make,
	.link = node_link,
	.remove = node_remove,
	.rename = node_rename,
	.list = node_list,
	.target = node_target,
	.open = node_open,
	.watch = fs_node_watch,
};
