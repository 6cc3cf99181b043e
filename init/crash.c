/* SPDX-License-Identifier: MIT */
/* Why a child crashed, as its CPU session knows it. */

#include "internal.h"

#include <lib/label.h>
#include <lib/mem.h>
#include <session/cpu.h>

static const char *fault_text(enum cpu_fault fault)
{
	static const char *const text[] = {
		[CPU_FAULT_OTHER] = "fault",
		[CPU_FAULT_PAGE_FAULT] = "page fault",
		[CPU_FAULT_BAD_MEMORY] = "memory that was taken away",
		[CPU_FAULT_ILLEGAL_INSTRUCTION] = "illegal instruction",
		[CPU_FAULT_ARITHMETIC] = "arithmetic fault",
		[CPU_FAULT_TRAP] = "trap",
		[CPU_FAULT_FORBIDDEN_CALL] = "forbidden host call",
	};

	return text[fault];
}

/* Its own session may tell of components that the child started, too. */
static bool is_of(const struct cpu_crash *crash, const struct child *c)
{
	char label[LABEL_MAX + 1];

	if (crash->label.len > LABEL_MAX)
		return false;
	memcpy(label, crash->label.s, crash->label.len);
	label[crash->label.len] = '\0';
	return !strcmp(label_last(label), child_name(c));
}

/* One that the parent had at once is core's; any other might not answer. */
static bool find(const struct child *c, struct cpu_exception_reply *r)
{
	const struct session *s = c->env[ENV_CPU];
	uint32_t after = 0;

	while (s && s->at_once &&
	       !cpu_exception((struct cpu_cap){ s->cap }, after, r)) {
		if (r->crash.number <= after)
			return false; /* not a CPU session of core */
		if (is_of(&r->crash, c))
			return true;
		after = r->crash.number;
	}
	return false;
}

void child_report_crash(struct child *c, int signal)
{
	const struct note_about crashed = { .reason = REASON_CRASHED };
	static struct cpu_exception_reply reply;
	const struct cpu_crash *crash = &reply.crash;

	if (!find(c, &reply))
		note(c, &crashed, "\"%s\" crashed (signal %d)", child_name(c),
		     signal);
	else if (crash->fault == CPU_FAULT_FORBIDDEN_CALL)
		note(c, &crashed, "\"%s\" crashed: %s %u, ip 0x%llx, thread %u",
		     child_name(c), fault_text(crash->fault), crash->call,
		     (unsigned long long)crash->ip, crash->thread);
	else
		note(c, &crashed,
		     "\"%s\" crashed: %s at 0x%llx, ip 0x%llx, "
		     "thread %u",
		     child_name(c), fault_text(crash->fault),
		     (unsigned long long)crash->address,
		     (unsigned long long)crash->ip, crash->thread);
}
