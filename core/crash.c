/* SPDX-License-Identifier: MIT */
/* What core says about a component that ended badly. */

#include "crash.h"

#include <lib/fmt.h>

static const char *signal_text(unsigned signal)
{
	static const struct {
		unsigned signal;
		const char *text;
	} table[] = {
		{ 4, "illegal instruction (SIGILL)" },
		{ 5, "trap (SIGTRAP)" },
		{ 7, "bad memory (SIGBUS)" },
		{ 8, "arithmetic fault (SIGFPE)" },
		{ 11, "page fault (SIGSEGV)" },
		{ 31, "forbidden host call (SIGSYS)" },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (table[i].signal == signal)
			return table[i].text;
	return "unknown signal";
}

void core_crash_report(const char *label, const struct kcore_crash *c)
{
	char line[400];
	struct fmt f;

	if (c->signal == 31)
		core_log("\"%s\" crashed: %s, number %u, ip 0x%llx, thread %u",
		         label, signal_text(31), c->refused_call,
		         (unsigned long long)c->ip, c->thread);
	else
		core_log("\"%s\" crashed: %s at address 0x%llx, ip 0x%llx, "
		         "thread %u",
		         label, signal_text(c->signal),
		         (unsigned long long)c->address,
		         (unsigned long long)c->ip, c->thread);
	fmt_init(&f, line, sizeof(line));
	for (unsigned i = 0; i < c->frames; i++)
		fmt_add(&f, " 0x%llx", (unsigned long long)c->frame[i]);
	if (c->frames)
		core_log("\"%s\" backtrace:%s", label, line);
}

void core_start_failed(const struct core_pd *pd)
{
	static const struct {
		int code;
		const char *text;
	} table[] = {
		{ 121, "cannot map its first pages" },
		{ 122, "no memory for its first tables" },
		{ 123, "its RAM quota does not hold its data" },
		{ 126, "its binary is not a component image" },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (table[i].code == pd->code)
			core_log("Error: \"%s\" could not start: %s",
			         pd->label.text, table[i].text);
}
