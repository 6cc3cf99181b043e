/* SPDX-License-Identifier: MIT */
/* Code that makes host calls, in the addresses of guests: each is handed to us. */

#include <fief/kif_guest.h>
#include <fief/kif_table.h>
#include <fief/log.h>
#include <fief/ram.h>
#include <lib/mem.h>
#include <os/check.h>

#include "guest.h"

KIF_GUEST_IMAGE;

enum {
	CODE = 0x400000,
	STACK = 0x500000,
	LAZY = 0x600000, /* there at its first access */
	HOLE = 0x700000, /* never */
	BYTES = 64 << 10,
	NUMBERS = 512,
	CALLS = NUMBERS - 1, /* but for GUEST_NOT_CALLED */
};

struct fief_env *check_env;

static struct main {
	const struct kif_guest *guest;
	kif_guest_memory memory;
	unsigned healed, calls;
	uint64_t number[CALLS]; /* of what was called */
} m;

/* ---- what the guest asks ---- */

/* Its answers are a sum, so that it can be seen that it had them. */
void guest_called(struct guest_regs *r)
{
	const uint64_t number = r->ax;

	if (number == GUEST_END)
		guest_leave(r->di);
	CHECK(r->cx >= CODE && r->cx < CODE + BYTES);
	if (m.calls < CALLS)
		m.number[m.calls++] = number;
	r->ax = number + 1;
}

static bool heal(uint64_t address, bool write)
{
	if (address < LAZY || address >= LAZY + BYTES)
		return false;
	m.healed += write;
	return !m.guest->map(m.memory, BYTES, BYTES, (void *)LAZY,
	                     KIF_READ | KIF_WRITE);
}

/* ---- what it is given ---- */

static void memory_make(void)
{
	const size_t code = (size_t)(guest_code_end - guest_code);
	fief_cap ds;
	void *own;

	CHECK_OK(fief_ram_alloc(check_env->ram, 4 * (size_t)BYTES, &own, &ds));
	CHECK_OK(m.guest->open(ds, KIF_READ | KIF_WRITE | KIF_EXEC, &m.memory));
	CHECK_OK(m.guest->map(m.memory, 0, BYTES, (void *)CODE,
	                      KIF_READ | KIF_WRITE));
	memcpy((void *)CODE, guest_code, code);
	CHECK_OK(m.guest->map(m.memory, 0, BYTES, (void *)CODE,
	                      KIF_READ | KIF_EXEC));
	CHECK_OK(m.guest->map(m.memory, 2 * (size_t)BYTES, BYTES, (void *)STACK,
	                      KIF_READ | KIF_WRITE));
}

static void refusals(void)
{
	void *const kif = (void *)KIF_GUEST_END, *const none = (void *)4096;
	kif_guest_memory other;

	CHECK(m.guest->map(m.memory, 0, 4096, kif, KIF_READ) == FIEF_INVALID);
	CHECK(m.guest->map(m.memory, 0, 8192, (char *)kif - 4096, KIF_READ) ==
	      FIEF_INVALID);
	CHECK(m.guest->map(m.memory, 0, 4096, none, KIF_READ) == FIEF_INVALID);
	CHECK(m.guest->map(m.memory, 1, 4096, (void *)HOLE, KIF_READ) ==
	      FIEF_INVALID);
	CHECK(m.guest->map(m.memory, 0, 0, (void *)HOLE, KIF_READ) ==
	      FIEF_INVALID);
	CHECK(m.guest->unmap(kif, 4096) == FIEF_INVALID);
	CHECK(m.guest->open(FIEF_CAP_NULL, KIF_READ, &other) == FIEF_INVALID);
	CHECK(m.guest->open(check_env->pd, KIF_READ, &other) == FIEF_INVALID);
}

/* ---- what it did ---- */

static uint64_t run(const char *what)
{
	const size_t at = (size_t)(what - guest_code);

	m.calls = 0;
	return guest_run(CODE + at, STACK + BYTES - 64);
}

/* All numbers, those that every component may use among them. */
static void calls_are_ours(void)
{
	const uint64_t sum = run(guest_calls);
	uint64_t expected = 0;

	CHECK(m.calls == CALLS);
	for (uint64_t i = 0; i < CALLS; i++) {
		CHECK(m.number[i] == i + (i >= GUEST_NOT_CALLED));
		expected += m.number[i] + 1;
	}
	CHECK(sum == expected);
	fief_log("%u calls, all of them ours", m.calls);
}

static void thread_pointer(void)
{
	static uint64_t words[2] = { 0, 4711 };

	CHECK_OK(m.guest->fs((uintptr_t)words));
	CHECK(run(guest_reads_fs) == 4711);
	fief_log("FS is the guest's");
}

static void faults(void)
{
	CHECK(run(guest_writes) == 77);
	CHECK(m.healed == 1);
	CHECK(*(volatile uint64_t *)LAZY == 77);
	CHECK_OK(m.guest->unmap((void *)LAZY, BYTES));
	CHECK(*(volatile uint64_t *)LAZY == 77); /* our own access */
	CHECK(m.healed == 1);
	fief_log("faults are healed");
}

static void cost(void)
{
	enum { ROUNDS = 20 };
	const uint64_t began = fief_kif->time();
	uint64_t ns;

	for (unsigned i = 0; i < ROUNDS; i++)
		(void)run(guest_calls);
	ns = (fief_kif->time() - began) / (ROUNDS * CALLS);
	fief_log("COST %llu ns a call", (unsigned long long)ns);
}

void fief_component_construct(struct fief_env *env)
{
	check_env = env;
	m.guest = env->guest;
	CHECK(m.guest && m.guest->version == KIF_GUEST_VERSION);
	m.guest->enter(guest_entry);
	m.guest->faults(heal);
	memory_make();
	refusals();
	calls_are_ours();
	thread_pointer();
	faults();
	cost();
	fief_log("what nobody heals is a crash");
	(void)run(guest_jumps);
}
