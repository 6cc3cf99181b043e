/* SPDX-License-Identifier: MIT */
/*
 * Content of a file: extents, each at a multiple of CHUNK, and holes between
 * them. An extent is a chunk, or less: then the file ends in it, so that a small
 * file takes what it needs. Behind the size of the file all bytes of an extent
 * are zero.
 */

#include <fief/component.h>
#include <lib/mem.h>
#include <session/pd.h>

#include "ram.h"

enum {
	CHUNK = 32768, /* below FIEF_HEAP_BIG: no dataspace of its own */
	LEAST = 64,
};

struct ram_extent {
	struct tree_elem in_data;
	uint64_t pos;
	size_t size; /* of `mem`, a power of two up to CHUNK */
	char *mem;   /* owned, unless it is shared */
	bool shared; /* a part of data->shared */
};

/* Content that others can map. Those that it had outgrown live as long as it: who
 * has mapped them has them open. */
struct ram_shared {
	struct fief_attached_ram memory;
	struct ram_shared *before; /* owned */
};

static int order(const struct tree_elem *a, const struct tree_elem *b)
{
	const struct ram_extent *x = (const void *)a, *y = (const void *)b;

	return (x->pos > y->pos) - (x->pos < y->pos);
}

static int key_order(const void *key, const struct tree_elem *e)
{
	const uint64_t pos = *(const uint64_t *)key;
	const struct ram_extent *x = (const void *)e;

	return (pos > x->pos) - (pos < x->pos);
}

static uint64_t chunk_begin(uint64_t pos)
{
	return pos & ~(uint64_t)(CHUNK - 1);
}

static size_t least(uint64_t a, uint64_t b)
{
	return (size_t)(a < b ? a : b);
}

void ram_data_init(struct ram_data *d)
{
	d->extents = (struct tree){ .order = order };
}

static void extent_free(struct ram_fs *fs, struct ram_data *d,
                        struct ram_extent *x)
{
	tree_remove(&d->extents, &x->in_data);
	d->last = NULL;
	d->bytes -= x->size;
	fs->bytes -= x->size;
	if (!x->shared)
		fief_free(fs->alloc, x->mem, x->size);
	fief_free(fs->alloc, x, sizeof(*x));
}

void ram_data_fini(struct ram_fs *fs, struct ram_data *d)
{
	struct tree_elem *t;
	struct ram_shared *s;

	while ((t = tree_first(&d->extents)))
		extent_free(fs, d, (void *)t);
	while ((s = d->shared)) {
		d->shared = s->before;
		fief_attached_ram_fini(&s->memory);
		fief_free(fs->alloc, s, sizeof(*s));
	}
}

/* The extent of the chunk of `pos`; NULL: a hole. */
static struct ram_extent *extent_find(struct ram_data *d, uint64_t pos)
{
	const uint64_t begin = chunk_begin(pos);

	if (!d->last || d->last->pos != begin) {
		struct tree_elem *t = tree_find(&d->extents, &begin, key_order);

		if (t)
			d->last = (void *)t;
		return (void *)t;
	}
	return d->last;
}

/* ---- getting memory ---- */

static size_t size_for(size_t need)
{
	size_t size = LEAST;

	while (size < need)
		size *= 2;
	return size;
}

static enum vfs_err extent_resize(struct ram_fs *fs, struct ram_data *d,
                                  struct ram_extent *x, size_t size)
{
	void *mem;

	if (fief_alloc(fs->alloc, size, &mem))
		return VFS_NO_SPACE;
	memcpy(mem, x->mem, x->size);
	memset((char *)mem + x->size, 0, size - x->size);
	fief_free(fs->alloc, x->mem, x->size);
	d->bytes += size - x->size;
	fs->bytes += size - x->size;
	x->mem = mem;
	x->size = size;
	return VFS_OK;
}

static enum vfs_err extent_make(struct ram_fs *fs, struct ram_data *d,
                                uint64_t pos, size_t size,
                                struct ram_extent **out)
{
	struct ram_extent *x;
	void *mem, *bytes;

