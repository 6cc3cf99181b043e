/* SPDX-License-Identifier: MIT */
/*
 * A store: blobs and names, in files. What an operation says is done, is there
 * after a crash; what was not, is there as a whole or not at all.
 *
 * Names are kept in memory, too, so that who may know of a blob is decided without
 * a look at the disk. A blob that nobody named stays while somebody pins it.
 */
#pragma once

#include <fief/alloc.h>
#include <lib/dict.h>
#include <lib/list.h>

#include "disk.h"
#include "record.h"

enum store_err {
	STORE_OK,
	STORE_NOT_FOUND,
	STORE_CORRUPT,
	STORE_LIMIT,
	STORE_NO_SPACE,
	STORE_FAILED,
	STORE_BAD_NAME,
	STORE_NO_MEMORY,
};

enum { STORE_CHUNK = 65536 };

struct store {
	struct disk disk;
	struct fief_alloc *alloc; /* borrowed: for names */
	uint64_t blob_max;        /* bytes of a blob */
	size_t names_max;

	/* ---- its own ---- */
	struct dict names;
	size_t count;
	struct list pins;
	size_t broken;  /* names whose files say nothing */
	bool uncertain; /* memory and files may differ */
	char chunk[STORE_CHUNK];
};

/* That blob is not collected. */
struct store_pin {
	struct list_elem link;
	struct store_hash hash;
};

/* A blob that is being put. {0}: nothing of it yet. */
struct store_upload {
	struct disk_temp temp;
	br_sha256_context hash;
	bool begun;
};

/* `disk`, `alloc` and the limits are set, all else is zero. Makes what is not
 * there, removes what was being written. */
enum store_err store_open(struct store *);
void store_close(struct store *);

enum store_err store_append(struct store *, struct store_upload *,
                            const void *data, size_t len);
/* Of all that was appended. `pin` is pinned before anybody could collect it, and
 * stays so on success. Ends the upload. */
enum store_err store_finish(struct store *, struct store_upload *,
                            struct store_pin *pin);
void store_abandon(struct store *, struct store_upload *);
void store_unpin(struct store *, struct store_pin *);

/* All of it is read and compared, what is asked for is copied. */
struct store_range {
	uint64_t offset;
	void *buf; /* undefined on failure */
	size_t len;
	size_t count;  /* out: bytes in `buf` */
	uint64_t size; /* out: of the blob */
};
enum store_err store_get(struct store *, const struct store_hash *,
                         struct store_range *);

enum store_err store_bind(struct store *, const char *name,
                          const struct store_hash *);
enum store_err store_unbind(struct store *, const char *name);
enum store_err store_resolve(const struct store *, const char *name,
                             struct store_hash *out);
/* The first name behind `after` that begins with `prefix`; NULL: none. */
const char *store_name_next(const struct store *, const char *prefix,
                            const char *after);
/* Is a name with that prefix bound to it? */
bool store_named(const struct store *, const char *prefix,
                 const struct store_hash *);
/* -> what was removed. CORRUPT: there are names that say nothing; bind or unbind
 * them first. */
enum store_err store_collect(struct store *, uint64_t *blobs, uint64_t *bytes);
