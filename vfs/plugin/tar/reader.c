/* SPDX-License-Identifier: MIT */
/* Headers of a tar archive. */

#include <assert.h>

#include <lib/mem.h>

#include "internal.h"

enum { BLOCK = 512 };

struct header {
	char name[100], mode[8], uid[8], gid[8], size[12], mtime[12];
	char checksum[8], type, target[100], magic[6], version[2];
	char uname[32], gname[32], major[8], minor[8], prefix[155], pad[12];
};

static_assert(sizeof(struct header) == BLOCK, "header of tar");

void tar_reader_init(struct tar_reader *r, const char *data, size_t size)
{
	r->data = data;
	r->size = size;
	r->at = 0;
	r->wrong = NULL;
	r->known = 0;
}

/* ---- fields ---- */

/* Base 256, two's complement, for what octal digits have no room for. */
static bool binary(const char *s, size_t len, int64_t *out)
{
	int64_t value = (s[0] & 0x3f) - (s[0] & 0x40);

	for (size_t i = 1; i < len; i++) {
		if (value > INT64_MAX / 256 || value < INT64_MIN / 256)
			return false;
		value = value * 256 + (unsigned char)s[i];
	}
	*out = value;
	return true;
}

static bool number(const char *s, size_t len, int64_t *out)
{
	size_t i = 0;

	if (s[0] & 0x80)
		return binary(s, len, out);
	*out = 0;
	while (i < len && s[i] == ' ')
		i++;
	for (; i < len && s[i] >= '0' && s[i] <= '7'; i++)
		*out = *out * 8 + (s[i] - '0');
	return i == len || s[i] == ' ' || s[i] == '\0';
}

static bool blank(const struct header *h)
{
	const char *s = (const char *)h;

	for (size_t i = 0; i < BLOCK; i++)
		if (s[i])
			return false;
	return true;
}

/* The sum of all bytes, those of the sum itself as blanks. */
static bool sum_right(const struct header *h)
{
	const size_t from = offsetof(struct header, checksum);
	const unsigned char *s = (const unsigned char *)h;
	int64_t told, sum = 0;

	for (size_t i = 0; i < BLOCK; i++)
		sum += i >= from && i < from + sizeof(h->checksum) ? ' ' : s[i];
	return number(h->checksum, sizeof(h->checksum), &told) && told == sum;
}

static void text_field(char *to, const char *from, size_t max)
{
	const size_t len = strnlen(from, max);

	memcpy(to, from, len);
	to[len] = '\0';
}

/* GNU has other things where ustar has the prefix. */
static void path_field(const struct header *h, char *to)
{
	size_t len = 0;

	if (!memcmp(h->magic, "ustar", sizeof(h->magic)) && h->prefix[0]) {
		text_field(to, h->prefix, sizeof(h->prefix));
		len = strlen(to);
		to[len++] = '/';
	}
	text_field(to + len, h->name, sizeof(h->name));
}

/* ---- an entry ---- */

static const struct {
	char type;
	enum vfs_kind kind;
} kinds[] = {
	{ '0', VFS_FILE },  { '\0', VFS_FILE },   { '7', VFS_FILE },
	{ '1', VFS_FILE },  { '2', VFS_SYMLINK }, { '3', VFS_CHAR },
	{ '4', VFS_BLOCK }, { '5', VFS_DIR },     { '6', VFS_FIFO },
};

static bool kind_of(char type, enum vfs_kind *out)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (kinds[i].type == type) {
			*out = kinds[i].kind;
			return true;
		}
	return false;
}

