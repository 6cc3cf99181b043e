/* SPDX-License-Identifier: MIT */
/* Entries: loaded once, used by many, dropped when there is no room. */

#include "cache.h"

#include <lib/checked.h>
#include <lib/mem.h>

#include "sealed.h"

struct cached {
	struct list_elem elem; /* in `entries` or `stale` */
	struct cache *cache;   /* borrowed */
	struct load load;
	struct follow follow;
	struct sealed memory;
	size_t cost;      /* besides the content */
	uint64_t charged; /* of the bytes of the cache */
	struct list uses; /* borrowed: struct cache_use */
	enum fief_err result;
	uint32_t flags;
	bool ready;
	char path[];
};

static size_t entry_bytes(const char *path)
{
	return sizeof(struct cached) + strlen(path) + 1;
}

size_t cache_cost(const struct where *w)
{
	return entry_bytes(w->path) + follow_cost(w->path);
}

/* ---- room ---- */

static void content_drop(struct cached *e)
{
	e->cache->bytes -= e->charged;
	e->charged = 0;
	sealed_fini(&e->memory, e->cache->files->env);
}

static void entry_free(struct cached *e)
{
	load_cancel(&e->load);
	follow_stop(&e->follow);
	content_drop(e);
	list_remove(&e->elem);
	fief_free(e->cache->files->env->heap, e, entry_bytes(e->path));
}

static void stale_collect(struct cache *c)
{
	LIST_FOR_EACH_SAFE(e, &c->stale, struct cached, elem)
		if (list_empty(&e->uses))
			entry_free(e);
}

/* Drop what nobody uses, the one first that was used before all others, until
 * no more than `most` bytes are in use. False: there are more. */
static bool unused_drop(struct cache *c, uint64_t most)
{
	stale_collect(c);
	LIST_FOR_EACH_SAFE(e, &c->entries, struct cached, elem) {
		if (c->bytes <= most)
			break;
		if (list_empty(&e->uses))
			entry_free(e);
	}
	return c->bytes <= most;
}

void cache_limit(struct cache *c, uint64_t bytes)
{
	c->limit = bytes;
	(void)unused_drop(c, bytes); /* what is used stays */
}

static enum fief_err room(struct load *l, size_t bytes, void **addr)
{
	struct cached *entry = FIEF_CONTAINER_OF(l, struct cached, load);
	struct cache *c = entry->cache;
	uint64_t bytes_all;
	size_t pages;
	enum fief_err e;

	content_drop(entry); /* of the try before */
	if (!checked_align(bytes ? bytes : 1, KIF_PAGE, &pages))
		return FIEF_LIMIT;
	bytes_all = pages + entry->cost;
	if (bytes_all > c->limit || !unused_drop(c, c->limit - bytes_all))
		return FIEF_LIMIT;
	e = sealed_init(&entry->memory, c->files->env, pages);
	if (e) { /* our own account is smaller than that */
		(void)unused_drop(c, 0);
		e = sealed_init(&entry->memory, c->files->env, pages);
	}
	if (e)
		return e;
	entry->charged = bytes_all;
	c->bytes += bytes_all;
	*addr = entry->memory.addr;
	return FIEF_OK;
}

/* ---- another content ---- */

static void stale_check(struct cached *e)
{
	const struct stamp seen =
		load_seen(&e->load, e->result, &e->follow.stamp);

	if (!e->ready || e->elem.in == &e->cache->stale || !e->follow.known ||
	    stamp_equal(&seen, &e->follow.stamp))
		return;
	follow_stop(&e->follow);
	list_remove(&e->elem);
	list_add_last(&e->cache->stale, &e->elem);
	LIST_FOR_EACH(u, &e->uses, struct cache_use, in_entry)
		u->changed(u);
}

static void on_changed(struct follow *f)
{
	stale_check(FIEF_CONTAINER_OF(f, struct cached, follow));
}

/* ---- loading ---- */

static void entry_ready(struct cached *e, enum fief_err result)
{
	if (!result)
		result = sealed_seal(&e->memory, e->cache->files->env);
	if (result) {
		content_drop(e);
		load_log(&e->load, result, e->path);
	}
	e->result = result;
	e->ready = true;
}

static void on_loaded(struct load *l, enum fief_err result)
{
	struct cached *e = FIEF_CONTAINER_OF(l, struct cached, load);

	entry_ready(e, result);
	LIST_FOR_EACH_SAFE(u, &e->uses, struct cache_use, in_entry)
		u->loaded(u);
	stale_check(e);
}

static enum fief_err entry_make(struct cache *c, const struct where *w,
                                struct cached **out)
{
	struct fief_alloc *heap = c->files->env->heap;
	struct cached *entry;
	enum fief_err e;
	void *mem;

	if (fief_alloc_zeroed(heap, entry_bytes(w->path), &mem))
		return FIEF_OUT_OF_RAM;
	entry = mem;
	entry->cache = c;
	entry->flags = w->flags;
	entry->cost = cache_cost(w);
	memcpy(entry->path, w->path, strlen(w->path) + 1);
	entry->load.room = room;
	entry->load.done = on_loaded;
	entry->load.most = c->files->max;
	entry->follow.changed = on_changed;
	e = follow_start(&entry->follow, c->files->vfs, heap, entry->path,
	                 w->flags);
	if (e) {
		fief_free(heap, entry, entry_bytes(w->path));
		return e;
	}
	list_add_last(&c->entries, &entry->elem);
	*out = entry;
	return FIEF_OK;
}

/* ---- uses ---- */

static struct cached *entry_find(struct cache *c, const struct where *w)
{
	LIST_FOR_EACH(e, &c->entries, struct cached, elem)
		if (e->flags == w->flags && !strcmp(e->path, w->path))
			return e;
	return NULL;
}

static void use_add(struct cached *e, struct cache_use *u)
{
	u->entry = e;
	list_add_last(&e->uses, &u->in_entry);
	list_remove(&e->elem);
	list_add_last(&e->cache->entries, &e->elem);
}

enum fief_err cache_get(struct cache *c, const struct where *w,
                        struct cache_use *u)
{
	struct cached *entry;
	enum fief_err e = FIEF_OK;

	stale_collect(c);
	entry = entry_find(c, w);
	if (entry) {
		use_add(entry, u);
		return entry->ready ? FIEF_OK : FIEF_LATE;
	}
	e = entry_make(c, w, &entry);
	if (e)
		return e;
	use_add(entry, u);
	e = load_start(&entry->load, c->files->vfs, entry->path, entry->flags);
	if (e == FIEF_LATE)
		return e;
	entry_ready(entry, e);
	return FIEF_OK;
}

void cache_move(struct cache_use *from, struct cache_use *to)
{
	struct cached *e = from->entry;

	list_remove(&from->in_entry);
	from->entry = NULL;
	to->entry = e;
	list_add_first(&e->uses, &to->in_entry);
}

/* What is not wanted any more, or is not there, is not kept. */
void cache_put(struct cache *c, struct cache_use *u)
{
	struct cached *e = u->entry;

	if (!e)
		return;
	list_remove(&u->in_entry);
	u->entry = NULL;
	if (list_empty(&e->uses) && (!e->ready || e->result))
		entry_free(e);
	stale_collect(c);
}

bool cache_content(const struct cache_use *u, fief_cap *ds, uint64_t *size)
{
	if (u->entry->result)
		return false;
	*ds = u->entry->memory.ds;
	*size = u->entry->load.size;
	return true;
}

bool cache_fresh(const struct cache_use *u)
{
	return u->entry && u->entry->ready && !u->entry->result &&
	       u->entry->elem.in == &u->entry->cache->entries;
}
