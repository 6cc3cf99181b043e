/* SPDX-License-Identifier: MIT */
/* Blobs and names; see engine.h. */

#include "engine.h"

#include <lib/mem.h>

struct name {
	struct dict_elem elem;
	struct store_hash hash;
	bool broken; /* its file says nothing */
	char text[STORE_NAME_MAX + 1];
};

static enum store_err err_of(enum vfs_err e)
{
	if (e == VFS_OK)
		return STORE_OK;
	if (e == VFS_NOT_FOUND)
		return STORE_NOT_FOUND;
	if (e == VFS_NO_SPACE || e == VFS_TOO_BIG)
		return STORE_NO_SPACE;
	return e == VFS_NO_MEMORY ? STORE_NO_MEMORY : STORE_FAILED;
}

static struct name *name_find(const struct store *s, const char *text)
{
	return DICT_OBJECT(dict_find(&s->names, text), struct name, elem);
}

static enum store_err name_add(struct store *s, const char *text,
                               struct name **out)
{
	struct name *n;
	void *mem;

	if (s->count == s->names_max)
		return STORE_LIMIT;
	if (fief_alloc_zeroed(s->alloc, sizeof(*n), &mem))
		return STORE_NO_MEMORY;
	n = mem;
	memcpy(n->text, text, strlen(text));
	if (dict_insert(&s->names, &n->elem, n->text)) {
		fief_free(s->alloc, n, sizeof(*n));
		return STORE_FAILED;
	}
	s->count++;
	*out = n;
	return STORE_OK;
}

static void name_drop(struct store *s, struct name *n)
{
	s->broken -= n->broken;
	dict_remove(&s->names, &n->elem);
	fief_free(s->alloc, n, sizeof(*n));
	s->count--;
}

/* ---- start and end ---- */

static enum vfs_err temp_remove(void *arg, const char *name)
{
	struct store *s = arg;
	enum vfs_err e = disk_remove(&s->disk, "/temp", name, false);

	/* The list may be of before it went. */
	return e == VFS_NOT_FOUND ? VFS_OK : e;
}

/* What a file of a name says; CORRUPT: nothing. */
static enum store_err record_read(struct store *s, const char *file,
                                  struct store_hash *out)
{
	char text[STORE_RECORD + 1];
	struct vfs_file *f;
	size_t len = 0;
	enum vfs_err e = disk_open(&s->disk, "/name", file, &f);

	if (e)
		return err_of(e);
	e = disk_read(&s->disk, f, 0, text, sizeof(text), &len);
	vfs_close(f);
	if (e)
		return err_of(e);
	return store_record_parse(text, len, out) ? STORE_OK : STORE_CORRUPT;
}

/* A file that is no name of ours is left alone. */
static enum vfs_err name_load(void *arg, const char *file)
{
	struct store *s = arg;
	char text[STORE_NAME_MAX + 1];
	struct store_hash hash;
	struct name *n;
	enum store_err e;

	if (!store_name_of_file(file, text) || name_find(s, text))
		return VFS_OK;
	e = record_read(s, file, &hash);
	if (e && e != STORE_CORRUPT)
		return VFS_IO;
	if (name_add(s, text, &n))
		return VFS_NO_MEMORY;
	n->broken = e != STORE_OK;
	s->broken += n->broken;
	if (!e)
		n->hash = hash;
	return VFS_OK;
}

enum store_err store_open(struct store *s)
{
	static const char *const dirs[] = { "/blob", "/name", "/temp" };
	enum vfs_err e = VFS_OK;

	for (unsigned i = 0; !e && i < sizeof(dirs) / sizeof(dirs[0]); i++)
		e = disk_dir_make(&s->disk, dirs[i]);
	if (!e)
		e = disk_list(&s->disk, "/temp", temp_remove, s);
	if (!e)
		e = disk_list(&s->disk, "/name", name_load, s);
	if (e)
		store_close(s);
	return err_of(e);
}

void store_close(struct store *s)
{
	struct dict_elem *e;

	while ((e = dict_first(&s->names)))
		name_drop(s, DICT_OBJECT(e, struct name, elem));
}

/* ---- putting ---- */

