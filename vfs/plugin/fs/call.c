/* SPDX-License-Identifier: MIT */
/*
 * Calls as packets. A component that may wait has the server work on them at
 * once and usually has the reply when that returns; others go on, and read it
 * when they are signaled. The server is not trusted: what it says is copied, then
 * checked.
 */

#include <fief/kif_table.h>
#include <lib/mem.h>

#include "fs.h"

static void calls_collect(struct fs *fs, struct call *awaited,
                          enum vfs_err *result);
static bool waiting_send(struct fs *fs);

/* ---- making ---- */

enum vfs_err call_make(struct fs *fs, struct vfs_op *op, enum fs_op code,
                       uint32_t handle, struct call **out)
{
	struct call *c;
	void *mem;

	if (fs->broken)
		return VFS_GONE;
	if (fief_alloc_zeroed(fs->alloc, sizeof(*c), &mem))
		return VFS_NO_MEMORY;
	c = mem;
	c->fs = fs;
	c->op = op;
	c->code = code;
	c->handle = handle;
	c->finish = call_plain;
	c->data = -1;
	c->path = c->text = "";
	*out = c;
	return VFS_OK;
}

static bool has_bytes(const struct call *c)
{
	return c->code == FS_READ || c->code == FS_WRITE;
}

static void call_free(struct call *c)
{
	struct fs *fs = c->fs;

	list_remove(&c->link);
	fief_free(fs->alloc, c, sizeof(*c));
}

/* A call that is never answered must not keep the node, and with it all of the
 * file system. */
void calls_forget(const struct fs_node *n)
{
	struct fs *fs = fs_of(&n->node);

	for (unsigned i = 0; i < FS_QUEUE; i++)
		if (fs->call[i] && fs->call[i]->node == n)
			fs->call[i]->node = NULL;
	LIST_FOR_EACH(c, &fs->waiting, struct call, link)
		if (c->node == n)
			c->node = NULL;
}

/* ---- the buffer ---- */

static uint32_t slot_offset(unsigned slot)
{
	return slot * FS_PAYLOAD;
}

static uint32_t data_offset(const struct fs *fs, int data)
{
	return slot_offset(FS_QUEUE) + (uint32_t)data * fs->chunk_bytes;
}

static uint32_t payload_offset(const struct call *c)
{
	return c->data < 0 ? slot_offset(c->slot) : data_offset(c->fs, c->data);
}

static void *payload(const struct call *c)
{
	return c->fs->stream.bulk + payload_offset(c);
}

const void *call_payload(const struct call *c)
{
	return (const char *)payload(c) +
	       (has_bytes(c) ? 0 : sizeof(struct fs_reply));
}

static uint64_t data_bits(unsigned chunks, int first)
{
	const uint64_t bits = chunks < DATA_CHUNKS ?
	                              ((uint64_t)1 << chunks) - 1 :
	                              ~(uint64_t)0;

	return bits << first;
}

/* Chunks beside each other for its bytes. */
static bool data_take(struct call *c)
{
	struct fs *fs = c->fs;
	const unsigned chunks =
		(c->len + fs->chunk_bytes - 1) / fs->chunk_bytes;

	for (int at = 0; at + (int)chunks <= DATA_CHUNKS; at++) {
		const uint64_t bits = data_bits(chunks, at);

		if (fs->data & bits)
			continue;
		fs->data |= bits;
		c->data = at;
		c->chunks = chunks;
		return true;
	}
	return false;
}

/* A number for it, and a part of the buffer. False: all are in use. */
static bool slot_take(struct call *c)
{
	struct fs *fs = c->fs;
	unsigned slot = 0;

	while (slot < FS_QUEUE && fs->call[slot])
		slot++;
	if (slot == FS_QUEUE || (has_bytes(c) && !data_take(c)))
		return false;
	fs->call[slot] = c;
	c->slot = slot;
	return true;
}

static void data_give(struct call *c)
{
	if (c->data >= 0)
		c->fs->data &= ~data_bits(c->chunks, c->data);
}

static void slot_give(struct call *c)
{
	c->fs->call[c->slot] = NULL;
	if (!c->keeps)
		data_give(c);
}

/* ---- sending ---- */

static void request_put(struct call *c)
{
	char *at = payload(c);

	memcpy(at, &c->asked, sizeof(c->asked));
	at += sizeof(c->asked);
	memcpy(at, c->path, c->asked.path_len);
	memcpy(at + c->asked.path_len, c->text, c->asked.text_len);
}

