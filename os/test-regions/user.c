/* SPDX-License-Identifier: MIT */
/* Maps what the maker shares, writes to it, and at last to what it must not. */

#include "regions.h"

#include <fief/attached.h>
#include <fief/kif_table.h>
#include <fief/log.h>
#include <lib/mem.h>
#include <session/rom.h>

/* A place that the log of the crash can be compared with. */
#define PLACE ((char *)0x7fd000000000)

enum { RW = KIF_READ | KIF_WRITE };

static enum fief_err try(fief_cap ds, uint64_t first, uint64_t pages,
                         unsigned rights)
{
	void *at;
	enum fief_err e =
		fief_kif->map(ds, PAGE(first), PAGE(pages), NULL, rights, &at);

	unseen(e ? NULL : at, pages);
	return e;
}

static void test_ranges(fief_cap ds)
{
	struct fief_attached a = { 0 };

	check_err(try(ds, 0, PAGES, KIF_READ), FIEF_INVALID, "holes");
	check_err(try(ds, 1, 2, KIF_READ), FIEF_INVALID, "a hole behind");
	check_err(try(ds, 3, 2, KIF_READ), FIEF_INVALID, "a hole before");
	check_err(try(ds, DETACHED, 1, KIF_READ), FIEF_INVALID, "detached");
	check_err(try(ds, PART_A, 2, RW), FIEF_OK, "part A");
	check_err(try(ds, PART_B, 1, KIF_READ), FIEF_OK, "part B");
	check_err(try(ds, PART_B, 1, RW), FIEF_DENIED, "write to part B");
	check_err(try(ds, PART_A, 1, KIF_READ | KIF_EXEC), FIEF_DENIED,
	          "execute part A");
	check_err(try(ds, PART_A, 1, KIF_HOLES), FIEF_INVALID, "no right");
	check_err(try(ds, 1, PAGES, RW | KIF_HOLES), FIEF_INVALID, "the end");
	fief_kif->ref(ds);
	check_err(fief_attach(&a, ds, PAGE(2), RW), FIEF_OK, "attach");
	fief_detach(&a);
	fief_kif->ref(ds);
	check_err(fief_attach(&a, ds, PAGE(PAGES), KIF_READ), FIEF_INVALID,
	          "attach with holes");
}

static void test_content(fief_cap ds, struct rom_cap rom)
{
	bool arrived = false;
	void *at;

	check_err(fief_kif->map(ds, 0, PAGE(PAGES), PLACE, RW | KIF_HOLES, &at),
	          FIEF_OK, "map all");
	check(at == PLACE, "its place");
	check_err(fief_kif->map(ds, 0, PAGE(PAGES), PLACE, RW | KIF_HOLES, &at),
	          FIEF_CONFLICT, "map it twice at one place");
	check(!strcmp(PLACE, "part A"), "content of A");
	check(!strcmp(PLACE + PAGE(PART_B), "part B"), "content of B");
	memcpy(PLACE + PAGE(1), "from the user", sizeof("from the user"));
	check_err(rom_update(rom, &arrived), FIEF_OK, "ask the maker");
	check(arrived, "what was written has arrived");
}

void user_start(uint64_t touch)
{
	const struct fief_session_args args = { .service = ROM_SERVICE,
		                                .label = "shared",
		                                .ram = 64 * 1024,
		                                .caps = 8 };
	struct dataspace_cap ds = { FIEF_CAP_NULL };
	struct fief_session session;
	uint64_t size = 0;
	enum fief_err e = fief_session_open(regions.env, &args, &session);
	const struct rom_cap rom = { session.cap };

	if (!e)
		e = rom_dataspace(rom, &ds, &size);
	if (e || size != PAGE(PAGES)) {
		fief_error("failed: no dataspace: %s", fief_err_text(e));
		fief_exit(regions.env, 1);
	}
	test_ranges(ds.cap);
	test_content(ds.cap, rom);
	fief_log("%u of %u checks failed; touching page %u", regions.failed,
	         regions.checks, (unsigned)touch);
	*(volatile char *)(PLACE + PAGE(touch)) = 'x';
	fief_error("failed: page %u can be written", (unsigned)touch);
}
