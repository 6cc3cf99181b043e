/* SPDX-License-Identifier: MIT */
/* From a configuration to mounts. */

#include <lib/mem.h>
#include <vfs/schema.h>

#include "internal.h"

enum { DEPTH_MAX = 32 };

struct build {
	struct vfs *vfs;
	struct vfs_tree *tree;
	struct node_error *err;
};

/* ---- ends ---- */

static void mount_put(struct vfs_mount *m);

static void items_put(struct vfs_mount *m)
{
	struct list_elem *e;

	while ((e = list_take_first(&m->items)))
		mount_put(LIST_OBJECT(e, struct vfs_mount, link));
}

/* A directory may be open when the tree has another config. */
static void mount_put(struct vfs_mount *m)
{
	items_put(m);
	if (m->fs)
		vfs_node_put(m->fs->root);
	m->fs = NULL;
	vfs_node_put(&m->node);
}

static void mount_free(struct vfs_node *n)
{
	struct vfs_mount *m = FIEF_CONTAINER_OF(n, struct vfs_mount, node);
	struct vfs_tree *t = m->tree;
	struct fief_alloc *alloc = t->alloc;

	fief_free(alloc, m, sizeof(*m));
	if (!--t->refs) {
		arena_fini(&t->arena);
		fief_free(alloc, t, sizeof(*t));
	}
}

void tree_put(struct vfs_tree *t)
{
	if (!t)
		return;
	if (t->root)
		mount_put(t->root);
	if (!--t->refs) {
		arena_fini(&t->arena);
		fief_free(t->alloc, t, sizeof(*t));
	}
}

/* ---- a directory of the configuration, as a node ---- */

static enum vfs_err dir_stat(struct vfs_node *n, struct vfs_op *op)
{
	const struct vfs_mount *m =
		FIEF_CONTAINER_OF(n, struct vfs_mount, node);

	op->stat = (struct vfs_stat){
		.dev = n->fs->dev,
		.ino = m->ino,
		.kind = VFS_DIR,
		.mode = 0755,
		.links = 2,
		.block_size = 4096,
	};
	return VFS_OK;
}

/* Its items are found by the core. */
static enum vfs_err dir_lookup(struct vfs_node *n, struct vfs_name name,
                               struct vfs_op *op)
{
	(void)n, (void)name, (void)op;
	return VFS_NOT_FOUND;
}

static enum vfs_err dir_list(struct vfs_node *n, struct vfs_op *op)
{
	(void)n, (void)op;
	return VFS_OK;
}

static const struct vfs_node_ops dir_ops = {
	.put = mount_free,
	.stat = dir_stat,
	.lookup = dir_lookup,
	.list = dir_list,
};

/* ---- making ---- */

static enum fief_err mount_make(struct build *b, const struct node *config,
                                const char *name, struct vfs_mount **out)
{
	struct fief_alloc *alloc = b->vfs->alloc;
	struct vfs_mount *m;
	void *mem;
	enum fief_err e = fief_alloc_zeroed(alloc, sizeof(*m), &mem);

	if (e)
		return e;
	m = mem;
	vfs_node_init(&m->node, &b->vfs->tree_fs, &dir_ops, VFS_DIR);
	m->config = config;
	m->tree = b->tree;
	m->tree->refs++;
	m->ino = ++b->vfs->inos;
	m->name = name;
	m->name_len = name ? (uint32_t)strlen(name) : 0;
	m->hash = vfs_hash(name, m->name_len);
	*out = m;
	return FIEF_OK;
}

struct vfs_mount *mount_find(const struct vfs_mount *m, struct vfs_name name)
{
	LIST_FOR_EACH(i, &m->items, struct vfs_mount, link)
		if (i->name && i->hash == name.hash &&
		    i->name_len == name.len &&
		    !memcmp(i->name, name.s, name.len))
			return i;
	return NULL;
}