enum store_err store_append(struct store *s, struct store_upload *u,
                            const void *data, size_t len)
{
	enum vfs_err e;

	if (!u->begun) {
		e = disk_temp_begin(&s->disk, &u->temp);
		if (e)
			return err_of(e);
		br_sha256_init(&u->hash);
		u->begun = true;
	}
	if (len > s->blob_max - u->temp.size) {
		store_abandon(s, u);
		return STORE_LIMIT;
	}
	/* The client can change it meanwhile: one reading for both. */
	for (size_t at = 0, n; at < len; at += n) {
		n = len - at < STORE_CHUNK ? len - at : STORE_CHUNK;
		memcpy(s->chunk, (const char *)data + at, n);
		br_sha256_update(&u->hash, s->chunk, n);
		e = disk_temp_add(&s->disk, &u->temp, s->chunk, n);
		if (e) {
			store_abandon(s, u);
			return err_of(e);
		}
	}
	return STORE_OK;
}

enum store_err store_finish(struct store *s, struct store_upload *u,
                            struct store_pin *pin)
{
	char file[STORE_HEX + 1] = "";
	enum store_err e = STORE_OK;

	if (!u->begun)
		e = store_append(s, u, "", 0);
	if (e)
		return e;
	pin->hash = store_hash_end(&u->hash);
	store_hash_print(&pin->hash, file);
	list_add_last(&s->pins, &pin->link);
	e = err_of(disk_temp_place(&s->disk, &u->temp, "/blob", file));
	u->begun = false;
	if (e)
		store_unpin(s, pin);
	return e;
}

void store_abandon(struct store *s, struct store_upload *u)
{
	disk_temp_drop(&s->disk, &u->temp);
	u->begun = false;
}

void store_unpin(struct store *s, struct store_pin *pin)
{
	(void)s;
	list_remove(&pin->link);
}

/* ---- getting ---- */

/* The part of this chunk that is asked for. */
static void copy(const struct store *s, struct store_range *r, uint64_t at,
                 size_t n)
{
	const uint64_t next = r->offset + r->count;
	size_t skip, len;

	if (next < at || next >= at + n || r->count == r->len)
		return;
	skip = (size_t)(next - at);
	len = n - skip;
	if (len > r->len - r->count)
		len = r->len - r->count;
	memcpy((char *)r->buf + r->count, s->chunk + skip, len);
	r->count += len;
}

static enum store_err read_all(struct store *s, struct vfs_file *f,
                               struct store_hash *hash, struct store_range *r)
{
	br_sha256_context c;
	size_t n = STORE_CHUNK;

	br_sha256_init(&c);
	r->size = r->count = 0;
	while (n == STORE_CHUNK) {
		enum vfs_err e = disk_read(&s->disk, f, r->size, s->chunk,
		                           STORE_CHUNK, &n);

		if (e)
			return err_of(e);
		br_sha256_update(&c, s->chunk, n);
		copy(s, r, r->size, n);
		r->size += n;
	}
	*hash = store_hash_end(&c);
	return STORE_OK;
}

enum store_err store_get(struct store *s, const struct store_hash *hash,
                         struct store_range *r)
{
	char file[STORE_HEX + 1] = "";
	struct store_hash found;
	struct vfs_file *f;
	enum store_err e;

	store_hash_print(hash, file);
	e = err_of(disk_open(&s->disk, "/blob", file, &f));
	if (e)
		return e;
	e = read_all(s, f, &found, r);
	vfs_close(f);
	if (!e && !store_hash_equal(hash, &found))
		e = STORE_CORRUPT;
	return e;
}

/* ---- names ---- */

static enum store_err record_write(struct store *s, const char *name,
                                   const struct store_hash *hash)
{
	char file[STORE_NAME_MAX + 1], text[STORE_RECORD];
	struct disk_temp t;
	enum vfs_err e = disk_temp_begin(&s->disk, &t);

	if (e)
		return err_of(e);
	store_name_to_file(name, file);
	store_record_print(hash, text);
	e = disk_temp_add(&s->disk, &t, text, sizeof(text));
	if (e)
		disk_temp_drop(&s->disk, &t);
	else
		e = disk_temp_place(&s->disk, &t, "/name", file);
	return err_of(e);
}

/* If it fails, the old or the new one may be on the disk, and nothing is collected
 * any more until the files were read again. */
