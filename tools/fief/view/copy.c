/* SPDX-License-Identifier: MIT */
/* Copying files from one side to another. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "copy.h"
#include <tools/fief/util.h>

enum { LINK_MAX = 4096, NEW_DIR = 0700 };

/* What is copied, and what it becomes. */
struct item {
	int64_t source;
	struct side_stat st; /* of it */
	const char *source_path;
	int64_t dir;
	const char *name, *path;
};

static bool source_failed(struct copy *c, const struct item *it, int e)
{
	return c->failed(c->ctx, &c->from, it->source_path, e);
}

static bool target_failed(struct copy *c, const struct item *it, int e)
{
	return c->failed(c->ctx, &c->to, it->path, e);
}

/* ---- content ---- */

static int write_all(struct copy *c, int64_t file, uint64_t off, size_t len)
{
	size_t n;
	int e = 0;

	for (size_t at = 0; at < len && !e; at += n) {
		n = 0;
		e = c->to.ops->write(&c->to, file, off + at, c->piece + at,
		                     len - at, &n);
		if (!e && !n)
			e = EIO;
	}
	return e;
}

static bool content(struct copy *c, const struct item *it, int64_t in,
                    int64_t out)
{
	uint64_t off = 0;
	size_t got;
	int e;

	for (;; off += got) {
		e = c->from.ops->read(&c->from, in, off, c->piece, COPY_PIECE,
		                      &got);
		if (e)
			return source_failed(c, it, e);
		if (!got)
			return true;
		e = write_all(c, out, off, got);
		if (e)
			return target_failed(c, it, e);
	}
}

static bool settle(struct copy *c, const struct item *it, int64_t node)
{
	int e = 0;

	if (c->preserve)
		e = c->to.ops->settle(&c->to, node, &it->st);
	return !e || target_failed(c, it, e);
}

static bool copy_file(struct copy *c, const struct item *it)
{
	int64_t in, out;
	bool on;
	int e = c->from.ops->open(&c->from, it->source, &in);

	if (e)
		return source_failed(c, it, e);
	e = c->to.ops->create(&c->to, it->dir, it->name, it->st.mode, &out);
	if (e) {
		on = target_failed(c, it, e);
	} else {
		on = content(c, it, in, out) && settle(c, it, out);
		c->to.ops->drop(&c->to, out);
	}
	c->from.ops->drop(&c->from, in);
	return on;
}

/* ---- directories ---- */

static bool copy_entry(struct copy *c, const struct item *dir, int64_t into,
                       const char *name)
{
	char *source_path = util_text("%s/%s", dir->source_path, name);
	char *path = util_text("%s/%s", dir->path, name);
	int64_t node;
	bool on = true;
	int e = c->from.ops->at(&c->from, dir->source, name, &node);

	if (!e) {
		on = copy_node(c, node, source_path, into, name, path);
		c->from.ops->drop(&c->from, node);
	} else if (e != ENOENT) { /* else it went meanwhile */
		on = c->failed(c->ctx, &c->from, source_path, e);
	}
	free(source_path);
	free(path);
	return on;
}

static bool copy_entries(struct copy *c, const struct item *it, int64_t into)
{
	struct side_names names = { 0 };
	bool on = true;
	int e = c->from.ops->list(&c->from, it->source, &names);

	if (e)
		on = source_failed(c, it, e);
	for (size_t i = 0; i < names.count && on; i++)
		on = copy_entry(c, it, into, names.name[i]);
	side_names_free(&names);
	return on;
}

/* One that is there is as good. */
static int dir_make(struct copy *c, const struct item *it, int64_t *into)
{
	struct side_stat st;
	int e = c->to.ops->make_dir(&c->to, it->dir, it->name,
	                            it->st.mode | NEW_DIR);

	if (e && e != EEXIST)
		return e;
	e = c->to.ops->at(&c->to, it->dir, it->name, into);
	if (e)
		return e;
	e = c->to.ops->stat(&c->to, *into, &st);
	if (!e && st.type != SIDE_DIR)
		e = ENOTDIR;
	if (e)
		c->to.ops->drop(&c->to, *into);
	return e;
}

static bool copy_dir(struct copy *c, const struct item *it)
{
	int64_t into;
	bool on;
	int e = 0;

	if (!c->recursive)
		e = EISDIR;
	/* A directory into itself would never end. */
	if (c->from.look == c->to.look && it->st.inode == c->into.inode &&
	    it->st.device == c->into.device)
		e = EINVAL;
	if (e)
		return source_failed(c, it, e);
	e = dir_make(c, it, &into);
	if (e)
		return target_failed(c, it, e);
	on = copy_entries(c, it, into) && settle(c, it, into);
	c->to.ops->drop(&c->to, into);
	return on;
}

/* ---- others ---- */

static bool copy_link(struct copy *c, const struct item *it)
{
	char text[LINK_MAX];
	int e = c->from.ops->link_text(&c->from, it->source, text,
	                               sizeof(text));

	if (e)
		return source_failed(c, it, e);
	e = c->to.ops->make_link(&c->to, it->dir, it->name, text);
	return !e || target_failed(c, it, e);
}

static bool copy_fifo(struct copy *c, const struct item *it)
{
	int e = c->to.ops->make_fifo(&c->to, it->dir, it->name, it->st.mode);

	return !e || target_failed(c, it, e);
}

static bool copy_other(struct copy *c, const struct item *it)
{
	return source_failed(c, it, EOPNOTSUPP);
}

bool copy_node(struct copy *c, int64_t source, const char *source_path,
               int64_t dir, const char *name, const char *path)
{
	static bool (*const kinds[])(struct copy *, const struct item *) = {
		[SIDE_FILE] = copy_file,   [SIDE_DIR] = copy_dir,
		[SIDE_LINK] = copy_link,   [SIDE_FIFO] = copy_fifo,
		[SIDE_OTHER] = copy_other,
	};
	struct item it = { .source = source,
		           .source_path = source_path,
		           .dir = dir,
		           .name = name,
		           .path = path };
	int e = c->from.ops->stat(&c->from, source, &it.st);

	if (e)
		return source_failed(c, &it, e);
	return kinds[it.st.type](c, &it);
}