static enum fief_err name_check(struct build *b, const struct vfs_mount *dir,
                                const struct node *n, const char *name)
{
	const struct node_attr *a = node_attr_find(n, "name");
	const struct node_place at = a ? a->at : n->at;
	const size_t len = strlen(name);
	const struct vfs_name made = { name, (uint32_t)len,
		                       vfs_hash(name, len) };

	if (!len || len > VFS_NAME_MAX || strchr(name, '/') ||
	    !strcmp(name, ".") || !strcmp(name, ".."))
		return node_error_set(b->err, FIEF_INVALID, at,
		                      "<%s>: \"%s\" is no name of a file",
		                      n->name, name);
	if (mount_find(dir, made))
		return node_error_set(b->err, FIEF_INVALID, at,
		                      "<%s>: \"%s\" is here twice", n->name,
		                      name);
	return FIEF_OK;
}

static bool has_equal(const struct node *dir, const struct node *item)
{
	NODE_FOR_EACH(n, dir, item->name) {
		if (node_equal(n, item))
			return true;
	}
	return false;
}

/* The file system of the tree so far that this node is, too: one with the same
 * config, or one that can go on with this one and that no other node is equal to. */
static struct vfs_fs *fs_kept(const struct vfs_mount *old,
                              const struct vfs_mount *dir,
                              const struct node *config)
{
	if (!old)
		return NULL;
	LIST_FOR_EACH(m, &old->items, struct vfs_mount, link) {
		bool taken = false;

		if (!m->fs || !node_has_type(m->config, config->name))
			continue;
		LIST_FOR_EACH(i, &dir->items, struct vfs_mount, link)
			taken |= i->fs == m->fs;
		if (taken)
			continue;
		if (node_equal(m->config, config))
			return m->fs;
		if (!has_equal(dir->config, m->config) &&
		    vfs_fs_keeps(m->fs, m->config, config))
			return m->fs;
	}
	return NULL;
}

static enum fief_err fs_add(struct build *b, struct vfs_mount *dir,
                            const struct vfs_mount *old, const struct node *n)
{
	struct vfs_mount *m;
	struct vfs_fs *fs = NULL;
	enum fief_err e = vfs_fs_check(b->vfs, n, b->err);

	if (!e)
		fs = fs_kept(old, dir, n);
	if (fs)
		vfs_node_get(fs->root);
	else if (!e)
		e = vfs_fs_create(b->vfs, n, b->err, &fs);
	if (e)
		return e;
	e = fs->name ? name_check(b, dir, n, fs->name) : FIEF_OK;
	if (!e)
		e = mount_make(b, n, fs->name, &m);
	if (e) {
		vfs_node_put(fs->root);
		return e;
	}
	m->fs = fs;
	list_add_last(&dir->items, &m->link);
	return FIEF_OK;
}

static enum fief_err items_add(struct build *b, struct vfs_mount *dir,
                               const struct vfs_mount *old, unsigned depth);

static const struct vfs_attr dir_attrs[] = {
	{ "name", NULL, "name of the directory", VFS_VALUE_NAME, true },
	{ 0 },
};

static const struct vfs_schema dir_schema = {
	.text = "a directory, with what is in it",
	.attrs = dir_attrs,
	.any = true,
};

static enum fief_err dir_add(struct build *b, struct vfs_mount *dir,
                             const struct vfs_mount *old, const struct node *n,
                             unsigned depth)
{
	struct vfs_name name = { .s = node_attr(n, "name", NULL) };
	struct vfs_mount *m;
	enum fief_err e = vfs_schema_check(&dir_schema, n, b->err);

	if (!e)
		e = name_check(b, dir, n, name.s);
	if (!e)
		e = mount_make(b, n, name.s, &m);
	if (e)
		return e;
	list_add_last(&dir->items, &m->link);
	name.len = m->name_len;
	name.hash = m->hash;
	return items_add(b, m, old ? mount_find(old, name) : NULL, depth + 1);
}

