/* SPDX-License-Identifier: MIT */
/*
 * Copies of lower files, made when something of them is to change. A file is
 * copied under a name that nobody sees, and has its own once it is whole: who
 * finds it, finds all of it, even if the component ends on the way.
 */

#include <lib/fmt.h>
#include <lib/mem.h>
#include <vfs/plugin/copy.h>
#include <vfs/vfs.h>

#include "internal.h"

enum { COPY_NAME_MAX = 40 };

#define COPY_PREFIX ".wh..wh.copy-"

/* ---- content ---- */

struct copy {
	struct vfs_file *from, *to;
};

static enum vfs_err now(void *arg, struct vfs_op *op, enum vfs_err e)
{
	(void)arg;
	return ov_now(op, e);
}

static enum vfs_err copy_open(const struct ov_node *n, struct vfs_node *to,
                              struct vfs_name name, struct copy *c)
{
	struct vfs_node *dir =
		n->parent && n->parent->lowers ? n->parent->lower[0] : NULL;
	enum vfs_err e;

	for (unsigned i = 1; dir && i < n->parent->lowers; i++)
		if (n->parent->lower[i]->fs == n->lower[0]->fs)
			dir = n->parent->lower[i];
	e = ov_inner_open(n->lower[0], dir, n->name, VFS_READ, &c->from);
	if (!e)
		e = ov_inner_open(to, ov_fs(n)->layer[OV_UPPER].fs->root, name,
		                  VFS_WRITE, &c->to);
	return e;
}

static enum vfs_err copy_content(const struct ov_node *n, struct vfs_node *to,
                                 struct vfs_name name, uint64_t size)
{
	const struct vfs_change whole = { .what = VFS_SET_SIZE, .size = size };
	struct copy c = { 0 };
	enum vfs_err e = copy_open(n, to, name, &c);

	if (!e)
		e = copy_file(ov_fs(n)->alloc, c.from, c.to, size, now, NULL);
	if (!e)
		e = ov_inner_change(to, &whole);
	if (c.from)
		vfs_close(c.from);
	if (c.to)
		vfs_close(c.to);
	return e;
}

/* ---- one file ---- */

static enum vfs_err copy_times(struct vfs_node *to, const struct vfs_stat *st)
{
	const struct vfs_change c = {
		.what = VFS_SET_ATIME | VFS_SET_MTIME,
		.atime = st->atime,
		.mtime = st->mtime,
	};

	return to->kind == VFS_SYMLINK ? VFS_OK : ov_inner_change(to, &c);
}

static enum vfs_err copy_regular(struct ov_node *n, const struct vfs_stat *st,
                                 struct ov_what *what, bool content,
                                 struct vfs_node **out)
{
	struct ov_fs *fs = ov_fs(n);
	struct vfs_node *root = fs->layer[OV_UPPER].fs->root, *made;
	char buf[COPY_NAME_MAX];
	const struct vfs_name name =
		ov_name(buf, fmt_text(buf, sizeof(buf), COPY_PREFIX "%llu",
	                              (unsigned long long)++fs->copies));
	enum vfs_err e = ov_inner_make(root, name, what, &made);

	if (e)
		return e;
	if (content && st->size)
		e = copy_content(n, made, name, st->size);
	if (!e)
		e = copy_times(made, st);
	if (!e && !n->gone)
		e = ov_inner_rename(root, name, n->parent->upper, n->name, 0);
	if (!e)
		*out = made;
	else
		vfs_node_put(made);
	if (e || n->gone) {
		enum vfs_err last = ov_inner_remove(root, name, false);

		(void)last; /* the next start clears what is left */
	}
	return e;
}

static enum vfs_err copy_other(struct ov_node *n, const struct vfs_stat *st,
                               struct ov_what *what, struct vfs_node **out)
{
	struct vfs_node *made;
	enum vfs_err e;

	if (n->gone)
		return VFS_NOT_FOUND;
	e = ov_inner_make(n->parent->upper, n->name, what, &made);
	if (e)
		return e;
	e = copy_times(made, st);
	if (e)
		vfs_node_put(made);
	else
		*out = made;
	return e;
}

static enum vfs_err copy_link(struct ov_node *n, const struct vfs_stat *st,
                              struct ov_what *what, struct vfs_node **out)
{
	void *mem;
	enum vfs_err e;

	if (fief_alloc(ov_fs(n)->alloc, VFS_PATH_MAX + 1, &mem))
		return VFS_NO_MEMORY;
	what->to_path = mem;
	e = ov_inner_target(n->lower[0], mem);
	if (!e)
		e = copy_other(n, st, what, out);
	fief_free(ov_fs(n)->alloc, mem, VFS_PATH_MAX + 1);
	return e;
}

/* The directory above has been copied. Its own times stay as they are. */
static enum vfs_err copy_one(struct ov_node *n, bool content)
{
	struct vfs_stat st, above = { 0 };
	struct vfs_node *made = NULL;
	struct ov_what what;
	enum vfs_err e = ov_inner_stat(n->lower[0], &st);

	if (!e && !n->gone)
		e = ov_inner_stat(n->parent->upper, &above);
	if (e)
		return e;
	what = (struct ov_what){ .kind = n->node.kind,
		                 .mode = st.mode,
		                 .uid = st.uid,
		                 .gid = st.gid,
		                 .rdev = st.rdev };
	if (n->node.kind == VFS_FILE)
		e = copy_regular(n, &st, &what, content, &made);
	else if (n->node.kind == VFS_SYMLINK)
		e = copy_link(n, &st, &what, &made);
	else
		e = copy_other(n, &st, &what, &made);
	if (!e)
		e = ov_node_copied(n, made);
	if (!e && !n->gone)
		e = copy_times(n->parent->upper, &above);
	return e;
}

/* ---- with the directories above ---- */

enum vfs_err ov_copy_up(struct ov_node *n, bool content)
{
	enum vfs_err e = VFS_OK;

	if (!ov_fs(n)->layer[OV_UPPER].fs)
		return VFS_READ_ONLY;
	if (n->gone && ov_is_dir(n))
		return VFS_NOT_FOUND;
	while (!e && !n->upper) {
		struct ov_node *top = n;

		while (!top->gone && !top->parent->upper)
			top = top->parent;
		e = copy_one(top, top == n ? content : true);
	}
	return e;
}

/* ---- what was left ---- */

static enum vfs_err clear_piece(struct vfs_node *dir, const char *buf,
                                size_t bytes)
{
	const size_t len = sizeof(COPY_PREFIX) - 1;
	enum vfs_err e = VFS_OK;

	for (size_t at = 0; !e && at < bytes;) {
		const struct vfs_dirent *d = (const void *)(buf + at);
		const struct vfs_name name = ov_name(d->name, d->name_len);

		if (name.len > len && !memcmp(name.s, COPY_PREFIX, len))
			e = ov_inner_remove(dir, name, false);
		at += d->bytes;
	}
	return e;
}

enum vfs_err ov_copies_clear(struct ov_fs *fs)
{
	struct vfs_node *root = fs->layer[OV_UPPER].fs->root;
	_Alignas(8) char buf[2 * VFS_DIRENT_MAX];
	size_t bytes = 0;
	uint64_t pos = 0;
	enum vfs_err e;

	do {
		e = ov_inner_list(root, buf, sizeof(buf), &pos, &bytes);
		if (!e)
			e = clear_piece(root, buf, bytes);
	} while (!e && bytes);
	return e;
}