static bool call_send(struct call *c)
{
	struct fief_packet p = {
		.op = (uint32_t)c->code | c->handle << FS_OP_BITS,
		.arg = c->pos,
	};

	if (!slot_take(c))
		return false;
	p.cookie = c->slot;
	p.offset = payload_offset(c);
	p.size = has_bytes(c) ? c->len : FS_PAYLOAD;
	if (c->code == FS_WRITE)
		memcpy(payload(c), c->op->data, c->len);
	else if (c->code != FS_READ)
		request_put(c);
	if (!fief_packet_submit(&c->fs->stream, &p))
		return true;
	slot_give(c);
	return false;
}

/* What is sent is seen by the server, and, if we may wait, worked on. */
static void tell(struct fs *fs)
{
	const struct file_system_cap cap = { fs->session.cap };

	if (fs->async) {
		fief_packet_source_flush(&fs->stream);
		return;
	}
	fief_packet_source_awake(&fs->stream);
	fief_packet_source_show(&fs->stream);
	if (file_system_process(cap))
		fs->broken = true;
}

/* The server goes on with it; what it says is not for anybody then. */
static void call_cancel(struct vfs_op *op)
{
	struct call *c = op->worker;

	c->op = NULL;
	if (list_linked(&c->link))
		call_free(c);
	vfs_op_end(op, VFS_CANCELED);
}

enum vfs_err call_start(struct call *c)
{
	struct fs *fs = c->fs;
	struct vfs_op *op = c->op;
	enum vfs_err result = VFS_LATE;

	op->worker = c;
	op->cancel = call_cancel;

	/* Who watches before he looks must not be overtaken by himself. */
	if (fs->collecting)
		(void)waiting_send(fs);
	if (!call_send(c))
		list_add_last(&fs->waiting, &c->link);
	tell(fs);
	if (!fs->async)
		calls_collect(fs, c, &result);
	if (result != VFS_LATE)
		op->cancel = NULL;
	return result;
}

/* Others may wait for room. */
void call_kept_end(struct call *c)
{
	struct fs *fs = c->fs;

	data_give(c);
	call_free(c);
	if (fs->waiting.first && !fs->collecting && !fs->broken) {
		(void)waiting_send(fs);
		tell(fs);
	}
}

/* Before those that somebody waits for, but in their order: an unlock comes before
 * the close of the same handle. */
static void posted_wait(struct call *c)
{
	struct list *l = &c->fs->waiting;
	struct call *at = LIST_FIRST(l, struct call, link);

	while (at && at->posted)
		at = LIST_NEXT(at, struct call, link);
	c->posted = true;
	list_insert(l, &c->link, at ? &at->link : NULL);
}

void call_post(struct call *c)
{
	struct fs *fs = c->fs;

	if (fs->collecting || !call_send(c))
		posted_wait(c);
	if (fs->collecting)
		return; /* who collects, or asks something else, sends it */
	tell(fs);
	if (!fs->async)
		calls_collect(fs, NULL, NULL);
}

/* ---- replies ---- */

enum vfs_err call_plain(struct call *c, uint32_t outcome,
                        const struct fs_reply *reply)
{
	(void)c, (void)reply;
	return vfs_err_from_wire(outcome);
}

/* The reply of a packet; NULL: it is none of ours. */
static struct call *call_of(struct fs *fs, const struct fief_packet *p)
{
	return p->cookie < FS_QUEUE ? fs->call[p->cookie] : NULL;
}

/* Nobody has asked, or does not any more: what was opened is closed. */
static void call_drop(struct call *c, const struct fief_packet *p)
{
	struct fs_reply reply;
	struct fs_node *n;

	memcpy(&reply, payload(c), sizeof(reply));
	if (c->answered)
		c->answered(c, p->status ? VFS_IO : vfs_err_from_wire(p->op));
	if (c->code != FS_OPEN || p->status || p->op)
		return;
	reply.text_len = 0;
	if (!fs_node_make(c->fs, reply.handle, &reply, NULL, &n))
		vfs_node_put(&n->node);
}

static enum vfs_err call_finish(struct call *c, const struct fief_packet *p)
{
	struct fs_reply reply = { 0 };
	uint32_t outcome = p->status ? (uint32_t)VFS_IO : p->op;

	if (p->status == FIEF_OUT_OF_RAM)
		outcome = VFS_NO_MEMORY;
	if (has_bytes(c)) {
		c->op->count = p->arg <= c->len ? (size_t)p->arg : 0;
		if (p->arg > c->len)
			outcome = VFS_IO;
	} else {
		memcpy(&reply, payload(c), sizeof(reply));
		c->len = p->arg <= FS_PAYLOAD - sizeof(reply) ?
		                 (uint32_t)p->arg :
		                 0;
	}
	return c->finish(c, outcome, &reply);
}