static enum fief_err items_add(struct build *b, struct vfs_mount *dir,
                               const struct vfs_mount *old, unsigned depth)
{
	enum fief_err e = FIEF_OK;

	if (depth > DEPTH_MAX)
		return node_error_set(b->err, FIEF_LIMIT, dir->config->at,
		                      "more than %u directories in each other",
		                      (unsigned)DEPTH_MAX);
	NODE_FOR_EACH(n, dir->config, NULL) {
		e = node_has_type(n, "dir") ? dir_add(b, dir, old, n, depth) :
		                              fs_add(b, dir, old, n);
		if (e)
			break;
	}
	return e;
}

/* File systems that can lie over each other anywhere below. */
static unsigned layers_most(const struct vfs_mount *dir, unsigned above)
{
	unsigned most;

	LIST_FOR_EACH(m, &dir->items, struct vfs_mount, link)
		above += mount_is_layer(m);
	most = above;
	LIST_FOR_EACH(m, &dir->items, struct vfs_mount, link) {
		const unsigned n = m->fs ? 0 : layers_most(m, above);

		most = n > most ? n : most;
	}
	return most;
}

/* All is made: those that are new do what they do once. */
static enum fief_err tree_start(struct build *b, const struct vfs_mount *dir)
{
	struct vfs_node *beside[VFS_LAYERS_MAX];
	unsigned count = 0;
	enum fief_err e = FIEF_OK;

	LIST_FOR_EACH(m, &dir->items, struct vfs_mount, link)
		if (mount_is_layer(m) && m->fs->root->kind == VFS_DIR)
			beside[count++] = m->fs->root;
	LIST_FOR_EACH(m, &dir->items, struct vfs_mount, link) {
		if (!e && !m->fs)
			e = tree_start(b, m);
		else if (!e && m->fs->ops->start && !m->fs->generation)
			e = m->fs->ops->start(m->fs, beside, count, m->config,
			                      b->err);
	}
	return e;
}

static enum fief_err tree_fill(struct build *b, const struct node *config,
                               const struct vfs_tree *old)
{
	struct vfs_tree *t = b->tree;
	struct node *copy;
	enum fief_err e = node_copy(&t->arena, config, &copy);

	if (!e)
		e = mount_make(b, copy, NULL, &t->root);
	if (!e)
		e = items_add(b, t->root, old ? old->root : NULL, 0);
	if (!e && layers_most(t->root, 0) > VFS_LAYERS_MAX)
		e = node_error_set(b->err, FIEF_LIMIT, config->at,
		                   "more than %u file systems of the same "
		                   "directory",
		                   (unsigned)VFS_LAYERS_MAX);
	return e ? e : tree_start(b, t->root);
}

/* The tree is sure to be the one now: those that were kept learn their config. */
static void tree_commit(struct vfs_mount *dir, uint32_t generation)
{
	LIST_FOR_EACH(m, &dir->items, struct vfs_mount, link) {
		if (m->fs)
			m->fs->generation = generation;
		if (m->fs)
			vfs_fs_update(m->fs, m->config);
		tree_commit(m, generation);
	}
}

enum fief_err mount_build(struct vfs *v, const struct node *config,
                          const struct vfs_tree *old, struct node_error *err,
                          struct vfs_tree **out)
{
	struct build b = { .vfs = v, .err = err };
	void *mem;
	enum fief_err e = fief_alloc_zeroed(v->alloc, sizeof(*b.tree), &mem);

	if (e)
		return e;
	b.tree = mem;
	b.tree->refs = 1;
	b.tree->alloc = v->alloc;
	fief_arena_source_init(&b.tree->source, v->alloc);
	arena_init(&b.tree->arena, &b.tree->source.source);
	e = tree_fill(&b, config, old);
	if (e) {
		tree_put(b.tree);
		return e;
	}
	v->generation++;
	tree_commit(b.tree->root, v->generation);
	*out = b.tree;
	return FIEF_OK;
}