enum store_err store_bind(struct store *s, const char *name,
                          const struct store_hash *hash)
{
	struct name *n, *made = NULL;
	char file[STORE_HEX + 1] = "";
	struct vfs_file *f;
	enum store_err e;

	if (!store_name_valid(name, strlen(name)))
		return STORE_BAD_NAME;
	store_hash_print(hash, file);
	e = err_of(disk_open(&s->disk, "/blob", file, &f));
	if (e)
		return e;
	vfs_close(f);
	n = name_find(s, name);
	if (!n)
		e = name_add(s, name, &made);
	if (e)
		return e;
	e = record_write(s, name, hash);
	if (e) {
		if (made)
			name_drop(s, made);
		s->uncertain = true; /* which of the two is on the disk */
		return e;
	}
	n = n ? n : made;
	n->hash = *hash;
	s->broken -= n->broken;
	n->broken = false;
	return STORE_OK;
}

enum store_err store_unbind(struct store *s, const char *name)
{
	struct name *n = name_find(s, name);
	char file[STORE_NAME_MAX + 1];
	enum store_err e;

	if (!n)
		return STORE_NOT_FOUND;
	store_name_to_file(name, file);
	e = err_of(disk_remove(&s->disk, "/name", file, true));
	if (!e)
		name_drop(s, n);
	return e;
}

enum store_err store_resolve(const struct store *s, const char *name,
                             struct store_hash *out)
{
	const struct name *n = name_find(s, name);

	if (!n)
		return STORE_NOT_FOUND;
	if (n->broken)
		return STORE_CORRUPT;
	*out = n->hash;
	return STORE_OK;
}

static int compare_key(const void *key, const struct tree_elem *e)
{
	return strcmp(key,
	              TREE_OBJECT((void *)(uintptr_t)e, struct dict_elem, tree)
	                      ->name);
}

const char *store_name_next(const struct store *s, const char *prefix,
                            const char *after)
{
	const char *from = strcmp(after, prefix) > 0 ? after : prefix;
	struct tree_elem *t = tree_ceiling(&s->names.tree, from, compare_key);
	const char *name;

	if (t && *after &&
	    !strcmp(TREE_OBJECT(t, struct dict_elem, tree)->name, after))
		t = tree_next(t);
	if (!t)
		return NULL;
	name = TREE_OBJECT(t, struct dict_elem, tree)->name;
	return strncmp(name, prefix, strlen(prefix)) ? NULL : name;
}

bool store_named(const struct store *s, const char *prefix,
                 const struct store_hash *hash)
{
	const char *name = "";

	while ((name = store_name_next(s, prefix, name)))
		if (!name_find(s, name)->broken &&
		    store_hash_equal(&name_find(s, name)->hash, hash))
			return true;
	return false;
}

/* ---- collecting ---- */

struct collection {
	struct store *store;
	uint64_t blobs, bytes;
};

static bool pinned(const struct store *s, const struct store_hash *hash)
{
	LIST_FOR_EACH(p, &s->pins, struct store_pin, link)
		if (store_hash_equal(&p->hash, hash))
			return true;
	return false;
}

static uint64_t size_of(struct store *s, const char *file)
{
	struct vfs_file *f;
	uint64_t size = 0;

	if (disk_open(&s->disk, "/blob", file, &f))
		return 0;
	if (disk_size(&s->disk, f, &size))
		size = 0; /* only told to people */
	vfs_close(f);
	return size;
}

/* What is no blob of ours is left alone. */
static enum vfs_err blob_look(void *arg, const char *file)
{
	struct collection *c = arg;
	struct store_hash hash;
	uint64_t size;
	enum vfs_err e;

	if (!store_hash_parse(file, strlen(file), &hash) ||
	    pinned(c->store, &hash) || store_named(c->store, "", &hash))
		return VFS_OK;
	size = size_of(c->store, file);
	e = disk_remove(&c->store->disk, "/blob", file, false);
	if (e)
		return e == VFS_NOT_FOUND ? VFS_OK : e;
	c->blobs++;
	c->bytes += size;
	return VFS_OK;
}

enum store_err store_collect(struct store *s, uint64_t *blobs, uint64_t *bytes)
{
	struct collection c = { .store = s };
	enum vfs_err e;

	*blobs = *bytes = 0;
	if (s->broken)
		return STORE_CORRUPT; /* what they were bound to, who knows */
	if (s->uncertain)
		return STORE_FAILED;
	e = disk_list(&s->disk, "/blob", blob_look, &c);

	*blobs = c.blobs;
	*bytes = c.bytes;
	return err_of(e);
}
