/* SPDX-License-Identifier: MIT */
/*
 * Files in memory that clients share, read-only. A file that changes becomes
 * another entry: who has the old one keeps it until it asks for the new one.
 * Entries that nobody has stay as long as there is room.
 */
#pragma once

#include <lib/list.h>
#include <os/file_rom/files.h>
#include <os/file_rom/follow.h>
#include <os/file_rom/load.h>
#include <os/file_rom/where.h>

struct cached;

struct cache {
	struct files *files; /* borrowed */
	uint64_t limit;      /* bytes of all content */
	uint64_t bytes;      /* in use */
	struct list entries; /* owned: struct cached; used last comes last */
	struct list stale;   /* owned: those of old content */
};

/* One use of an entry; of nothing, if that is NULL. */
struct cache_use {
	struct list_elem in_entry;
	struct cached *entry;
	/* The entry that was being loaded has its outcome. */
	void (*loaded)(struct cache_use *);
	/* The file is another one now; once. */
	void (*changed)(struct cache_use *);
};

/* What an entry without content takes at most of the memory of who asks. */
size_t cache_cost(const struct where *);

/*
 * Use the present content of a file. LATE: `loaded` is called; or OK. Errors:
 * OUT_OF_RAM, LIMIT (names of the path).
 */
FIEF_MUST enum fief_err cache_get(struct cache *, const struct where *,
                                  struct cache_use *);

/* What `from` uses becomes what `to` uses, which is none. */
void cache_move(struct cache_use *from, struct cache_use *to);

/* No effect on a use of nothing. */
void cache_put(struct cache *, struct cache_use *);

/* Of a use that is not late: the dataspace, which is sealed, and its bytes that
 * count. False: the file has no content. */
bool cache_content(const struct cache_use *, fief_cap *ds, uint64_t *size);

/* Is it still what the file has? */
bool cache_fresh(const struct cache_use *);

/* Another limit: what nobody uses goes. */
void cache_limit(struct cache *, uint64_t bytes);
