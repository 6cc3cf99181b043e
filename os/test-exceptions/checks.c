/* SPDX-License-Identifier: MIT */
/* What the CPU session has to tell. */

#include "test.h"

#include <fief/log.h>
#include <lib/mem.h>

enum { KEPT = 4, CRASHES = WAY_HANG };

/* Where component images are. */
#define IMAGE ((uint64_t)0x7fc001000000)
#define IMAGE_END ((uint64_t)0x7fc010000000)

static struct cpu_exception_reply reply;

static struct cpu_cap cpu(void)
{
	return (struct cpu_cap){ test.cpu.cap };
}

void check(bool ok, const char *what)
{
	test.checks++;
	if (ok)
		return;
	test.failed++;
	fief_error("failed: %s, way %d", what, (int)test.way);
}

void check_none(void)
{
	check(cpu_exception(cpu(), 0, &reply) == FIEF_NOT_FOUND, "none yet");
	check(cpu_kill(cpu(), 1) == FIEF_NOT_FOUND, "a foreign PD");
	check(cpu_kill(cpu(), 0) == FIEF_OK, "kill none");
}

static bool in_image(uint64_t address)
{
	return address >= IMAGE && address < IMAGE_END;
}

static bool is_victim(struct capnp_text label)
{
	static const char tail[] = "-> victim";
	const size_t n = sizeof(tail) - 1;

	return label.len >= n && !memcmp(label.s + label.len - n, tail, n);
}

static void check_details(const struct cpu_crash *c)
{
	static const struct {
		enum cpu_fault fault;
		uint64_t address; /* 0: that of the instruction */
	} want[] = {
		[WAY_WRITE] = { CPU_FAULT_PAGE_FAULT, PLACE_LOW },
		[WAY_READ] = { CPU_FAULT_PAGE_FAULT, PLACE_HIGH },
		[WAY_ILLEGAL] = { CPU_FAULT_ILLEGAL_INSTRUCTION, 0 },
		[WAY_DIVIDE] = { CPU_FAULT_ARITHMETIC, 0 },
		[WAY_WRITE_AGAIN] = { CPU_FAULT_PAGE_FAULT, PLACE_LOW },
	};
	const uint64_t address = want[test.way].address;

	check(c->fault == want[test.way].fault, "fault");
	check(c->address == (address ? address : c->ip), "address");
	check(in_image(c->ip), "instruction");
	check(c->sp && !in_image(c->sp), "stack");
	check(c->thread == 0, "thread");
	check(c->backtrace.count >= 1 &&
	              in_image(capnp_list_uint(&c->backtrace, 0)),
	      "backtrace");
}

void check_crash(void)
{
	const uint32_t before = (uint32_t)test.way;
	struct cpu_threads_reply list;
	enum fief_err e = cpu_exception(cpu(), before, &reply);

	check(!e, "report");
	if (e)
		return;
	check(reply.crash.number == before + 1, "number");
	check(is_victim(reply.crash.label), "label");
	check_details(&reply.crash);
	check(!cpu_threads(cpu(), 0, &list) && list.pd == reply.crash.pd,
	      "which PD");
	check(list.threads == 0, "threads of a dead one");
	check(cpu_exception(cpu(), before + 1, &reply) == FIEF_NOT_FOUND,
	      "no further report");
}

void check_threads(void)
{
	static struct cpu_threads_reply list, none;

	check(!cpu_threads(cpu(), 0, &list), "list");
	check(is_victim(list.label), "label in the list");
	check(list.threads == 1 + THREADS, "number of threads");
	check(cpu_threads(cpu(), list.pd, &none) == FIEF_NOT_FOUND, "only one");
	check(cpu_kill(cpu(), list.pd + 1) == FIEF_NOT_FOUND, "no such PD");
	check(cpu_kill(cpu(), list.pd) == FIEF_OK, "kill");
}

void check_kept(void)
{
	uint32_t after = 0;
	unsigned n = 0;

	while (!cpu_exception(cpu(), after, &reply)) {
		if (!n++)
			check(reply.crash.number == CRASHES - KEPT + 1,
			      "the oldest that is kept");
		after = reply.crash.number;
	}
	check(n == KEPT && after == CRASHES, "how many are kept");
	check(test.told == CRASHES, "a signal for each");
}
