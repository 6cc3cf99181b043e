/* SPDX-License-Identifier: MIT */
/* What works: parts in their places, maps within maps, memory that goes. */

#include "regions.h"

#include <fief/kif_table.h>
#include <session/pd.h>

struct region_map_cap map_new(uint64_t pages)
{
	struct region_map_cap map = { FIEF_CAP_NULL };

	check_err(rm_create(rm(), PAGE(pages), &map), FIEF_OK, "create");
	return map;
}

struct dataspace_cap map_ds(struct region_map_cap map)
{
	struct dataspace_cap ds = { FIEF_CAP_NULL };
	bool lazy = true;

	check_err(region_map_dataspace(map, &ds, &lazy), FIEF_OK, "dataspace");
	check(!lazy, "lazy mapping is told");
	return ds;
}

struct dataspace_cap ram_new(uint64_t pages)
{
	struct dataspace_cap ds = { FIEF_CAP_NULL };

	check_err(pd_alloc_ram((struct pd_cap){ regions.env->pd }, PAGE(pages),
	                       &ds),
	          FIEF_OK, "RAM");
	return ds;
}

void ram_free(struct dataspace_cap ds)
{
	check_err(pd_free_ram((struct pd_cap){ regions.env->pd }, ds), FIEF_OK,
	          "free RAM");
	fief_kif->drop(ds.cap, 1);
}

enum fief_err put(struct region_map_cap map, fief_cap ds, uint64_t at,
                  bool write)
{
	const struct region_map_attach_params p = {
		.ds = { ds },
		.at = PAGE(at),
		.fixed = true,
		.writeable = write,
	};
	struct region_map_attach_results r = { .at = 1 };
	enum fief_err e = region_map_attach(map, &p, &r);

	check(e || r.at == p.at, "place of a region");
	return e;
}

char *seen(struct region_map_cap map, uint64_t pages, unsigned rights,
           enum fief_err want, const char *what)
{
	struct dataspace_cap ds = map_ds(map);
	void *at = NULL;

	check_err(fief_kif->map(ds.cap, 0, PAGE(pages), NULL, rights, &at),
	          want, what);
	fief_kif->drop(ds.cap, 1);
	return at;
}

void unseen(char *at, uint64_t pages)
{
	if (at)
		check_err(fief_kif->unmap(at, PAGE(pages)), FIEF_OK, "unmap");
}

/* The same memory twice in a map, and beside it. */
static void test_alias(void)
{
	struct region_map_cap map = map_new(2);
	struct dataspace_cap ds = ram_new(1);
	char *at;

	check_err(put(map, ds.cap, 0, true), FIEF_OK, "first");
	check_err(put(map, ds.cap, 1, false), FIEF_OK, "second");
	seen(map, 2, KIF_READ | KIF_WRITE, FIEF_DENIED, "write to both");
	at = seen(map, 2, KIF_READ | KIF_WRITE | KIF_HOLES, FIEF_OK, "alias");
	if (at) {
		at[7] = 'x';
		check(at[KIF_PAGE + 7] == 'x', "one memory in two places");
	}
	unseen(at, 2);
	check_err(rm_destroy(rm(), map), FIEF_OK, "destroy");
	fief_kif->drop(map.cap, 1);
	ram_free(ds);
}

/* Memory of a part goes while it is mapped, and then the map has a hole. */
static void test_freed(void)
{
	struct region_map_cap map = map_new(2);
	struct dataspace_cap a = ram_new(1), b = ram_new(1);
	volatile char *at;

	check_err(put(map, a.cap, 0, true), FIEF_OK, "a");
	check_err(put(map, b.cap, 1, true), FIEF_OK, "b");
	at = seen(map, 2, KIF_READ | KIF_WRITE, FIEF_OK, "both");
	if (at) {
		at[0] = 'a';
		at[KIF_PAGE] = 'b';
		ram_free(b);
		check(at[KIF_PAGE] == 0, "freed memory reads zeros");
		at[KIF_PAGE] = 'c';
		check(at[0] == 'a', "the other part is not touched");
	}
	unseen((char *)(uintptr_t)at, 2);
	seen(map, 2, KIF_READ, FIEF_INVALID, "a hole where it was");
	check_err(region_map_detach(map, PAGE(1)), FIEF_NOT_FOUND, "it went");
	check_err(rm_destroy(rm(), map), FIEF_OK, "destroy");
	fief_kif->drop(map.cap, 1);
	ram_free(a);
}

