/* SPDX-License-Identifier: MIT */
/* Attacks by region maps: on core, which keeps them, on the rights of what
 * they show, and on a server that maps a managed dataspace. */

#include "attack.h"

#include <session/pd.h>
#include <session/rm.h>

enum { MAPS = 8, BLOCKS = 8, PAGES = 16 };

static struct {
	struct rm_cap rm;
	struct region_map_cap map[MAPS];
	struct dataspace_cap shown[MAPS], block[BLOCKS];
} a;

static struct pd_cap own(void)
{
	return (struct pd_cap){ me.env->pd };
}

static bool make(unsigned i)
{
	bool lazy;

	return !rm_create(a.rm, PAGES * KIF_PAGE, &a.map[i]) &&
	       !region_map_dataspace(a.map[i], &a.shown[i], &lazy);
}

static void unmake(unsigned i)
{
	if (rm_destroy(a.rm, a.map[i]))
		fief_log("BREACH: own map not found");
	fief_kif->drop(a.map[i].cap, 1);
	fief_kif->drop(a.shown[i].cap, 1);
}

static int ready(void)
{
	a.rm.cap = attack_get(HOSTILE_RM, 0);
	for (unsigned i = 0; i < MAPS; i++)
		if (!make(i))
			return 9;
	for (unsigned i = 0; i < BLOCKS; i++)
		if (pd_alloc_ram(own(), 2 * KIF_PAGE, &a.block[i]))
			return 9;
	return 0;
}

static enum fief_err put(unsigned map, struct dataspace_cap ds, uint64_t at,
                         bool write)
{
	const struct region_map_attach_params p = {
		.ds = ds,
		.at = at,
		.fixed = true,
		.writeable = write,
	};
	struct region_map_attach_results r;

	return region_map_attach(a.map[map], &p, &r);
}

/* A place that is often right, else near an edge, else anything. */
static uint64_t some_place(void)
{
	uint64_t r = attack_random();

	if (r & 7)
		return (r >> 8) % PAGES * KIF_PAGE;
	return r & 8 ? attack_random() : 0 - ((r >> 8) % 3 * KIF_PAGE);
}

static void random_attach(unsigned i)
{
	uint64_t r = attack_random();
	const struct region_map_attach_params p = {
		.ds = r & 1 ? a.shown[r >> 8 & 7] : a.block[r >> 8 & 7],
		.offset = r & 6 ? 0 : some_place(),
		.size = r & 24 ? 0 : some_place(),
		.at = some_place(),
		.fixed = r & 32,
		.writeable = r & 64,
		.executable = r & 128,
	};
	struct region_map_attach_results res;

	if (!region_map_attach(a.map[i], &p, &res) && res.at % KIF_PAGE)
		fief_log("BREACH: a region at an odd place");
}

static void random_map(unsigned i)
{
	void *at;

	if (!fief_kif->map(a.shown[i].cap, 0, PAGES * KIF_PAGE, NULL,
	                   KIF_READ | KIF_HOLES, &at) &&
	    fief_kif->unmap(at, PAGES * KIF_PAGE))
		fief_log("SETUP: cannot unmap");
}

static void random_free(unsigned i)
{
	if (pd_free_ram(own(), a.block[i]))
		fief_log("BREACH: own memory not found");
	fief_kif->drop(a.block[i].cap, 1);
	if (pd_alloc_ram(own(), 2 * KIF_PAGE, &a.block[i]))
		fief_log("BREACH: own memory did not come back");
}

/* Build, nest, map, take apart, free, in any order. */
static int regions(void)
{
	uint64_t end = ATTACK_MS(700);
	unsigned n = 0;

	if (ready())
		return 9;
	for (; fief_kif->time() < end; n++) {
		unsigned what = attack_random() % 32;
		unsigned i = attack_random() % MAPS;

		if (what < 18)
			random_attach(i);
		else if (what < 24)
			(void)!region_map_detach(a.map[i], some_place());
		else if (what < 28)
			random_map(i);
		else if (what < 30)
			random_free(i);
		else
			unmake(i);
		if (what >= 30 && !make(i))
			fief_log("BREACH: what a map cost did not come back");
	}
	fief_log("regions: %u steps", n);
	return 0;
}

