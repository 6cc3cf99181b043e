/* SPDX-License-Identifier: MIT */
/* What must not work: places, rights, cycles, more than was paid for. */

#include "regions.h"

#include <fief/kif_table.h>
#include <session/pd.h>
#include <session/rom.h>

enum { REGIONS = 256, DEPTH = 4 };

static void end(struct region_map_cap map)
{
	check_err(rm_destroy(rm(), map), FIEF_OK, "destroy");
	fief_kif->drop(map.cap, 1);
}

static void test_places(void)
{
	static const struct {
		uint64_t offset, size, at;
		enum fief_err want;
	} table[] = {
		{ 0, PAGE(3), 0, FIEF_INVALID },
		{ PAGE(1), PAGE(2), 0, FIEF_INVALID },
		{ PAGE(2), 0, 0, FIEF_INVALID },
		{ ~0ull - 4095, PAGE(2), 0, FIEF_INVALID },
		{ PAGE(1), ~0ull - 4095, 0, FIEF_INVALID },
		{ 1, PAGE(1), 0, FIEF_INVALID },
		{ 0, 100, 0, FIEF_INVALID },
		{ 0, PAGE(1), 8, FIEF_INVALID },
		{ 0, PAGE(1), PAGE(4), FIEF_INVALID },
		{ 0, PAGE(2), PAGE(3), FIEF_INVALID },
		{ 0, PAGE(2), ~0ull - 4095, FIEF_INVALID },
		{ 0, PAGE(2), PAGE(1), FIEF_OK },
		{ 0, PAGE(1), PAGE(1), FIEF_CONFLICT },
		{ 0, PAGE(1), PAGE(2), FIEF_CONFLICT },
		{ 0, PAGE(2), PAGE(0), FIEF_CONFLICT },
		{ 0, PAGE(2), PAGE(2), FIEF_CONFLICT },
		{ 0, PAGE(1), PAGE(0), FIEF_OK },
		{ 0, PAGE(1), PAGE(3), FIEF_OK },
	};
	struct region_map_cap map = map_new(4);
	struct dataspace_cap ds = ram_new(2);

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		const struct region_map_attach_params p = {
			.ds = ds,
			.offset = table[i].offset,
			.size = table[i].size,
			.at = table[i].at,
			.fixed = true,
		};
		struct region_map_attach_results r;

		check_err(region_map_attach(map, &p, &r), table[i].want,
		          "a place of the table");
	}
	check_err(put(map, FIEF_CAP_NULL, 0, false), FIEF_INVALID, "null");
	check_err(put(map, regions.env->pd, 0, false), FIEF_INVALID, "a PD");
	check_err(put(map, map.cap, 0, false), FIEF_INVALID, "a map");
	check_err(region_map_detach(map, PAGE(2)), FIEF_NOT_FOUND, "middle");
	check_err(region_map_detach(map, ~0ull), FIEF_NOT_FOUND, "nowhere");
	end(map);
	ram_free(ds);
}

static void test_sizes(void)
{
	static const uint64_t bad[] = { 0, (1ull << 40) + 1, ~0ull };
	struct region_map_cap map;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		check_err(rm_create(rm(), bad[i], &map), FIEF_INVALID,
		          "create with a bad size");
}

/* Read-only modules, and memory that is sealed after it was attached. */
static void test_rights(void)
{
	const struct fief_session_args args = { .service = ROM_SERVICE,
		                                .label = "test-regions",
		                                .ram = ROM_RAM_QUOTA,
		                                .caps = ROM_CAP_QUOTA };
	const struct pd_cap pd = { regions.env->pd };
	struct region_map_cap map = map_new(4096);
	struct dataspace_cap ds = ram_new(1), module = { FIEF_CAP_NULL };
	struct fief_session rom;
	uint64_t size;

	check_err(put(map, ds.cap, 0, true), FIEF_OK, "writeable RAM");
	unseen(seen(map, 1, KIF_READ | KIF_WRITE, FIEF_OK, "written"), 1);
	check_err(pd_seal(pd, ds), FIEF_OK, "seal");
	seen(map, 1, KIF_READ | KIF_WRITE, FIEF_DENIED, "write, sealed");
	unseen(seen(map, 1, KIF_READ, FIEF_OK, "read, sealed"), 1);
	seen(map, 1, KIF_READ | KIF_EXEC, FIEF_DENIED, "execute");
	check_err(put(map, ds.cap, 1, true), FIEF_DENIED, "attach sealed");
	check_err(fief_session_open(regions.env, &args, &rom), FIEF_OK, "ROM");
	check_err(rom_dataspace((struct rom_cap){ rom.cap }, &module, &size),
	          FIEF_OK, "module");
	check_err(put(map, module.cap, 2, true), FIEF_DENIED, "write a module");
	check_err(put(map, module.cap, 2, false), FIEF_OK, "read a module");
	fief_kif->drop(module.cap, 1);
	fief_session_close(regions.env, &rom);
	check_err(region_map_detach(map, PAGE(2)), FIEF_NOT_FOUND,
	          "a module that went");
	end(map);
	ram_free(ds);
}