/* A window into a map whose own window cuts a part. */
static void test_nested(void)
{
	struct region_map_cap in = map_new(4), out = map_new(8);
	struct dataspace_cap ram = ram_new(4), ds = map_ds(in);
	const struct region_map_attach_params window = {
		.ds = ds,
		.offset = PAGE(1),
		.size = PAGE(2),
		.at = PAGE(5),
		.fixed = true,
		.writeable = true,
	};
	struct region_map_attach_results r;
	void *all, *cut;

	check_err(put(in, ram.cap, 0, true), FIEF_OK, "inner");
	check_err(region_map_attach(out, &window, &r), FIEF_OK, "window");
	if (fief_kif->map(ram.cap, 0, 0, NULL, KIF_READ | KIF_WRITE, &all))
		check(false, "map the RAM");
	else
		for (unsigned i = 0; i < 4; i++)
			((char *)all)[i * KIF_PAGE] = (char)('0' + i);
	fief_kif->drop(ds.cap, 1);
	ds = map_ds(out);
	check_err(fief_kif->map(ds.cap, PAGE(5), PAGE(2), NULL, KIF_READ, &cut),
	          FIEF_OK, "what the window shows");
	check(*(char *)cut == '1' && ((char *)cut)[KIF_PAGE] == '2',
	      "its pages");
	unseen(cut, 2);
	check_err(fief_kif->map(ds.cap, PAGE(6), PAGE(1), NULL, KIF_READ, &cut),
	          FIEF_OK, "its second page");
	check(*(char *)cut == '2', "that page");
	unseen(cut, 1);
	check_err(fief_kif->map(ds.cap, PAGE(6), PAGE(2), NULL, KIF_READ, &cut),
	          FIEF_INVALID, "more than the window");
	check_err(rm_destroy(rm(), in), FIEF_OK, "destroy the inner one");
	check_err(fief_kif->map(ds.cap, PAGE(5), PAGE(2), NULL, KIF_READ, &cut),
	          FIEF_INVALID, "its place is a hole");
	check_err(rm_destroy(rm(), out), FIEF_OK, "destroy the outer one");
	check_err(fief_kif->map(ds.cap, 0, PAGE(1), NULL, KIF_READ, &cut),
	          FIEF_GONE, "map what is destroyed");
	unseen(all, 4);
	fief_kif->drop(ds.cap, 1);
	fief_kif->drop(in.cap, 1);
	fief_kif->drop(out.cap, 1);
	ram_free(ram);
}

/* Gaps are found, lowest first. */
static void test_gaps(void)
{
	static const uint64_t want[] = { 0, PAGE(2), PAGE(4), PAGE(2) };
	struct region_map_cap map = map_new(6);
	struct dataspace_cap ds = ram_new(2);
	struct region_map_attach_params p = { .ds = ds };
	struct region_map_attach_results r = { 0 };

	for (unsigned i = 0; i < 4; i++) {
		if (i == 3)
			check_err(region_map_detach(map, PAGE(2)), FIEF_OK,
			          "detach");
		check_err(region_map_attach(map, &p, &r), FIEF_OK, "a gap");
		check(r.at == want[i], "which gap");
	}
	check_err(region_map_attach(map, &p, &r), FIEF_CONFLICT, "no gap");
	check_err(rm_destroy(rm(), map), FIEF_OK, "destroy");
	fief_kif->drop(map.cap, 1);
	ram_free(ds);
}

void own_tests(void)
{
	test_alias();
	test_freed();
	test_nested();
	test_gaps();
}
