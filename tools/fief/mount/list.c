/* SPDX-License-Identifier: MIT */
/* Directories, by the positions of the server. */

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "mount.h"
#include <tools/fief/util.h>

/* By a fid of its own: an open one cannot be walked. */
static int open_dir(struct mount *m, struct node *n, struct handle **out)
{
	uint32_t at, fid;
	int e = node_fid(m, n, &at);

	if (!e)
		e = p9_walk(&m->look.p9, at, NULL, &fid);
	if (e)
		return e;
	e = p9_open_file(&m->look.p9, fid, O_RDONLY | O_DIRECTORY);
	if (e)
		p9_clunk(&m->look.p9, fid);
	else
		*out = handle_make(n, fid);
	return e;
}

void do_opendir(fuse_req_t r, fuse_ino_t number, struct fuse_file_info *fi)
{
	struct mount *m = mount_of(r);
	struct handle *h;
	int e = open_dir(m, node_of(r, number), &h);

	if (e) {
		fuse_reply_err(r, mount_errno(e));
		return;
	}
	h->page = util_alloc(LIST_ENTRIES * sizeof(*h->page));
	fi->fh = (uintptr_t)h;
	if (fuse_reply_open(r, fi) == -ENOENT)
		handle_free(m, h);
}

/* The entry at that position; NULL: there is none, or an error. What was fetched
 * is used for who goes on where the last one ended. */
static int entry_at(struct p9 *p, struct handle *h, uint64_t position,
                    const struct p9_entry **out)
{
	int e = 0;

	*out = NULL;
	if (!position || position != h->next || h->entry == h->entries) {
		e = p9_list(p, h->fid, position, h->page, LIST_ENTRIES,
		            &h->entries);
		h->entry = 0;
		h->next = position;
	}
	if (!e && h->entry < h->entries)
		*out = &h->page[h->entry];
	if (*out && ((*out)->next > INT64_MAX || !(*out)->next))
		e = EIO;
	return e;
}

static size_t put(fuse_req_t r, char *to, size_t room, const struct p9_entry *d)
{
	const struct stat st = { .st_ino = inode_shown(d->inode),
		                 .st_mode = (mode_t)d->type << 12 };

	return fuse_add_direntry(r, to, room, d->name, &st, (off_t)d->next);
}

static int list(fuse_req_t r, struct handle *h, uint64_t position, char *to,
                size_t size, size_t *used)
{
	const struct p9_entry *d;
	size_t bytes;
	int e;

	*used = 0;
	while (!(e = entry_at(p9_of(r), h, position, &d)) && d) {
		bytes = put(r, to + *used, size - *used, d);
		if (bytes > size - *used)
			break;
		*used += bytes;
		position = d->next;
		h->entry++;
		h->next = position;
	}
	return *used && e != P9_BROKEN ? 0 : e;
}

void do_readdir(fuse_req_t r, fuse_ino_t number, size_t size, off_t position,
                struct fuse_file_info *fi)
{
	static char bytes[LIST_BYTES];
	size_t used;
	int e = list(r, handle_of(fi), (uint64_t)position, bytes,
	             size < LIST_BYTES ? size : LIST_BYTES, &used);

	(void)number;
	if (e)
		fuse_reply_err(r, mount_errno(e));
	else
		fuse_reply_buf(r, bytes, used);
}

void do_releasedir(fuse_req_t r, fuse_ino_t number, struct fuse_file_info *fi)
{
	do_release(r, number, fi);
}
