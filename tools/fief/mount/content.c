/* SPDX-License-Identifier: MIT */
/* Open files, and what is in them. */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "mount.h"
#include <tools/fief/util.h>

/* ---- handles ---- */

struct handle *handle_make(struct node *n, uint32_t fid)
{
	struct handle *h = util_alloc(sizeof(*h));

	h->node = n;
	h->fid = fid;
	n->uses++;
	list_add_last(&n->open, &h->in_node);
	return h;
}

void handle_free(struct mount *m, struct handle *h)
{
	struct node *n = h->node;

	p9_clunk_late(&m->look.p9, h->fid);
	list_remove(&h->in_node);
	free(h->page);
	free(h);
	node_unuse(m, n);
}

/* ---- opening ---- */

/* What the server is to know of the flags. */
static uint32_t flags_of(const struct fuse_file_info *fi)
{
	return (uint32_t)fi->flags &
	       (O_ACCMODE | O_TRUNC | O_APPEND | O_NONBLOCK);
}

/* Some have content but no size; where a write goes is not always known. */
static bool uncached(const struct node *n, const struct fuse_file_info *fi)
{
	return ((fi->flags & O_ACCMODE) == O_RDONLY && !n->size) ||
	       fi->flags & O_APPEND;
}

static void hand_out(struct handle *h, struct fuse_file_info *fi)
{
	fi->fh = (uintptr_t)h;
	fi->direct_io = h->stream || uncached(h->node, fi);
	fi->nonseekable = h->stream;
}

/* The kernel asked, and went. */
static void reply_open(fuse_req_t r, struct handle *h,
                       const struct fuse_file_info *fi)
{
	if (fuse_reply_open(r, fi) == -ENOENT)
		handle_free(mount_of(r), h);
}

void do_open(fuse_req_t r, fuse_ino_t number, struct fuse_file_info *fi)
{
	struct mount *m = mount_of(r);
	struct node *n = node_of(r, number);
	struct handle *h;
	uint32_t at, fid;
	int e = node_fid(m, n, &at);

	if (!e)
		e = p9_walk(&m->look.p9, at, NULL, &fid);
	if (e) {
		fuse_reply_err(r, mount_errno(e));
		return;
	}
	h = handle_make(n, fid);
	h->stream = type_is_stream(m, n->type);
	hand_out(h, fi);
	if (h->stream) {
		stream_open(r, h, fi);
		return;
	}
	e = p9_open_file(&m->look.p9, fid, flags_of(fi));
	if (!e) {
		reply_open(r, h, fi);
		return;
	}
	handle_free(m, h);
	fuse_reply_err(r, mount_errno(e));
}

/* ---- creating ---- */

/* In a fid of the directory, which becomes that of the file. */
static int create(struct mount *m, struct node *dir, const char *name,
                  uint32_t flags, mode_t mode, uint32_t *fid)
{
	uint32_t at;
	int e = node_fid(m, dir, &at);

	if (!e)
		e = p9_walk(&m->look.p9, at, NULL, fid);
	if (e)
		return e;
	e = p9_create(&m->look.p9, *fid, name, flags, mode & 07777);
	if (e)
		p9_clunk_late(&m->look.p9, *fid);
	return e;
}

static void reply_create(fuse_req_t r, struct handle *h,
                         const struct fuse_entry_param *entry,
                         const struct fuse_file_info *fi)
{
	struct mount *m = mount_of(r);
	struct node *n = h->node;

	if (fuse_reply_create(r, entry, fi) == -ENOENT) {
		handle_free(m, h);
		node_forget(m, n, 1);
	}
}

void do_create(fuse_req_t r, fuse_ino_t dir, const char *name, mode_t mode,
               struct fuse_file_info *fi)
{
	const uint32_t flags =
		flags_of(fi) | ((uint32_t)fi->flags & (O_CREAT | O_EXCL));
	struct mount *m = mount_of(r);
	struct fuse_entry_param entry;
	struct p9_stat st;
	struct handle *h;
	struct node *n;
	uint32_t fid;
	int e = create(m, node_of(r, dir), name, flags, mode, &fid);

	if (e) {
		fuse_reply_err(r, mount_errno(e));
		return;
	}
	e = p9_stat(&m->look.p9, fid, &st);
	if (!e)
		e = entry_fill(m, node_of(r, dir), name, &st, &entry, &n);
	if (e) {
		p9_clunk_late(&m->look.p9, fid);
		fuse_reply_err(r, mount_errno(e));
		return;
	}
	h = handle_make(n, fid);
	h->stream = type_is_stream(m, n->type);
	hand_out(h, fi);
	reply_create(r, h, &entry, fi);
}

/* ---- bytes ---- */

/* A short answer is none yet: here it would mean the end. That is known where
 * the kernel was told of it. */
static int read_all(struct p9 *p, const struct handle *h, char *to, size_t len,
                    uint64_t off, size_t *got)
{
	size_t n = 0;
	int e = 0;

	*got = 0;
	do {
		e = p9_read(p, h->fid, off + *got, to + *got, len - *got, &n);
		*got += e ? 0 : n;
	} while (!e && n && *got < len && off + *got != h->node->size);
	return *got && e != P9_BROKEN ? 0 : e;
}

/* The kernel's readahead may ask for more than one message has; it takes less for
 * the end of the file. */
static char *room_for(size_t len)
{
	static char *bytes;
	static size_t room;

	if (len > room) {
		bytes = util_grow(bytes, len);
		room = len;
	}
	return bytes;
}

void do_read(fuse_req_t r, fuse_ino_t number, size_t len, off_t off,
             struct fuse_file_info *fi)
{
	struct handle *h = handle_of(fi);
	char *bytes;
	size_t got;
	int e;

	(void)number;
	if (h->stream) {
		stream_read(r, h, len, off);
		return;
	}
	bytes = room_for(len);
	e = read_all(p9_of(r), h, bytes, len, (uint64_t)off, &got);
	if (e)
		fuse_reply_err(r, mount_errno(e));
	else
		fuse_reply_buf(r, bytes, got);
}

static int write_all(struct p9 *p, const struct handle *h, const char *from,
                     size_t len, uint64_t off, size_t *done)
{
	size_t n = 0;
	int e = 0;

	*done = 0;
	do {
		e = p9_write(p, h->fid, off + *done, from + *done, len - *done,
		             &n);
		*done += e ? 0 : n;
	} while (!e && n && *done < len);
	return *done && e != P9_BROKEN ? 0 : e;
}

void do_write(fuse_req_t r, fuse_ino_t number, const char *from, size_t len,
              off_t off, struct fuse_file_info *fi)
{
	struct handle *h = handle_of(fi);
	size_t done;
	int e;

	(void)number;
	if (h->stream) {
		stream_write(r, h, from, len, off);
		return;
	}
	e = write_all(p9_of(r), h, from, len, (uint64_t)off, &done);
	if (!e && (uint64_t)off + done > h->node->size)
		h->node->size = (uint64_t)off + done;
	if (e)
		fuse_reply_err(r, mount_errno(e));
	else
		fuse_reply_write(r, done);
}

void do_fsync(fuse_req_t r, fuse_ino_t number, int data_only,
              struct fuse_file_info *fi)
{
	(void)number;
	(void)data_only;
	fuse_reply_err(r, mount_errno(p9_sync(p9_of(r), handle_of(fi)->fid)));
}

void do_release(fuse_req_t r, fuse_ino_t number, struct fuse_file_info *fi)
{
	(void)number;
	handle_free(mount_of(r), handle_of(fi));
	fuse_reply_err(r, 0);
}