static void acknowledged(struct fs *fs, const struct fief_packet *p,
                         struct call *awaited, enum vfs_err *result)
{
	struct call *c = call_of(fs, p);
	struct vfs_op *op;
	enum vfs_err e;
	bool soon;

	if (p->cookie == FS_QUEUE && fs->out) { /* of a close */
		fs->out--;
		return;
	}
	if (!c) {
		fs->broken = true;
		return;
	}
	op = c->op;
	soon = c->soon;
	e = VFS_CANCELED;
	if (op)
		e = call_finish(c, p);
	else
		call_drop(c, p);
	slot_give(c);
	if (!c->keeps)
		call_free(c);
	if (!op || e == VFS_LATE)
		return;
	if (c == awaited)
		*result = e;
	else if (soon)
		vfs_op_end_soon(fs->fs.vfs, op, e);
	else
		vfs_op_end(op, e);
}

/* False: there was none, or no room. */
static bool closes_send(struct fs *fs)
{
	struct list_elem *e;
	bool any = false;

	while ((e = fs->closing.first)) {
		struct fs_node *n = LIST_OBJECT(e, struct fs_node, in_closing);
		const struct fief_packet p = {
			.op = FS_CLOSE | n->handle << FS_OP_BITS,
			.cookie = FS_QUEUE,
		};

		if (fief_packet_submit(&fs->stream, &p))
			break;
		fs->out++;
		list_remove(e);
		fs_node_free(fs, n);
		any = true;
	}
	return any;
}

/* Calls that waited have room now. */
static bool waiting_send(struct fs *fs)
{
	bool any = false;

	while (fs->waiting.first) {
		struct call *c = LIST_FIRST(&fs->waiting, struct call, link);

		if (!call_send(c))
			break;
		list_remove(&c->link);
		any = true;
	}
	return any;
}

/* Who waits for replies only in calls has none to be told of between them. */
static bool outstanding(const struct fs *fs)
{
	for (unsigned i = 0; i < FS_QUEUE; i++)
		if (fs->call[i])
			return true;
	return false;
}

static void calls_gone(struct fs *, struct call *awaited, enum vfs_err *result);

static void calls_collect(struct fs *fs, struct call *awaited,
                          enum vfs_err *result)
{
	struct fief_packet p;
	enum fief_err e;
	bool sent;

	for (;;) {
		fs->collecting = true;
		while (!(e = fief_packet_get_ack(&fs->stream, &p)))
			acknowledged(fs, &p, awaited, result);
		fs->collecting = false;
		if (e != FIEF_AGAIN)
			fs->broken = true;
		if (fs->broken) {
			calls_gone(fs, awaited, result);
			return;
		}
		/* Calls go first: closes could fill the queue, unseen by a
		 * server that nothing else is sent to. */
		sent = waiting_send(fs);
		if ((closes_send(fs) && fs->async) || sent) {
			tell(fs);
			continue;
		}
		if (!(fs->async || outstanding(fs)) ||
		    fief_packet_source_sleep(&fs->stream))
			return;
	}
}

void calls_collected(struct fief_signal_handler *self, unsigned count)
{
	struct fs *fs = FIEF_CONTAINER_OF(self, struct fs, acks);

	(void)count;
	if (fs->broken)
		return;
	fief_packet_source_awake(&fs->stream);
	calls_collect(fs, NULL, NULL);
}

static void call_gone(struct call *c, struct call *awaited,
                      enum vfs_err *result)
{
	struct vfs_op *op = c->op;

	call_free(c);
	if (c == awaited)
		*result = VFS_GONE;
	else if (op)
		vfs_op_end(op, VFS_GONE);
}

static void calls_gone(struct fs *fs, struct call *awaited,
                       enum vfs_err *result)
{
	for (unsigned i = 0; i < FS_QUEUE; i++) {
		struct call *c = fs->call[i];

		if (!c)
			continue;
		slot_give(c);
		call_gone(c, awaited, result);
	}
	while (fs->waiting.first)
		call_gone(LIST_FIRST(&fs->waiting, struct call, link), awaited,
		          result);
}

void calls_end(struct fs *fs)
{
	fs->broken = true;
	calls_gone(fs, NULL, NULL);
}

/* ---- closes: nobody waits for them ---- */

void call_close(struct fs_node *n)
{
	struct fs *fs = fs_of(&n->node);
	const bool prompt = n->prompt || fs->async, locked = n->locked;

	if (!n->handle || fs->broken) {
		fs_node_free(fs, n);
		return;
	}
	list_add_last(&fs->closing, &n->in_closing);
	closes_send(fs);
	if (locked)
		tell(fs);
	else if (prompt)
		fief_packet_source_flush(&fs->stream);
}