static void test_cycles(void)
{
	struct region_map_cap map[DEPTH + 1];
	struct dataspace_cap ds[DEPTH + 1], ram = ram_new(1);

	for (unsigned i = 0; i <= DEPTH; i++) {
		map[i] = map_new(1);
		ds[i] = map_ds(map[i]);
	}
	check_err(put(map[0], ds[0].cap, 0, true), FIEF_INVALID, "itself");
	for (unsigned i = 0; i + 1 < DEPTH; i++)
		check_err(put(map[i], ds[i + 1].cap, 0, true), FIEF_OK,
		          "chain");
	check_err(put(map[DEPTH - 1], ds[0].cap, 0, true), FIEF_INVALID,
	          "a circle");
	check_err(put(map[DEPTH], ds[0].cap, 0, true), FIEF_LIMIT, "too deep");
	check_err(put(map[DEPTH - 1], ram.cap, 0, true), FIEF_OK, "the end");
	unseen(seen(map[0], 1, KIF_READ | KIF_WRITE, FIEF_OK, "all the way"),
	       1);
	check_err(region_map_detach(map[DEPTH - 1], 0), FIEF_OK, "detach");
	check_err(put(map[DEPTH - 1], ds[DEPTH].cap, 0, true), FIEF_OK,
	          "deeper from below");
	seen(map[0], 1, KIF_READ | KIF_HOLES, FIEF_LIMIT, "map what is deep");
	for (unsigned i = 0; i <= DEPTH; i++) {
		fief_kif->drop(ds[i].cap, 1);
		end(map[i]);
	}
	ram_free(ram);
}

/* Many parts: at most 256 in a map, and in a mapping. */
static void test_many(void)
{
	struct region_map_cap map = map_new(REGIONS + 1), two = map_new(512);
	struct dataspace_cap ram = ram_new(1), ds = map_ds(map);
	char *at;

	for (unsigned i = 0; i < REGIONS; i++)
		check_err(put(map, ram.cap, i, true), FIEF_OK, "many");
	check_err(put(map, ram.cap, REGIONS, true), FIEF_LIMIT, "too many");
	at = seen(map, REGIONS, KIF_READ | KIF_WRITE, FIEF_OK, "many parts");
	if (at) {
		at[5] = 'm';
		check(at[PAGE(REGIONS - 1) + 5] == 'm', "the last of many");
	}
	unseen(at, REGIONS);
	check_err(put(two, ds.cap, 0, true), FIEF_OK, "nest many");
	check_err(put(two, ram.cap, 300, true), FIEF_OK, "one more");
	seen(two, 512, KIF_READ | KIF_HOLES, FIEF_LIMIT, "too many parts");
	unseen(seen(two, 256, KIF_READ, FIEF_OK, "some of them"), 256);
	fief_kif->drop(ds.cap, 1);
	end(map);
	end(two);
	ram_free(ram);
}

/* Maps nested so that a search could take for ever. */
static void test_bush(void)
{
	struct region_map_cap map[DEPTH];

	for (unsigned i = 0; i < DEPTH; i++) {
		struct dataspace_cap ds;
		enum fief_err e = FIEF_OK;

		map[i] = map_new(100);
		if (!i)
			continue;
		ds = map_ds(map[i - 1]);
		for (unsigned k = 0; k < 100 && !e; k++) {
			const struct region_map_attach_params p = {
				.ds = ds,
				.size = PAGE(1),
				.at = PAGE(k),
				.fixed = true,
			};
			struct region_map_attach_results r;

			e = region_map_attach(map[i], &p, &r);
		}
		check_err(e, i < 3 ? FIEF_OK : FIEF_LIMIT, "a bush");
		fief_kif->drop(ds.cap, 1);
	}
	seen(map[2], 100, KIF_READ, FIEF_INVALID, "an empty bush");
	for (unsigned i = 0; i < DEPTH; i++)
		end(map[i]);
}

/* Until the donation is used up; all of it comes back. */
static void test_quota(void)
{
	static struct region_map_cap map[RM_CAPS];
	enum fief_err e = FIEF_OK;
	unsigned n, first = 0;

	for (unsigned round = 0; round < 3; round++) {
		for (n = 0; n < RM_CAPS; n++) {
			e = rm_create(rm(), PAGE(1), &map[n]);
			if (e)
				break;
		}
		check_err(e, FIEF_OUT_OF_CAPS, "maps to the end");
		first = round ? first : n;
		check(n == first && n == (RM_CAPS - 2) / 2, "how many maps");
		while (n--)
			end(map[n]);
	}
}

static void test_ram_quota(void)
{
	const struct fief_session_args args = { .service = RM_SERVICE,
		                                .ram = RM_RAM_QUOTA,
		                                .caps = RM_CAP_QUOTA };
	struct dataspace_cap ram = ram_new(1);
	struct region_map_cap map, own = map_new(1);
	struct fief_session other;
	enum fief_err e;
	unsigned n = 0;

	check_err(fief_session_open(regions.env, &args, &other), FIEF_OK, "RM");
	check_err(rm_create((struct rm_cap){ other.cap }, PAGE(256), &map),
	          FIEF_OK, "create");
	while (n < 256 && !(e = put(map, ram.cap, n, false)))
		n++;
	check_err(e, FIEF_OUT_OF_RAM, "regions to the end");
	check(n == (RM_RAM_QUOTA - 4096 - 512) / 128, "how many regions");
	check_err(fief_session_upgrade(regions.env, &other, 4096, 0), FIEF_OK,
	          "upgrade");
	check_err(put(map, ram.cap, n, false), FIEF_OK, "more after it");
	check_err(rm_destroy(rm(), map), FIEF_NOT_FOUND, "a foreign map");
	check_err(put(own, ram.cap, 0, false), FIEF_OK, "own");
	fief_session_close(regions.env, &other);
	check_err(region_map_detach(map, 0), FIEF_GONE, "its session ended");
	unseen(seen(own, 1, KIF_READ, FIEF_OK, "the own one stays"), 1);
	fief_kif->drop(map.cap, 1);
	end(own);
	ram_free(ram);
}

void refused_tests(void)
{
	test_places();
	test_sizes();
	test_rights();
	test_cycles();
	test_many();
	test_bush();
	test_quota();
	test_ram_quota();
}
