/* SPDX-License-Identifier: MIT */
/* What is known of files. */

#include <errno.h>
#include <sys/stat.h>

#include "mount.h"

int mount_errno(int error)
{
	return error == P9_BROKEN ? EIO : error;
}

/* ---- from there to here ---- */

/* Streams of a component are files here, since a device would be one of the
 * host's; so are its fifos, if that is wished. */
bool type_is_stream(const struct mount *m, uint32_t type)
{
	return type == S_IFCHR || (type == S_IFIFO && m->pipes);
}

/* C libraries take 0 for an entry that is not there. */
uint64_t inode_shown(uint64_t inode)
{
	return inode ? inode : UINT64_MAX;
}

static bool known(uint32_t type)
{
	static const uint32_t types[] = { S_IFREG, S_IFDIR, S_IFLNK, S_IFIFO,
		                          S_IFCHR, S_IFBLK, S_IFSOCK };

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (types[i] == type)
			return true;
	return false;
}

int stat_fill(const struct mount *m, const struct p9_stat *st, struct stat *out)
{
	const uint32_t type = st->mode & S_IFMT;
	const bool stream = type_is_stream(m, type);

	if (!known(type) || st->size > INT64_MAX || st->blocks > INT64_MAX)
		return EIO;
	*out = (struct stat){
		.st_ino = inode_shown(st->inode),
		.st_mode = (stream ? S_IFREG : type) | (st->mode & 07777),
		.st_nlink = (nlink_t)(st->links < UINT32_MAX ? st->links :
		                                               UINT32_MAX),
		.st_uid = m->uid, /* owners there mean nothing here */
		.st_gid = m->gid,
		.st_size = stream ? 0 : (off_t)st->size,
		.st_blksize = 4096,
		.st_blocks = (blkcnt_t)st->blocks,
		.st_atim = st->atime,
		.st_mtim = st->mtime,
		.st_ctim = st->ctime,
	};
	return 0;
}

/* ---- asking ---- */

/* What is open tells of itself, whatever has its name now. */
static int stat_fid(struct mount *m, struct node *n, uint32_t *fid)
{
	struct handle *h = LIST_FIRST(&n->open, struct handle, in_node);

	if (!h)
		return node_fid(m, n, fid);
	*fid = h->fid;
	return 0;
}

int node_stat(struct mount *m, struct node *n, struct stat *out)
{
	struct p9_stat st;
	uint32_t fid;
	int e = stat_fid(m, n, &fid);

	if (!e)
		e = p9_stat(&m->look.p9, fid, &st);
	if (!e)
		e = stat_fill(m, &st, out);
	if (!e && n != &m->root &&
	    (st.inode != n->inode || (st.mode & S_IFMT) != n->type))
		e = ESTALE;
	if (!e)
		n->size = st.size;
	return e;
}

static void reply_stat(fuse_req_t r, struct node *n)
{
	struct stat st;
	int e = node_stat(mount_of(r), n, &st);

	if (e)
		fuse_reply_err(r, mount_errno(e));
	else
		fuse_reply_attr(r, &st, FRESH_SECONDS);
}

void do_getattr(fuse_req_t r, fuse_ino_t number, struct fuse_file_info *fi)
{
	(void)fi;
	reply_stat(r, node_of(r, number));
}

/* ---- changing ---- */

static const struct {
	int theirs;
	uint32_t ours;
} changes[] = {
	{ FUSE_SET_ATTR_MODE, P9_SET_MODE },
	{ FUSE_SET_ATTR_SIZE, P9_SET_SIZE },
	{ FUSE_SET_ATTR_ATIME, P9_SET_ATIME },
	{ FUSE_SET_ATTR_MTIME, P9_SET_MTIME },
};

static uint32_t changes_of(int what)
{
	uint32_t all = 0;

	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++)
		if (what & changes[i].theirs)
			all |= changes[i].ours;
	if (what & FUSE_SET_ATTR_ATIME_NOW)
		all = (all & ~(uint32_t)P9_SET_ATIME) | P9_SET_ATIME_NOW;
	if (what & FUSE_SET_ATTR_MTIME_NOW)
		all = (all & ~(uint32_t)P9_SET_MTIME) | P9_SET_MTIME_NOW;
	return all;
}

/* All belongs to whoever mounts it, and stays so. */
static bool owner_stays(const struct mount *m, const struct stat *st, int what)
{
	return (!(what & FUSE_SET_ATTR_UID) || st->st_uid == m->uid) &&
	       (!(what & FUSE_SET_ATTR_GID) || st->st_gid == m->gid);
}

static int change(struct mount *m, struct node *n, const struct handle *h,
                  const struct p9_set *set)
{
	uint32_t fid = h ? h->fid : 0;
	int e = h ? 0 : node_fid(m, n, &fid);

	return e ? e : p9_set(&m->look.p9, fid, set);
}

void do_setattr(fuse_req_t r, fuse_ino_t number, struct stat *st, int what,
                struct fuse_file_info *fi)
{
	const struct p9_set set = { .valid = changes_of(what),
		                    .mode = st->st_mode & 07777,
		                    .size = (uint64_t)st->st_size,
		                    .atime = st->st_atim,
		                    .mtime = st->st_mtim };
	struct mount *m = mount_of(r);
	struct node *n = node_of(r, number);
	int e = owner_stays(m, st, what) ? 0 : EPERM;

	if (!e && set.valid)
		e = change(m, n, fi ? handle_of(fi) : NULL, &set);
	if (e)
		fuse_reply_err(r, mount_errno(e));
	else
		reply_stat(r, n);
}

/* ---- the file system ---- */

void do_statfs(fuse_req_t r, fuse_ino_t number)
{
	struct p9_space s = { 0 };
	int e = p9_space(p9_of(r), mount_of(r)->root.fid, &s);
	const struct statvfs out = { .f_bsize = s.block_size,
		                     .f_frsize = s.block_size,
		                     .f_blocks = s.blocks,
		                     .f_bfree = s.free,
		                     .f_bavail = s.available,
		                     .f_files = s.files,
		                     .f_ffree = s.files_free,
		                     .f_namemax = P9_NAME_MAX };

	(void)number;
	if (e)
		fuse_reply_err(r, mount_errno(e));
	else
		fuse_reply_statfs(r, &out);
}
