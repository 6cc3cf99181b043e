/* SPDX-License-Identifier: MIT */
/* The files of an archive as nodes; their content stays where it is. */

#include <fief/rom.h>
#include <lib/mem.h>
#include <vfs/plugin/fixed.h>
#include <vfs/plugin/tar.h>

#include "reader.h"

struct tar_fs {
	struct fixed_fs fixed;
	struct fief_rom rom;
};

struct build {
	struct fixed_fs *fs;
	struct tar_reader reader;
	size_t at; /* of the entry */
};

/* ---- paths ---- */

/* The next name of a path that matters; empty: there is none. */
static struct vfs_name name_next(const char **path)
{
	const char *s = *path, *end;

	for (;; s = end) {
		while (*s == '/')
			s++;
		for (end = s; *end && *end != '/';)
			end++;
		if (end - s != 1 || *s != '.')
			break;
	}
	*path = end;
	return fixed_name(s, (size_t)(end - s));
}

static bool name_right(struct build *b, struct vfs_name n)
{
	if (n.len > VFS_NAME_MAX)
		return tar_wrong(&b->reader, b->at, "a name is too long");
	if (n.len == 2 && !memcmp(n.s, "..", 2))
		return tar_wrong(&b->reader, b->at,
		                 "a path leads out of the archive");
	return true;
}

/* What an earlier entry made at a path; NULL: nothing. */
static struct fixed_node *node_at(struct build *b, const char *path)
{
	struct fixed_node *n = fixed_node(b->fs->fs.root);

	for (;;) {
		const struct vfs_name name = name_next(&path);

		if (!name.len)
			return n;
		if (n->node.kind != VFS_DIR)
			return NULL;
		n = fixed_find(n, name);
		if (!n)
			return NULL;
	}
}

/* ---- nodes ---- */

static void about(struct fixed_node *n, const struct tar_entry *e)
{
	n->data = e->data;
	n->stat.size = e->size;
	n->stat.mode = e->mode;
	n->stat.uid = e->uid;
	n->stat.gid = e->gid;
	n->stat.rdev = e->rdev;
	n->stat.atime = n->stat.mtime = n->stat.ctime = n->stat.btime =
		e->mtime;
}

static enum fief_err wrong(struct build *b, const char *text)
{
	tar_wrong(&b->reader, b->at, text);
	return FIEF_INVALID;
}

static enum fief_err hard_link(struct build *b, struct fixed_node *dir,
                               struct vfs_name name)
{
	struct fixed_node *to = node_at(b, b->reader.entry.target);

	if (!to || to->node.kind == VFS_DIR)
		return wrong(b, "a link to a file that is not there");
	return fixed_link(b->fs, dir, name, to);
}

static enum fief_err target_set(struct build *b, struct fixed_node *n)
{
	const char *target = b->reader.entry.target;

	n->stat.size = strlen(target);
	if (!n->stat.size)
		return wrong(b, "a symbolic link to nothing");
	return arena_text(&b->fs->arena, target, (size_t)n->stat.size,
	                  &n->data);
}

/* As `tar -x` does it: what comes later replaces what was there. */
static enum fief_err node_add(struct build *b, struct fixed_node *dir,
                              struct vfs_name name)
{
	const struct tar_entry *e = &b->reader.entry;
	struct fixed_node *n = fixed_find(dir, name);
	enum fief_err r;

	if (n && e->kind == VFS_DIR && n->node.kind == VFS_DIR) {
		about(n, e);
		return FIEF_OK;
	}
	if (e->hard && n && n == node_at(b, e->target))
		return FIEF_OK;
	if (n && n->node.kind == VFS_DIR)
		return wrong(b, "a file where a directory is");
	if (e->hard && !node_at(b, e->target))
		return wrong(b, "a link to a file that is not there");
	fixed_remove(dir, name);
	if (e->hard)
		return hard_link(b, dir, name);
	r = fixed_add(b->fs, dir, name, e->kind, NULL, &n);
	if (r)
		return r;
	about(n, e);
	return e->kind == VFS_SYMLINK ? target_set(b, n) : FIEF_OK;
}