	if (fief_alloc_zeroed(fs->alloc, sizeof(*x), &mem))
		return VFS_NO_SPACE;
	x = mem;
	if (fief_alloc_zeroed(fs->alloc, size, &bytes)) {
		fief_free(fs->alloc, mem, sizeof(*x));
		return VFS_NO_SPACE;
	}
	*x = (struct ram_extent){ .pos = pos, .size = size, .mem = bytes };
	if (tree_insert(&d->extents, &x->in_data))
		return VFS_IO; /* it was not there */
	d->bytes += size;
	fs->bytes += size;
	d->last = x;
	*out = x;
	return VFS_OK;
}

/* Memory for bytes `pos` to `pos + len`, of one chunk. */
static enum vfs_err extent_need(struct ram_fs *fs, struct ram_data *d,
                                uint64_t pos, size_t len,
                                struct ram_extent **out)
{
	const uint64_t begin = chunk_begin(pos);
	struct ram_extent *x = extent_find(d, pos);
	const size_t need = (size_t)(pos - begin) + len;
	size_t size = size_for(need);
	enum vfs_err e = VFS_OK;

	/* One that goes on with the file: the rest will come, too. */
	if (begin)
		size = CHUNK;
	if (!x)
		e = extent_make(fs, d, begin, size, &x);
	else if (x->size < need)
		e = extent_resize(fs, d, x, size);
	if (!e)
		*out = x;
	return e;
}

enum vfs_err ram_data_reserve(struct ram_fs *fs, struct ram_data *d,
                              uint64_t pos, uint64_t len)
{
	while (len) {
		const size_t n = least(len, chunk_begin(pos) + CHUNK - pos);
		struct ram_extent *x;
		enum vfs_err e = extent_need(fs, d, pos, n, &x);

		if (e)
			return e;
		pos += n;
		len -= n;
	}
	return VFS_OK;
}

/* ---- bytes ---- */

void ram_data_read(struct ram_data *d, uint64_t pos, char *to, size_t len)
{
	while (len) {
		const struct ram_extent *x = extent_find(d, pos);
		const size_t at = (size_t)(pos - chunk_begin(pos));
		const size_t n = least(len, CHUNK - at);
		const size_t have =
			x && x->size > at ? least(n, x->size - at) : 0;

		if (have)
			memcpy(to, x->mem + at, have);
		if (n > have)
			memset(to + have, 0, n - have);
		pos += n;
		to += n;
		len -= n;
	}
}

size_t ram_data_write(struct ram_fs *fs, struct ram_data *d, uint64_t pos,
                      const char *from, size_t len)
{
	size_t done = 0;

	while (done < len) {
		const size_t at = (size_t)(pos - chunk_begin(pos));
		const size_t n = least(len - done, CHUNK - at);
		struct ram_extent *x;

		if (extent_need(fs, d, pos, n, &x))
			break;
		memcpy(x->mem + at, from + done, n);
		pos += n;
		done += n;
	}
	if (done && pos > d->size)
		d->size = pos;
	return done;
}

void ram_data_zero(struct ram_fs *fs, struct ram_data *d, uint64_t pos,
                   uint64_t len, bool punch)
{
	const uint64_t begin = chunk_begin(pos), end = pos + len;
	struct tree_elem *t = tree_ceiling(&d->extents, &begin, key_order);

	while (t) {
		struct ram_extent *x = (void *)t;
		const uint64_t from = pos > x->pos ? pos - x->pos : 0;
		const size_t to =
			x->pos < end ? least(x->size, end - x->pos) : 0;

		if (x->pos >= end)
			break;
		t = tree_next(t);
		if (punch && !x->shared && !from && to == x->size)
			extent_free(fs, d, x);
		else if (from < to)
			memset(x->mem + from, 0, to - (size_t)from);
	}
}

/* What is cut off is zero when the file grows again. */
void ram_data_resize(struct ram_fs *fs, struct ram_data *d, uint64_t size)
{
	if (size <= d->size)
		ram_data_zero(fs, d, size, UINT64_MAX - CHUNK - size, true);
	d->size = size;
}

/* ---- shared content ---- */

/* Where there is nothing, the zeros of `mem` are the content from now on. */
static enum vfs_err holes_fill(struct ram_fs *fs, struct ram_data *d, char *mem,
                               size_t bytes)
{
	for (uint64_t pos = 0; pos < bytes; pos += CHUNK) {
		struct ram_extent *x;
		void *extent;

		if (extent_find(d, pos))
			continue;
		if (fief_alloc_zeroed(fs->alloc, sizeof(*x), &extent))
			return VFS_NO_SPACE;
		x = extent;
		*x = (struct ram_extent){ .pos = pos,
			                  .size = CHUNK,
			                  .mem = mem + pos,
			                  .shared = true };
		if (tree_insert(&d->extents, &x->in_data))
			return VFS_IO; /* it was not there */
		d->bytes += CHUNK;
		fs->bytes += CHUNK;
	}
	return VFS_OK;
}

