/* SPDX-License-Identifier: MIT */
/* Builds a managed dataspace and shares it as the content of a ROM. */

#include "regions.h"

#include <fief/kif_table.h>
#include <fief/log.h>
#include <fief/root.h>
#include <lib/mem.h>
#include <session/rom.h>

static struct {
	struct fief_root root;
	struct fief_service service;
	struct region_map_cap map;
	char *a; /* its part A */
} maker;

static enum fief_err op_dataspace(struct fief_rpc_obj *self,
                                  struct dataspace_cap *ds, uint64_t *size)
{
	bool lazy;

	(void)self;
	*size = PAGE(PAGES);
	return region_map_dataspace(maker.map, ds, &lazy);
}

/* Did the user write what it is to write? */
static enum fief_err op_update(struct fief_rpc_obj *self, bool *fits)
{
	(void)self;
	*fits = !strcmp(maker.a + KIF_PAGE, "from the user");
	return FIEF_OK;
}

static enum fief_err op_sigh(struct fief_rpc_obj *self,
                             struct signal_cap handler)
{
	(void)self;
	fief_kif->drop(handler.cap, 1);
	return FIEF_OK;
}

static const struct rom_ops rom_ops = {
	.dataspace = op_dataspace,
	.update = op_update,
	.sigh = op_sigh,
};

static char *filled(struct dataspace_cap ds, const char *text)
{
	void *at = NULL;

	check_err(fief_kif->map(ds.cap, 0, 0, NULL, KIF_READ | KIF_WRITE, &at),
	          FIEF_OK, "map a part");
	if (at)
		memcpy(at, text, strlen(text) + 1);
	return at;
}

static void build(void)
{
	struct dataspace_cap a = ram_new(2), b = ram_new(1), inner_ds;
	struct region_map_cap inner = map_new(1);

	maker.a = filled(a, "part A");
	filled(b, "part B");
	maker.map = map_new(PAGES);
	inner_ds = map_ds(inner);
	check_err(put(inner, b.cap, 0, true), FIEF_OK, "B in the inner map");
	check_err(put(maker.map, a.cap, PART_A, true), FIEF_OK, "A");
	check_err(put(maker.map, inner_ds.cap, PART_B, false), FIEF_OK, "B");
	check_err(put(maker.map, inner_ds.cap, DETACHED, false), FIEF_OK,
	          "B once more");
	check_err(region_map_detach(maker.map, PAGE(DETACHED)), FIEF_OK,
	          "detach");
}

static enum fief_err announce(void)
{
	enum fief_err e = fief_root_init(&maker.root, regions.env);

	maker.service = (struct fief_service){
		.name = ROM_SERVICE,
		.type = &rom_rpc_type,
		.ops = &rom_ops,
		.size = sizeof(struct fief_service_session),
	};
	return e ? e : fief_root_announce(&maker.root, &maker.service);
}

void maker_start(void)
{
	const struct fief_session_args args = { .service = RM_SERVICE,
		                                .ram = RM_RAM,
		                                .caps = RM_CAPS };
	enum fief_err e =
		fief_session_open(regions.env, &args, &regions.session);

	if (!e) {
		own_tests();
		refused_tests();
		build();
		e = announce();
	}
	if (e || regions.failed) {
		fief_error("failed: %u of %u checks, %s", regions.failed,
		           regions.checks, fief_err_text(e));
		fief_exit(regions.env, 1);
	}
	fief_log("%u checks passed", regions.checks);
}
