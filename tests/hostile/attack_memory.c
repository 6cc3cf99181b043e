/* SPDX-License-Identifier: MIT */
/* Attacks on accounts of memory and on what others have mapped. */

#include "attack.h"

#include <lib/mem.h>
#include <session/pd.h>
#include <session/rom.h>

static struct pd_cap own(void)
{
	return (struct pd_cap){ me.env->pd };
}

/* Allocate to the end, give back, again: never more than the quota. */
static int quota(void)
{
	static struct dataspace_cap ds[512];
	uint64_t total = 0, best = 0, ram, used;
	uint32_t caps, caps_used;
	unsigned n;

	for (unsigned round = 0; round < 20; round++) {
		total = 0;
		for (n = 0; n < 512; n++) {
			uint64_t size = 4096u << (attack_random() % 9);

			if (pd_alloc_ram(own(), size, &ds[n]))
				break;
			total += size;
		}
		best = total > best ? total : best;
		while (n--)
			if (pd_free_ram(own(), ds[n]))
				fief_log("BREACH: own memory not found");
	}
	if (pd_alloc_ram(own(), UINT64_MAX, &ds[0]) != FIEF_OUT_OF_RAM ||
	    !pd_alloc_ram(own(), UINT64_MAX - 4095, &ds[0]) ||
	    !pd_alloc_ram(own(), 1ull << 63, &ds[0]) ||
	    !pd_transfer(own(), own(), UINT64_MAX, UINT32_MAX) ||
	    !pd_transfer(own(), own(), 4096, 1))
		fief_log("BREACH: absurd sizes accepted");
	if (pd_quota(own(), &ram, &used, &caps, &caps_used) || used > ram ||
	    caps_used > caps || best > ram)
		fief_log("BREACH: books of the PD");
	fief_log("quota: %llu of %llu at most", (unsigned long long)best,
	         (unsigned long long)ram);
	return 0;
}

/* A descriptor of a writable dataspace. */
static int descriptor(fief_cap cap, uint32_t rights)
{
	const struct kcap *c = raw_cap(cap);
	struct kop op = { .index = c->word, .gen = c->gen, .a = rights };
	int fd[SOCK_FDS] = { -1, -1 };

	raw_drain();
	if (raw_kop(KOP_MAP, &op) || !raw_receive(fd))
		return -1;
	return fd[0];
}

static uint64_t write_more(int fd, const char *from, size_t n, unsigned times)
{
	uint64_t total = 0;
	long r;

	while (times--) {
		r = sys_write(fd, from, n);
		if (r <= 0)
			break;
		total += (uint64_t)r;
	}
	return total;
}

/* write() on the descriptor that came for an mmap: past the end. */
static int write_grow(void)
{
	enum { SIZE = 1 << 20, TIMES = 48 };
	struct dataspace_cap ds;
	uint64_t n;
	void *at;
	int fd;

	if (pd_alloc_ram(own(), SIZE, &ds) ||
	    fief_kif->map(ds.cap, 0, 0, NULL, KIF_READ | KIF_WRITE, &at))
		return 9;
	fd = descriptor(ds.cap, KIF_READ | KIF_WRITE);
	n = write_more(fd, at, SIZE, TIMES);
	fief_log("write-grow: wrote %llu bytes", (unsigned long long)n);
	if (n > SIZE)
		fief_log("BREACH: a dataspace of %u bytes holds %llu",
		         (unsigned)SIZE, (unsigned long long)n);
	fief_kif->park(ATTACK_MS(100));
	return 0;
}

/* The same with memory of KOP_HEAP. */
static int heap_grow(void)
{
	enum { SIZE = 1 << 20, TIMES = 48 };
	struct kop op = { .size = SIZE };
	int fd[SOCK_FDS] = { -1, -1 };
	long at;
	uint64_t n;

	raw_drain();
	if (raw_kop(KOP_HEAP, &op) || !raw_receive(fd))
		return 9;
	at = sys_mmap((void *)LAYOUT_SCRATCH, SIZE, 3, 1, fd[0], 0);
	if (at < 0)
		return 8;
	n = write_more(fd[0], (void *)at, SIZE, TIMES);
	if (n > SIZE)
		fief_log("BREACH: heap memory of %u bytes holds %llu",
		         (unsigned)SIZE, (unsigned long long)n);
	fief_kif->park(ATTACK_MS(100));
	return 0;
}