static bool numbers(struct tar_reader *r, const struct header *h)
{
	struct tar_entry *e = &r->entry;
	int64_t mode, uid, gid, mtime, major = 0, minor = 0;

	if (!number(h->mode, sizeof(h->mode), &mode) ||
	    !number(h->uid, sizeof(h->uid), &uid) ||
	    !number(h->gid, sizeof(h->gid), &gid) ||
	    !number(h->mtime, sizeof(h->mtime), &mtime) ||
	    ((e->kind == VFS_CHAR || e->kind == VFS_BLOCK) &&
	     (!number(h->major, sizeof(h->major), &major) ||
	      !number(h->minor, sizeof(h->minor), &minor))))
		return false;
	if (mtime > (int64_t)TAR_SECONDS_MAX ||
	    mtime < -(int64_t)TAR_SECONDS_MAX)
		return false;
	e->mode = (uint32_t)mode & VFS_MODE_MASK;
	e->uid = (uint32_t)(r->known & TAR_UID ? (int64_t)r->ext_uid : uid);
	e->gid = (uint32_t)(r->known & TAR_GID ? (int64_t)r->ext_gid : gid);
	e->mtime = r->known & TAR_MTIME ? r->ext_mtime : mtime * TAR_NS;
	e->rdev = (uint64_t)(uint32_t)major << 32 | (uint32_t)minor;
	return true;
}

/* Where `size` bytes of content begin; false: the archive ends before. */
static bool content(struct tar_reader *r, size_t at, uint64_t size,
                    const char **out)
{
	const size_t left = r->size - at - BLOCK;

	if (size > left)
		return tar_wrong(r, at,
		                 "the archive ends in the content of a file");
	*out = r->data + at + BLOCK;
	/* The padding of the last one may be missing: then the end is. */
	r->at = at + BLOCK +
	        (size_t)(size + (BLOCK - 1) < left ?
	                         (size + BLOCK - 1) & ~(uint64_t)(BLOCK - 1) :
	                         left);
	return true;
}

static bool entry(struct tar_reader *r, const struct header *h, size_t at,
                  uint64_t size)
{
	struct tar_entry *e = &r->entry;
	size_t len;

	*e = (struct tar_entry){ .path = r->path, .target = r->target };
	if (!kind_of(h->type, &e->kind))
		return tar_wrong(r, at, "an entry of a kind that is not known");
	if (!numbers(r, h))
		return tar_wrong(r, at, "a malformed number in a header");
	if (!(r->known & TAR_PATH))
		path_field(h, r->path);
	if (!(r->known & TAR_TARGET))
		text_field(r->target, h->target, sizeof(h->target));
	e->hard = h->type == '1';
	len = strlen(r->path);
	if (e->kind == VFS_FILE && !e->hard && len && r->path[len - 1] == '/')
		e->kind = VFS_DIR; /* as in archives of before 1988 */
	if (e->kind == VFS_FILE && !e->hard)
		e->size = r->known & TAR_SIZE ? r->ext_size : size;
	r->known = 0;
	return content(r, at, e->size, &e->data);
}

/* ---- headers ---- */

/* Those that say something of the next one, or are not for us. */
static bool extended(struct tar_reader *r, const struct header *h, size_t at,
                     uint64_t size)
{
	const char *s = NULL;

	if (!content(r, at, size, &s))
		return false;
	switch (h->type) {
	case 'x':
		return tar_pax(r, at + BLOCK, s, (size_t)size);
	case 'L':
		return tar_long_name(r, at + BLOCK, false, s, (size_t)size);
	case 'K':
		return tar_long_name(r, at + BLOCK, true, s, (size_t)size);
	default:
		return true;
	}
}

bool tar_reader_next(struct tar_reader *r)
{
	for (;;) {
		const struct header *h = (const void *)(r->data + r->at);
		const size_t at = r->at;
		int64_t size;

		if (r->size - at < BLOCK)
			return tar_wrong(r, at, "the archive ends too early");
		if (blank(h))
			return false;
		if (!sum_right(h))
			return tar_wrong(r, at, "a header with a wrong sum");
		if (!number(h->size, sizeof(h->size), &size) || size < 0)
			return tar_wrong(r, at, "a malformed size");
		if (!h->type || !strchr("xgLKV", h->type))
			return entry(r, h, at, (uint64_t)size);
		if (!extended(r, h, at, (uint64_t)size))
			return false;
	}
}
