/* SPDX-License-Identifier: MIT */
/* What core says about a component that ended badly. */

#include "crash.h"

#include <lib/fmt.h>

static const struct cause {
	unsigned signal; /* of the host */
	enum cpu_fault fault;
	const char *text;
} causes[] = {
	{ 0, CPU_FAULT_OTHER, "unknown signal" },
	{ 4, CPU_FAULT_ILLEGAL_INSTRUCTION, "illegal instruction (SIGILL)" },
	{ 5, CPU_FAULT_TRAP, "trap (SIGTRAP)" },
	{ 7, CPU_FAULT_BAD_MEMORY, "bad memory (SIGBUS)" },
	{ 8, CPU_FAULT_ARITHMETIC, "arithmetic fault (SIGFPE)" },
	{ 11, CPU_FAULT_PAGE_FAULT, "page fault (SIGSEGV)" },
	{ 31, CPU_FAULT_FORBIDDEN_CALL, "forbidden host call (SIGSYS)" },
};

static const struct cause *cause_of(const struct kcore_crash *c)
{
	for (size_t i = 0; i < sizeof(causes) / sizeof(causes[0]); i++)
		if (causes[i].signal == c->signal)
			return &causes[i];
	return &causes[0];
}

enum cpu_fault core_crash_fault(const struct kcore_crash *c)
{
	return cause_of(c)->fault;
}

void core_crash_thread(const struct kcore_crash *c,
                       char out[KIF_THREAD_NAME + 1])
{
	unsigned i = 0;

	for (; c->name && i < KIF_THREAD_NAME && c->name[i]; i++)
		out[i] = c->name[i] > ' ' && c->name[i] <= '~' ? c->name[i] :
		                                                 '?';
	out[i] = '\0';
}

void core_crash_report(const char *label, const struct kcore_crash *c)
{
	const struct cause *cause = cause_of(c);
	char line[400], name[KIF_THREAD_NAME + 1];
	struct fmt f;

	core_crash_thread(c, name);
	if (cause->fault == CPU_FAULT_FORBIDDEN_CALL)
		core_log("\"%s\" crashed: %s, number %u, ip 0x%llx, thread "
		         "%u%s%s",
		         label, cause->text, c->refused_call,
		         (unsigned long long)c->ip, c->thread, *name ? " " : "",
		         name);
	else
		core_log("\"%s\" crashed: %s at address 0x%llx, ip 0x%llx, "
		         "thread %u%s%s",
		         label, cause->text, (unsigned long long)c->address,
		         (unsigned long long)c->ip, c->thread, *name ? " " : "",
		         name);
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
