/* SPDX-License-Identifier: MIT */
/* What the server tells of handles: changes, locks, streams that are ready. */

#include <lib/mem.h>

#include "fs.h"

/* ---- nodes by handle ---- */

static int by_handle(const struct tree_elem *a, const struct tree_elem *b)
{
	const struct fs_node *x = TREE_OBJECT((struct tree_elem *)(uintptr_t)a,
	                                      struct fs_node, in_told);
	const struct fs_node *y = TREE_OBJECT((struct tree_elem *)(uintptr_t)b,
	                                      struct fs_node, in_told);

	return (x->handle > y->handle) - (x->handle < y->handle);
}

static int handle_key(const void *key, const struct tree_elem *e)
{
	const uint32_t handle = *(const uint32_t *)key;
	const struct fs_node *n = TREE_OBJECT((struct tree_elem *)(uintptr_t)e,
	                                      struct fs_node, in_told);

	return (handle > n->handle) - (handle < n->handle);
}

/* ---- what came ---- */

/* Told to who is concerned, which comes later: they may begin others. */
static void event_take(struct fs *fs, const struct fs_event *event)
{
	struct fs_node *n =
		TREE_OBJECT(tree_find(&fs->told, &event->handle, handle_key),
	                    struct fs_node, in_told);

	if (!n)
		return; /* it was closed meanwhile */
	if (event->what & FS_EVENT_CHANGED)
		vfs_node_changed(&n->node);
	if (event->what & FS_EVENT_READY)
		stream_told(n, event->what >> FS_READY_SHIFT);
	if (event->what & FS_EVENT_LOCK)
		locks_told(n);
}

static enum vfs_err events_came(struct call *c, uint32_t outcome,
                                const struct fs_reply *r)
{
	static struct fs_event event[FS_EVENTS_MAX];
	const uint32_t count = c->len < FS_EVENTS_MAX ? c->len : FS_EVENTS_MAX;
	struct fs *fs = c->fs;

	(void)r;
	if (outcome)
		return vfs_err_from_wire(outcome);
	memcpy(event, call_payload(c), count * sizeof(*event));
	for (uint32_t i = 0; i < count; i++)
		event_take(fs, &event[i]);
	return VFS_OK;
}

/* The server tells nothing any more: everybody finds out by himself. */
static void events_fail(struct fs *fs, enum vfs_err e)
{
	TREE_FOR_EACH(t, &fs->told) {
		struct fs_node *n = TREE_OBJECT(t, struct fs_node, in_told);

		vfs_node_unwatched(&n->node, e);
		stream_told(n, VFS_CAN_READ | VFS_CAN_WRITE | VFS_HUNG_UP);
		locks_told(n);
	}
}

static void events_ended(struct vfs_op *op, enum vfs_err e)
{
	struct fs *fs = FIEF_CONTAINER_OF(op, struct fs, events);

	fs->events_asked = false;
	if (e)
		events_fail(fs, e);
	locks_ask(fs);
	if (!e)
		events_ask(fs);
}

void events_ask(struct fs *fs)
{
	struct call *c;
	enum vfs_err e;

	if (fs->events_asked || !tree_first(&fs->told))
		return;
	fs->events = (struct vfs_op){ .done = events_ended };
	e = call_make(fs, &fs->events, FS_EVENTS, 0, &c);
	if (!e) {
		c->finish = events_came;
		c->soon = true;
		fs->events_asked = true;
		e = call_start(c);
		if (e != VFS_LATE)
			vfs_op_end_soon(fs->fs.vfs, &fs->events, e);
		return;
	}
	events_fail(fs, e);
}

void fs_told_init(struct fs *fs)
{
	fs->told.order = by_handle;
}

enum vfs_err told_begin(struct fs_node *n)
{
	struct fs *fs = fs_of(&n->node);

	if (!tree_linked(&n->in_told) && tree_insert(&fs->told, &n->in_told))
		return VFS_IO; /* the server gave that handle twice */
	events_ask(fs);
	return VFS_OK;
}

void told_end(struct fs_node *n)
{
	if (tree_linked(&n->in_told))
		tree_remove(&fs_of(&n->node)->told, &n->in_told);
}

/* ---- changes ---- */

static void watch_answered(struct call *c, enum vfs_err e)
{
	if (e && c->node)
		vfs_node_unwatched(&c->node->node, e);
}

enum vfs_err fs_node_watch(struct vfs_node *node)
{
	struct fs_node *n = fs_node(node);
	struct call *c;
	enum vfs_err e = told_begin(n);

	if (!e)
		e = call_make(fs_of(node), NULL, FS_WATCH, n->handle, &c);
	if (e)
		return e;
	c->answered = watch_answered;
	c->node = fs_node(node);
	call_post(c);
	return VFS_OK;
}

/* ---- streams ---- */

void stream_told(struct fs_node *n, uint32_t can)
{
	struct vfs_op *op = n->opening;

	n->can = can & (VFS_CAN_READ | VFS_CAN_WRITE | VFS_HUNG_UP);
	n->opening = NULL;
	n->opens = false;
	if (op)
		vfs_op_end_soon(n->node.fs->vfs, op, VFS_OK);
	if (n->file)
		vfs_file_ready(n->file);
}