/* The descriptor of freed memory: is the file still of use? */
static int freed_descriptor(void)
{
	enum { SIZE = 1 << 20, TIMES = 48 };
	struct dataspace_cap ds, other;
	uint64_t n;
	void *at;
	int fd;

	if (pd_alloc_ram(own(), SIZE, &ds) ||
	    pd_alloc_ram(own(), SIZE, &other) ||
	    fief_kif->map(other.cap, 0, 0, NULL, KIF_READ | KIF_WRITE, &at))
		return 9;
	fd = descriptor(ds.cap, KIF_READ | KIF_WRITE);
	if (pd_free_ram(own(), ds))
		return 8;
	n = write_more(fd, at, SIZE, TIMES);
	if (n)
		fief_log("BREACH: freed memory holds %llu bytes",
		         (unsigned long long)n);
	fief_kif->park(ATTACK_MS(100));
	return 0;
}

/* Own memory after free: it is gone, and so may be who touches it. */
static int freed_own(void)
{
	struct dataspace_cap ds;
	volatile char *p;
	void *at;

	if (pd_alloc_ram(own(), 8192, &ds) ||
	    fief_kif->map(ds.cap, 0, 0, NULL, KIF_READ | KIF_WRITE, &at))
		return 9;
	p = at;
	p[0] = 'x';
	if (pd_free_ram(own(), ds))
		return 8;
	fief_log("freed-own: reads %d", p[0]);
	p[0] = 'y';
	return 0;
}

/* Memory that the canary has mapped is taken away. */
static int freed_mapping(void)
{
	fief_cap canary = attack_get(HOSTILE_CANARY, 0);
	struct dataspace_cap ds;

	if (pd_alloc_ram(own(), 4096, &ds) ||
	    attack_call(canary, CANARY_MAP, ds.cap) || me.msg.data[2] != 1 ||
	    attack_call(canary, CANARY_NULL, FIEF_CAP_NULL)) {
		fief_log("SETUP: the server did not map");
		return 9;
	}
	if (me.arg.arg)
		return 0; /* by the end of this PD */
	if (pd_free_ram(own(), ds))
		return 8;
	if (attack_call(canary, CANARY_NULL, FIEF_CAP_NULL))
		fief_log("freed-mapping: the server does not answer");
	return 0;
}

/* What is sealed or read-only stays so. */
static int sealed(void)
{
	struct rom_cap rom = { attack_get(HOSTILE_ROM, 0) };
	struct dataspace_cap ds, module;
	uint64_t size;
	void *at;
	int fd;

	if (pd_alloc_ram(own(), 4096, &ds) ||
	    fief_kif->map(ds.cap, 0, 0, NULL, KIF_READ | KIF_WRITE, &at) ||
	    pd_seal(own(), ds) || rom_dataspace(rom, &module, &size))
		return 9;
	if (!fief_kif->map(ds.cap, 0, 0, NULL, KIF_WRITE, &at) ||
	    !fief_kif->map(module.cap, 0, 0, NULL, KIF_WRITE, &at) ||
	    !fief_kif->map(module.cap, 0, 0, NULL, 7, &at))
		fief_log("BREACH: a writable mapping of sealed memory");
	for (unsigned i = 0; i < 2; i++) {
		fd = descriptor(i ? module.cap : ds.cap, KIF_READ);
		if (fd < 0)
			return 8;
		if (sys_write(fd, "attack", 6) > 0)
			fief_log("BREACH: wrote to sealed memory");
		if (sys_mmap((void *)LAYOUT_SCRATCH, 4096, 3, 1, fd, 0) > 0)
			fief_log("BREACH: mapped sealed memory writable");
	}
	if (!pd_free_ram(own(), module))
		fief_log("BREACH: freed a ROM module");
	fief_log("sealed: done");
	return 0;
}