/* The directory `name` in `*dir`, which no entry may have said. */
static enum fief_err descend(struct build *b, struct fixed_node **dir,
                             struct vfs_name name)
{
	struct fixed_node *n = fixed_find(*dir, name);
	enum fief_err e = FIEF_OK;

	if (!n) {
		e = fixed_add(b->fs, *dir, name, VFS_DIR, NULL, &n);
		if (e)
			return e;
		n->stat.mode = 0755;
	}
	if (n->node.kind != VFS_DIR)
		return wrong(b, "a path through what is no directory");
	*dir = n;
	return FIEF_OK;
}

static enum fief_err entry_add(struct build *b)
{
	struct fixed_node *dir = fixed_node(b->fs->fs.root);
	const char *path = b->reader.entry.path;
	struct vfs_name name = name_next(&path), next;
	enum fief_err e = FIEF_OK;

	if (!name.len) {
		if (b->reader.entry.kind == VFS_DIR)
			about(dir, &b->reader.entry);
		return b->reader.entry.kind == VFS_DIR ?
		               FIEF_OK :
		               wrong(b, "an entry without a name");
	}
	for (; !e; name = next) {
		if (!name_right(b, name))
			return FIEF_INVALID;
		next = name_next(&path);
		if (!next.len)
			return node_add(b, dir, name);
		e = descend(b, &dir, name);
	}
	return e;
}

/* ---- the file system ---- */

static enum fief_err fill(struct fixed_fs *f, const struct node *config,
                          const struct fief_rom *rom, struct node_error *err)
{
	struct build *b;
	void *mem;
	enum fief_err e = fief_alloc(f->alloc, sizeof(*b), &mem);

	if (e)
		return e;
	b = mem;
	b->fs = f;
	b->at = 0;
	tar_reader_init(&b->reader, rom->data, rom->size);
	while (!e && tar_reader_next(&b->reader)) {
		e = entry_add(b);
		b->at = b->reader.at;
	}
	if (b->reader.wrong)
		e = node_error_set(err, FIEF_INVALID, config->at,
		                   "<tar>: \"%s\", at byte %zu: %s",
		                   node_attr(config, "name", ""),
		                   b->reader.wrong_at, b->reader.wrong);
	fief_free(f->alloc, b, sizeof(*b));
	return e;
}

static void fini(struct fixed_fs *f)
{
	fief_rom_close(&FIEF_CONTAINER_OF(f, struct tar_fs, fixed)->rom);
}

static enum fief_err rom_open(struct vfs *v, const struct node *config,
                              struct tar_fs *t, struct node_error *err)
{
	const char *label = node_attr(config, "name", NULL);
	enum fief_err e = vfs_env(v) ?
	                          fief_rom_open(vfs_env(v), label, &t->rom) :
	                          FIEF_NOT_FOUND;

	if (!e && !t->rom.data)
		e = FIEF_NOT_FOUND;
	return e ? node_error_set(err, e, config->at,
	                          "<tar>: no ROM module \"%s\": %s", label,
	                          fief_err_name(e)) :
	           FIEF_OK;
}

static enum fief_err tar_create(struct vfs *v, const struct node *config,
                                struct node_error *err, struct vfs_fs **out)
{
	struct fixed_node *root;
	struct fixed_fs *f;
	struct tar_fs *t;
	enum fief_err e = fixed_create(v, sizeof(*t), &f);

	if (e)
		return e;
	t = FIEF_CONTAINER_OF(f, struct tar_fs, fixed);
	f->fini = fini;
	e = rom_open(v, config, t, err);
	if (!e)
		e = fixed_add(f, NULL, fixed_name("", 0), VFS_DIR, NULL, &root);
	if (!e)
		e = fill(f, config, &t->rom, err);
	if (e) {
		fixed_cancel(f);
		return e;
	}
	*out = &f->fs;
	return FIEF_OK;
}

static const struct vfs_attr attrs[] = {
	{ "name", NULL, "ROM module with the archive", VFS_VALUE_TEXT, true },
	{ 0 },
};

static const struct vfs_schema schema = {
	.text = "the files of a tar archive, read-only",
	.attrs = attrs,
};

const struct vfs_type vfs_tar = {
	.name = "tar",
	.create = tar_create,
	.schema = &schema,
};