/* The answer to a raw request for a part; the descriptor, -1 if none. */
static int part(struct dataspace_cap ds, uint32_t rights, struct kop *op)
{
	const struct kcap *c = raw_cap(ds.cap);
	int fd[SOCK_FDS] = { -1, -1 };

	op->index = c->word;
	op->gen = c->gen;
	op->a = rights;
	raw_drain();
	return raw_kop(KOP_PART, op) || !raw_receive(fd) ? -1 : fd[0];
}

static void try_write(struct dataspace_cap ds, const char *what)
{
	struct kop op = { .end = PAGES * KIF_PAGE };
	int fd = part(ds, KIF_READ | KIF_WRITE, &op);

	if (fd < 0)
		fief_log("SETUP: no descriptor of %s", what);
	else if (op.b & KIF_WRITE || sys_write(fd, "attack", 6) > 0 ||
	         sys_mmap((void *)LAYOUT_SCRATCH, 4096, 3, 1, fd, 0) > 0)
		fief_log("BREACH: wrote to %s", what);
	sys_close(fd);
}

static void wild_parts(struct dataspace_cap ds)
{
	for (unsigned i = 0; i < 2000; i++) {
		struct kop op = { .at = some_place(), .end = some_place() };
		uint64_t at = op.at, end = op.end;
		int fd = part(ds, (uint32_t)attack_random() & 15, &op);

		if (fd >= 0 && (op.at < at || op.end > end || op.at >= op.end ||
		                op.off >= 2 * KIF_PAGE))
			fief_log("BREACH: a part beyond what was asked for");
		sys_close(fd);
	}
}

/* Read-only parts stay so, directly and through a map; places are bounded. */
static int parts(void)
{
	struct pd_cap spare = { attack_get(HOSTILE_SPARE_PD, 0) };

	if (ready() || put(0, a.block[0], 0, false) ||
	    put(1, a.shown[0], 0, true) || put(2, a.block[1], 0, true) ||
	    pd_seal(own(), a.block[1]))
		return 9;
	try_write(a.shown[0], "a read-only part");
	try_write(a.shown[1], "a read-only part within a map");
	try_write(a.shown[2], "sealed memory");
	wild_parts(a.shown[1]);
	if (!pd_free_ram(own(), a.shown[0]) || !pd_seal(own(), a.shown[0]))
		fief_log("BREACH: a managed dataspace as RAM");
	if (!pd_start(spare, a.shown[0], (struct parent_cap){ me.env->parent },
	              (struct cpu_cap){ 0 }, (struct log_cap){ 0 }))
		fief_log("BREACH: a managed dataspace as image");
	fief_log("parts: done");
	return 0;
}

/* A server that maps what it gets: with a hole it is refused; without, parts
 * go while it reads them. */
static int holes(void)
{
	fief_cap canary = attack_get(HOSTILE_CANARY, 0);

	if (ready() || put(0, a.block[0], 4 * KIF_PAGE, true))
		return 9;
	if (attack_call(canary, CANARY_MAP, a.shown[0].cap) ||
	    me.msg.data[2] == 1)
		fief_log("BREACH: a server mapped a hole");
	for (unsigned i = 1; i < BLOCKS; i++) {
		unsigned place = i - 1 + (i > 2); /* the third is taken */

		if (put(0, a.block[i], place * 2 * KIF_PAGE, true))
			return 8;
	}
	if (attack_call(canary, CANARY_MAP, a.shown[0].cap) ||
	    me.msg.data[2] != 1 ||
	    attack_call(canary, CANARY_NULL, FIEF_CAP_NULL)) {
		fief_log("SETUP: the server did not map");
		return 9;
	}
	if (region_map_detach(a.map[0], 0) || pd_free_ram(own(), a.block[1]))
		return 8;
	for (unsigned i = 0; i < 10; i++)
		if (attack_call(canary, CANARY_NULL, FIEF_CAP_NULL))
			fief_log("BREACH: the server does not answer");
	fief_log("holes: done");
	return 0;
}

const struct attack attacks_regions[] = {
	{ "regions", regions },
	{ "parts", parts },
	{ "holes", holes },
	{ 0 },
};
