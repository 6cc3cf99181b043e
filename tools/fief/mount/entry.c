/* SPDX-License-Identifier: MIT */
/* Names: found, made, renamed, removed. */

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "mount.h"

/* ---- finding ---- */

int entry_fill(struct mount *m, struct node *dir, const char *name,
               const struct p9_stat *st, struct fuse_entry_param *out,
               struct node **node)
{
	int e;

	*out = (struct fuse_entry_param){ .attr_timeout = FRESH_SECONDS,
		                          .entry_timeout = FRESH_SECONDS };
	e = stat_fill(m, st, &out->attr);
	if (e)
		return e;
	*node = node_seen(m, dir, name, st);
	(*node)->lookups++;
	out->ino = (uintptr_t)*node;
	return 0;
}

/* A fid is a name: that of a node that is known finds what has it now. */
static int find(struct mount *m, struct node *dir, const char *name,
                struct p9_stat *st, uint32_t *fresh, bool *is_fresh)
{
	struct node *n = node_find(m, dir, name);
	uint32_t at;
	int e;

	*is_fresh = !n || !n->has_fid;
	if (!*is_fresh)
		return p9_stat(&m->look.p9, n->fid, st);
	e = node_fid(m, dir, &at);
	if (!e)
		e = p9_walk(&m->look.p9, at, name, fresh);
	if (e)
		return e;
	e = p9_stat(&m->look.p9, *fresh, st);
	if (e)
		p9_clunk_late(&m->look.p9, *fresh);
	return e;
}

static int entry(struct mount *m, struct node *dir, const char *name,
                 struct fuse_entry_param *out)
{
	struct p9_stat st;
	struct node *n;
	uint32_t fid = 0;
	bool fresh;
	int e = find(m, dir, name, &st, &fid, &fresh);

	if (e)
		return e;
	e = entry_fill(m, dir, name, &st, out, &n);
	if (fresh && e)
		p9_clunk_late(&m->look.p9, fid);
	else if (fresh)
		node_fid_give(m, n, fid);
	return e;
}

/* Of what was asked for, or made: `e` 0. */
static void reply_entry(fuse_req_t r, fuse_ino_t dir, const char *name, int e)
{
	struct mount *m = mount_of(r);
	struct fuse_entry_param out;

	if (!e)
		e = entry(m, node_of(r, dir), name, &out);
	if (e)
		fuse_reply_err(r, mount_errno(e));
	else if (fuse_reply_entry(r, &out) == -ENOENT)
		node_forget(m, (struct node *)out.ino, 1);
}

void do_lookup(fuse_req_t r, fuse_ino_t dir, const char *name)
{
	reply_entry(r, dir, name, 0);
}

void do_forget(fuse_req_t r, fuse_ino_t number, uint64_t lookups)
{
	node_forget(mount_of(r), node_of(r, number), lookups);
	fuse_reply_none(r);
}

void do_forget_multi(fuse_req_t r, size_t count, struct fuse_forget_data *all)
{
	for (size_t i = 0; i < count; i++)
		node_forget(mount_of(r), node_of(r, all[i].ino),
		            all[i].nlookup);
	fuse_reply_none(r);
}

/* ---- making ---- */

/* The fid of the directory in which something is to happen. */
static int dir_fid(fuse_req_t r, fuse_ino_t dir, uint32_t *fid)
{
	return node_fid(mount_of(r), node_of(r, dir), fid);
}

void do_mkdir(fuse_req_t r, fuse_ino_t dir, const char *name, mode_t mode)
{
	uint32_t at;
	int e = dir_fid(r, dir, &at);

	if (!e)
		e = p9_make_dir(p9_of(r), at, name, mode & 07777);
	reply_entry(r, dir, name, e);
}

static int make_file(struct p9 *p, uint32_t dir, const char *name, mode_t mode)
{
	enum { WRITE_CREATE_EXCLUSIVE = 01 | 0100 | 0200 };
	uint32_t fid;
	int e = p9_walk(p, dir, NULL, &fid);

	if (e)
		return e;
	e = p9_create(p, fid, name, WRITE_CREATE_EXCLUSIVE, mode & 07777);
	p9_clunk_late(p, fid);
	return e;
}

void do_mknod(fuse_req_t r, fuse_ino_t dir, const char *name, mode_t mode,
              dev_t device)
{
	uint32_t at;
	int e = dir_fid(r, dir, &at);

	(void)device;
	if (!e && S_ISREG(mode))
		e = make_file(p9_of(r), at, name, mode);
	else if (!e && S_ISFIFO(mode) && mount_of(r)->pipes)
		e = ENOTSUP; /* it would be none here */
	else if (!e)
		e = p9_make_node(p9_of(r), at, name, mode);
	reply_entry(r, dir, name, e);
}

void do_symlink(fuse_req_t r, const char *target, fuse_ino_t dir,
                const char *name)
{
	uint32_t at;
	int e = dir_fid(r, dir, &at);

	if (!e)
		e = p9_make_symlink(p9_of(r), at, name, target);
	reply_entry(r, dir, name, e);
}

void do_link(fuse_req_t r, fuse_ino_t number, fuse_ino_t dir, const char *name)
{
	uint32_t at, to;
	int e = dir_fid(r, dir, &at);

	if (!e)
		e = dir_fid(r, number, &to);
	if (!e)
		e = p9_link(p9_of(r), at, name, to);
	reply_entry(r, dir, name, e);
}

/* ---- renaming, removing ---- */

void do_rename(fuse_req_t r, fuse_ino_t from, const char *name, fuse_ino_t to,
               const char *new_name, unsigned flags)
{
	struct mount *m = mount_of(r);
	struct node *n, *old;
	uint32_t at, new_at;
	int e = flags ? EINVAL : dir_fid(r, from, &at);

	if (!e)
		e = dir_fid(r, to, &new_at);
	if (!e)
		e = p9_rename(p9_of(r), at, name, new_at, new_name);
	if (!e) {
		n = node_find(m, node_of(r, from), name);
		old = node_find(m, node_of(r, to), new_name);
		if (old != n)
			node_detach(m, old);
		if (n && old != n)
			node_move(m, n, node_of(r, to), new_name);
	}
	fuse_reply_err(r, mount_errno(e));
}

static void remove_name(fuse_req_t r, fuse_ino_t dir, const char *name,
                        bool directory)
{
	struct mount *m = mount_of(r);
	uint32_t at;
	int e = dir_fid(r, dir, &at);

	if (!e)
		e = p9_remove(p9_of(r), at, name, directory);
	if (!e)
		node_detach(m, node_find(m, node_of(r, dir), name));
	fuse_reply_err(r, mount_errno(e));
}

void do_unlink(fuse_req_t r, fuse_ino_t dir, const char *name)
{
	remove_name(r, dir, name, false);
}

void do_rmdir(fuse_req_t r, fuse_ino_t dir, const char *name)
{
	remove_name(r, dir, name, true);
}
