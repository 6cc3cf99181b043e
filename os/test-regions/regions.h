/* SPDX-License-Identifier: MIT */
/* What the parts of the test share. */
#pragma once

#include <fief/component.h>
#include <fief/session.h>
#include <session/rm.h>

/* The managed dataspace that the maker hands out, in pages. */
enum {
	PART_A = 0, /* writeable, two pages; a hole of two pages follows */
	PART_B = 4, /* read-only, in a map within the map */
	DETACHED = 5,
	PAGES = 6,
};

#define PAGE(n) ((uint64_t)(n)*KIF_PAGE)

enum { RM_RAM = 128 * 1024, RM_CAPS = 34 };

struct regions {
	struct fief_env *env;
	struct fief_session session; /* RM */
	unsigned checks, failed;
};

extern struct regions regions;

/* ---- main.c ---- */
void check(bool ok, const char *what);
void check_err(enum fief_err got, enum fief_err want, const char *what);

static inline struct rm_cap rm(void)
{
	return (struct rm_cap){ regions.session.cap };
}

/* ---- own.c: short forms, and what works ---- */
struct region_map_cap map_new(uint64_t pages);
struct dataspace_cap map_ds(struct region_map_cap);
struct dataspace_cap ram_new(uint64_t pages);
void ram_free(struct dataspace_cap);
/* Place 0 chooses; all sizes in pages. */
enum fief_err put(struct region_map_cap, fief_cap ds, uint64_t at, bool write);
/* Map a managed dataspace whole; NULL if that fails as `want` says. */
char *seen(struct region_map_cap, uint64_t pages, unsigned rights,
           enum fief_err want, const char *what);
void unseen(char *at, uint64_t pages);
void own_tests(void);

/* ---- refused.c: what must not work ---- */
void refused_tests(void);

/* ---- the roles ---- */
void maker_start(void);
void user_start(uint64_t touch);
