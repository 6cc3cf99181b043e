/* SPDX-License-Identifier: MIT */
/* What the host's kernel knows: nodes, and fids for them. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mount.h"
#include <tools/fief/util.h>

/* ---- by name ---- */

static struct list *bucket_of(struct mount *m, const struct node *dir,
                              const char *name)
{
	uint64_t h = (uintptr_t)dir >> 4;

	for (; *name; name++)
		h = (h ^ (unsigned char)*name) * 1099511628211u;
	return &m->bucket[(h ^ h >> 32) % NODE_BUCKETS];
}

struct node *node_find(struct mount *m, const struct node *dir,
                       const char *name)
{
	LIST_FOR_EACH(n, bucket_of(m, dir, name), struct node, in_bucket)
		if (n->parent == dir && !strcmp(n->name, name))
			return n;
	return NULL;
}

static void put(struct mount *m, struct node *n, struct node *dir,
                const char *name)
{
	n->parent = dir;
	n->name = util_text("%s", name);
	dir->uses++;
	list_add_last(bucket_of(m, dir, name), &n->in_bucket);
}

/* ---- fids ---- */

static void fid_drop(struct mount *m, struct node *n)
{
	if (!n->has_fid)
		return;
	n->has_fid = false;
	list_remove(&n->in_fids);
	m->fid_count--;
	p9_clunk_late(&m->look.p9, n->fid);
}

void node_fid_give(struct mount *m, struct node *n, uint32_t fid)
{
	if (n->has_fid || n == &m->root || !n->name) {
		p9_clunk_late(&m->look.p9, fid);
		return;
	}
	if (m->fid_count == NODE_FIDS)
		fid_drop(m, LIST_FIRST(&m->fids, struct node, in_fids));
	n->fid = fid;
	n->has_fid = true;
	list_add_last(&m->fids, &n->in_fids);
	m->fid_count++;
}

/* The nearest one above that has a fid, itself included; NULL: its name was
 * taken from one of them. */
static struct node *nearest(struct mount *m, struct node *n)
{
	while (n != &m->root && n->name && !n->has_fid)
		n = n->parent;
	return n == &m->root || n->has_fid ? n : NULL;
}

/* The one below `from` on the way to `n`. */
static struct node *below(const struct node *from, struct node *n)
{
	while (n->parent != from)
		n = n->parent;
	return n;
}

static void used(struct mount *m, struct node *n)
{
	if (n == &m->root)
		return;
	list_remove(&n->in_fids);
	list_add_last(&m->fids, &n->in_fids);
}

int node_fid(struct mount *m, struct node *n, uint32_t *fid)
{
	struct node *at = nearest(m, n), *next;
	uint32_t fresh;
	int e;

	if (!at) {
		struct handle *h = LIST_FIRST(&n->open, struct handle, in_node);

		*fid = h ? h->fid : 0;
		return h ? 0 : ESTALE;
	}
	for (; at != n; at = next) {
		next = below(at, n);
		e = p9_walk(&m->look.p9, at->fid, next->name, &fresh);
		if (e)
			return e == ENOENT ? ESTALE : e;
		used(m, at);
		node_fid_give(m, next, fresh);
	}
	used(m, n);
	*fid = n->fid;
	return 0;
}

/* ---- life ---- */

static void unput(struct mount *m, struct node *n)
{
	struct node *dir = n->parent;

	if (!n->name)
		return;
	list_remove(&n->in_bucket);
	free(n->name);
	n->name = NULL;
	n->parent = NULL;
	node_unuse(m, dir);
}

static void drop(struct mount *m, struct node *n)
{
	if (n == &m->root || n->lookups || n->uses)
		return;
	fid_drop(m, n);
	unput(m, n);
	free(n);
}

void node_unuse(struct mount *m, struct node *n)
{
	n->uses--;
	drop(m, n);
}

void node_forget(struct mount *m, struct node *n, uint64_t lookups)
{
	if (n == &m->root)
		return;
	n->lookups -= lookups < n->lookups ? lookups : n->lookups;
	drop(m, n);
}

void node_detach(struct mount *m, struct node *n)
{
	if (!n || n == &m->root)
		return;
	fid_drop(m, n);
	unput(m, n);
	drop(m, n);
}

void node_move(struct mount *m, struct node *n, struct node *dir,
               const char *name)
{
	n->uses++; /* it stays */
	dir->uses++;
	unput(m, n);
	put(m, n, dir, name);
	dir->uses--;
	n->uses--;
}

struct node *node_seen(struct mount *m, struct node *dir, const char *name,
                       const struct p9_stat *st)
{
	struct node *n = node_find(m, dir, name);

	if (n && (n->inode != st->inode || n->type != (st->mode & S_IFMT))) {
		node_detach(m, n);
		n = NULL;
	}
	if (!n) {
		n = util_alloc(sizeof(*n));
		put(m, n, dir, name);
		n->inode = st->inode;
		n->type = st->mode & S_IFMT;
	}
	n->size = st->size;
	return n;
}

unsigned node_depth(const struct node *n)
{
	unsigned depth = 0;

	while ((n = n->parent))
		depth++;
	return depth;
}
