/* SPDX-License-Identifier: MIT */
/* Region maps: what is attached where, and the dataspace that shows it. */
#pragma once

#include <session/rm.h>

#include "pd.h"

/* Charged to the session that made it, for core's memory. */
enum {
	REGION_MAP_RAM = 512,
	REGION_MAP_CAPS = 2,
	REGION_RAM = 128,
};

struct region_map {
	struct fief_rpc_obj obj;
	struct list_elem in_session;
	struct core_ds ds;          /* shows this map */
	struct fief_budget *budget; /* borrowed: the session's */
	struct list regions;        /* owned: by place */
	size_t size;                /* bytes */
};

struct region {
	struct list_elem in_map, in_ds;
	struct region_map *map; /* borrowed: shows us */
	struct core_ds *ds;     /* borrowed: takes us along when it goes */
	uint64_t at, end;       /* in the map */
	uint64_t off;           /* in the dataspace, of `at` */
	unsigned rights;
};

/* Errors: OUT_OF_RAM, OUT_OF_CAPS. */
FIEF_MUST enum fief_err region_map_create(size_t size,
                                          struct fief_budget *budget,
                                          struct region_map **out);
void region_map_destroy(struct region_map *);
size_t region_map_size(const struct region_map *);
/* The map behind one of core's own capabilities, or NULL. */
struct region_map *region_map_of(fief_cap);

/* INVALID: `inner` contains `outer`; LIMIT: too deep, or too much to tell. */
FIEF_MUST enum fief_err region_map_may_nest(const struct region_map *outer,
                                            const struct region_map *inner);
/* See kcore_events.part. */
FIEF_MUST enum fief_err region_map_part(const struct region_map *,
                                        struct kcore_part *);
/* The dataspace ends: so do its regions in all maps. */
void region_map_forget(struct core_ds *);
