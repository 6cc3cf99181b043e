/* SPDX-License-Identifier: MIT */
/* The side of a copy that is in a component. Nodes are fids. */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "side.h"
#include <tools/fief/util.h>

static int found(int e, uint32_t fid, int64_t *node)
{
	*node = fid;
	return e;
}

static int look_side_find(struct side *s, const char *path, bool follow,
                          int64_t *node)
{
	uint32_t fid = 0;
	int e = look_find(s->look, path, follow, &fid);

	return found(e, fid, node);
}

static int look_side_parent(struct side *s, const char *path, int64_t *dir,
                            char *name)
{
	uint32_t fid = 0;
	int e = look_find_parent(s->look, path, &fid, name);

	return found(e, fid, dir);
}

static int look_at(struct side *s, int64_t dir, const char *name, int64_t *node)
{
	uint32_t fid = 0;
	int e = p9_walk(&s->look->p9, (uint32_t)dir, name, &fid);

	return found(e, fid, node);
}

static void look_drop(struct side *s, int64_t node)
{
	p9_clunk(&s->look->p9, (uint32_t)node);
}

static enum side_type type_of(uint32_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFREG:
		return SIDE_FILE;
	case S_IFDIR:
		return SIDE_DIR;
	case S_IFLNK:
		return SIDE_LINK;
	case S_IFIFO:
		return SIDE_FIFO;
	default:
		return SIDE_OTHER;
	}
}

static int look_stat(struct side *s, int64_t node, struct side_stat *out)
{
	struct p9_stat st;
	int e = p9_stat(&s->look->p9, (uint32_t)node, &st);

	if (!e)
		*out = (struct side_stat){ .type = type_of(st.mode),
			                   .mode = st.mode & 0777,
			                   .inode = st.inode,
			                   .atime = st.atime,
			                   .mtime = st.mtime };
	return e;
}

static int look_open_node(struct side *s, int64_t node, uint32_t flags,
                          int64_t *file)
{
	int e = look_at(s, node, NULL, file);

	if (e)
		return e;
	e = p9_open_file(&s->look->p9, (uint32_t)*file, flags);
	if (e)
		look_drop(s, *file);
	return e;
}

static int list_pages(struct side *s, int64_t dir, struct p9_entry *page,
                      size_t room, struct side_names *out)
{
	uint64_t position = 0;
	size_t n;
	int e;

	for (;;) {
		e = p9_list(&s->look->p9, (uint32_t)dir, position, page, room,
		            &n);
		if (e || !n)
			return e;
		for (size_t i = 0; i < n; i++)
			side_name_add(out, page[i].name);
		position = page[n - 1].next;
	}
}

static int look_list(struct side *s, int64_t dir, struct side_names *out)
{
	enum { ROOM = 1024 };
	struct p9_entry *page;
	int64_t open;
	int e = look_open_node(s, dir, O_RDONLY | O_DIRECTORY, &open);

	if (e)
		return e;
	page = util_alloc(ROOM * sizeof(*page));
	e = list_pages(s, open, page, ROOM, out);
	free(page);
	look_drop(s, open);
	return e;
}

static int look_link_text(struct side *s, int64_t node, char *to, size_t size)
{
	return p9_read_link(&s->look->p9, (uint32_t)node, to, size);
}

static int look_open_file(struct side *s, int64_t node, int64_t *file)
{
	return look_open_node(s, node, O_RDONLY, file);
}

/* One that is there: a file, and emptied. */
static int create_over(struct side *s, int64_t dir, const char *name,
                       int64_t *file)
{
	struct side_stat st;
	int64_t node;
	int e = look_at(s, dir, name, &node);

	if (e)
		return e;
	e = look_stat(s, node, &st);
	if (!e && st.type == SIDE_LINK)
		e = ELOOP;
	if (!e)
		e = look_open_node(s, node, O_WRONLY | O_TRUNC, file);
	look_drop(s, node);
	return e;
}

static int look_create(struct side *s, int64_t dir, const char *name,
                       uint32_t mode, int64_t *file)
{
	int e = look_at(s, dir, NULL, file);

	if (e)
		return e;
	e = p9_create(&s->look->p9, (uint32_t)*file, name,
	              O_WRONLY | O_CREAT | O_EXCL, mode);
	if (!e)
		return 0;
	look_drop(s, *file);
	return e == EEXIST ? create_over(s, dir, name, file) : e;
}

static int look_read(struct side *s, int64_t file, uint64_t off, void *to,
                     size_t len, size_t *got)
{
	return p9_read(&s->look->p9, (uint32_t)file, off, to, len, got);
}

static int look_write(struct side *s, int64_t file, uint64_t off,
                      const void *from, size_t len, size_t *got)
{
	return p9_write(&s->look->p9, (uint32_t)file, off, from, len, got);
}

static int look_make_dir(struct side *s, int64_t dir, const char *name,
                         uint32_t mode)
{
	return p9_make_dir(&s->look->p9, (uint32_t)dir, name, mode);
}

static int look_make_fifo(struct side *s, int64_t dir, const char *name,
                          uint32_t mode)
{
	return p9_make_node(&s->look->p9, (uint32_t)dir, name, S_IFIFO | mode);
}

static int look_make_link(struct side *s, int64_t dir, const char *name,
                          const char *text)
{
	return p9_make_symlink(&s->look->p9, (uint32_t)dir, name, text);
}

static int look_settle(struct side *s, int64_t node, const struct side_stat *st)
{
	const struct p9_set set = { .valid = P9_SET_MODE | P9_SET_ATIME |
		                             P9_SET_MTIME,
		                    .mode = st->mode,
		                    .atime = st->atime,
		                    .mtime = st->mtime };

	return p9_set(&s->look->p9, (uint32_t)node, &set);
}

const struct side_ops side_look = {
	.find = look_side_find,
	.parent = look_side_parent,
	.at = look_at,
	.drop = look_drop,
	.stat = look_stat,
	.list = look_list,
	.link_text = look_link_text,
	.open = look_open_file,
	.create = look_create,
	.read = look_read,
	.write = look_write,
	.make_dir = look_make_dir,
	.make_fifo = look_make_fifo,
	.make_link = look_make_link,
	.settle = look_settle,
};