/* Read-only access to unsealed memory of which one holds a descriptor. */
static int read_only(void)
{
	struct dataspace_cap ds;
	int fd;

	if (pd_alloc_ram(own(), 4096, &ds))
		return 9;
	fd = descriptor(ds.cap, KIF_READ);
	if (fd < 0)
		return 8;
	if (sys_write(fd, "attack", 6) > 0 ||
	    sys_mmap((void *)LAYOUT_SCRATCH, 4096, 3, 1, fd, 0) > 0)
		fief_log("BREACH: wrote through a read-only descriptor");
	if (sys_mmap((void *)LAYOUT_PD_PAGE, 4096, 3, 0x11, fd, 0) > 0)
		fief_log("BREACH: mapped it writable");
	return 0;
}

/* Garbage for core until the socket is full, and then for ever. */
static void fill_socket(void *arg)
{
	const struct kif_pd *pd = arg;
	static char garbage[4096];

	for (unsigned i = 0; i < sizeof(garbage); i++)
		garbage[i] = (char)attack_random();
	for (size_t n = 1;; n = n * 5 % sizeof(garbage) + 1)
		sys_write(pd->sock, garbage, n);
}

/* Close, watch, unwatch and fill every descriptor there is. */
static int descriptors(void)
{
	struct kif_pd *pd = kif_pd_self();
	struct {
		uint32_t events;
		uint64_t data;
	} __attribute__((packed)) ev = { 0x80000001, ~0ull };
	unsigned n = 0;

	attack_get(HOSTILE_CANARY, 0);
	attack_thread(fill_socket, pd);
	fief_kif->park(ATTACK_MS(50));
	for (int fd = 0; fd < 64; fd++)
		for (int op = 1; op < 4; op++)
			for (int ep = 0; ep < 64; ep++)
				n += !sys_call6(__NR_epoll_ctl, ep, op, fd,
				                (long)&ev, 0, 0);
	fief_log("descriptors: %u epoll operations", n);
	for (int fd = 0; fd < 4096; fd++)
		sys_close(fd);
	attack_call(me.env->parent, HOSTILE_BURST, FIEF_CAP_NULL);
	return 0;
}

/* What a component finds open: nothing but what its kif needs. */
static int open_descriptors(void)
{
	unsigned n = 0;

	for (int fd = 0; fd < 1024; fd++)
		n += sys_close(fd) == 0;
	attack_exit_now(n <= 6 ? 0 : (int)n);
}

/* Small mappings far apart: each costs the host a page of page tables. */
static int page_tables(void)
{
	struct dataspace_cap ds;
	unsigned n = 0;
	int fd;

	if (pd_alloc_ram(own(), 4096, &ds))
		return 9;
	fd = descriptor(ds.cap, KIF_READ | KIF_WRITE);
	for (; n < 8000; n++) {
		char *at = (char *)(LAYOUT_ARENA + 0x40000000) +
		           (size_t)n * (2 << 20);

		if (sys_mmap(at, 4096, 3, 1, fd, 0) < 0)
			break;
		*at = 1;
	}
	fief_log("page-tables: %u mappings", n);
	fief_kif->park(ATTACK_MS(200));
	return 0;
}

const struct attack attacks_memory[] = {
	{ "quota", quota },
	{ "write-grow", write_grow },
	{ "heap-grow", heap_grow },
	{ "freed-descriptor", freed_descriptor },
	{ "freed-own", freed_own },
	{ "freed-mapping", freed_mapping },
	{ "sealed", sealed },
	{ "read-only", read_only },
	{ "descriptors", descriptors },
	{ "open-descriptors", open_descriptors },
	{ "page-tables", page_tables },
	{ 0 },
};