static void holes_again(struct ram_fs *fs, struct ram_data *d, const char *mem,
                        size_t bytes)
{
	for (uint64_t pos = 0; pos < bytes; pos += CHUNK) {
		struct ram_extent *x = extent_find(d, pos);

		if (x && x->mem == mem + pos)
			extent_free(fs, d, x);
	}
}

static void extent_move(struct ram_fs *fs, struct ram_data *d,
                        struct ram_extent *x, char *to)
{
	if (x->mem == to)
		return;
	memcpy(to, x->mem, x->size);
	if (!x->shared)
		fief_free(fs->alloc, x->mem, x->size);
	d->bytes += CHUNK - x->size;
	fs->bytes += CHUNK - x->size;
	x->mem = to;
	x->size = CHUNK;
	x->shared = true;
}

/* All that can fail comes first. */
static enum vfs_err extents_move(struct ram_fs *fs, struct ram_data *d,
                                 char *mem, size_t bytes)
{
	enum vfs_err e = holes_fill(fs, d, mem, bytes);

	if (e) {
		holes_again(fs, d, mem, bytes);
		return e;
	}
	for (uint64_t pos = 0; pos < bytes; pos += CHUNK)
		extent_move(fs, d, extent_find(d, pos), mem + pos);
	return VFS_OK;
}

static enum vfs_err shared_make(struct ram_fs *fs, struct ram_data *d,
                                size_t bytes)
{
	const struct pd_cap pd = { vfs_env(fs->fs.vfs)->pd };
	struct ram_shared *s;
	void *mem;
	enum vfs_err e = VFS_OK;

	if (fief_alloc_zeroed(fs->alloc, sizeof(*s), &mem))
		return VFS_NO_SPACE;
	s = mem;
	if (fief_attached_ram_init(&s->memory, &fs->ram.ram, bytes))
		e = VFS_NO_SPACE;
	if (!e && pd_seal(pd, (struct dataspace_cap){ s->memory.ds }))
		e = VFS_IO;
	if (!e)
		e = extents_move(fs, d, s->memory.addr, bytes);
	if (e) {
		fief_attached_ram_fini(&s->memory);
		fief_free(fs->alloc, s, sizeof(*s));
		return e;
	}
	s->before = d->shared;
	d->shared = s;
	return VFS_OK;
}

enum vfs_err ram_data_share(struct ram_fs *fs, struct ram_data *d, fief_cap *ds)
{
	const uint64_t whole = (d->size + CHUNK - 1) & ~(uint64_t)(CHUNK - 1);
	enum vfs_err e = VFS_OK;

	if (!vfs_env(fs->fs.vfs))
		return VFS_UNSUPPORTED;
	if (!d->shared || d->shared->memory.bytes < whole)
		e = shared_make(fs, d, whole ? (size_t)whole : CHUNK);
	if (!e)
		*ds = d->shared->memory.ds;
	return e;
}

const char *ram_data_at(struct ram_data *d, uint64_t pos, size_t *len)
{
	const struct ram_extent *x = extent_find(d, pos);
	const size_t at = (size_t)(pos - chunk_begin(pos));

	if (!x || x->size <= at)
		return NULL;
	if (x->shared)
		*len = least(*len, d->shared->memory.bytes - pos);
	else
		*len = least(*len, x->size - at);
	return x->mem + at;
}

bool ram_data_seek(struct ram_data *d, bool hole, uint64_t *pos)
{
	uint64_t at = *pos;

	while (at < d->size && !extent_find(d, at) != hole) {
		const uint64_t next = chunk_begin(at) + CHUNK;
		struct tree_elem *t =
			hole ? NULL :
			       tree_ceiling(&d->extents, &next, key_order);

		if (!hole && !t)
			return false;
		at = hole ? next : ((struct ram_extent *)(void *)t)->pos;
	}
	if (at >= d->size && !hole)
		return false;
	*pos = at < d->size ? at : d->size;
	return true;
}
