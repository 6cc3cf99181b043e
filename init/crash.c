/* SPDX-License-Identifier: MIT */
/* Why a child crashed, as its CPU session knows it. */

#include "internal.h"

#include <lib/label.h>
#include <lib/mem.h>
#include <lib/node_gen.h>
#include <session/cpu.h>

enum { FRAMES_MAX = 16 };

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

/* ---- what is kept of it ---- */

struct crash {
	uint64_t id; /* of the instance */
	int signal;
	enum cpu_fault fault;
	uint32_t thread, call;
	char name[KIF_THREAD_NAME + 1]; /* of the thread */
	uint64_t address, ip, sp;
	uint64_t frame[FRAMES_MAX];
	unsigned frames;
};

/* It is core that says it, or an init that may not be trusted so far. */
static void name_copy(const struct cpu_crash *crash,
                      char out[KIF_THREAD_NAME + 1])
{
	const size_t len = crash->name.s ? crash->name.len : 0;
	size_t n = 0;

	for (; n < len && n < KIF_THREAD_NAME; n++)
		out[n] = crash->name.s[n] > ' ' && crash->name.s[n] <= '~' ?
		                 crash->name.s[n] :
		                 '?';
	out[n] = '\0';
}

/* Without memory for it the log has all. */
static void keep(struct child *c, const struct cpu_crash *crash, int signal)
{
	struct crash *k = c->crash;
	void *mem;

	if (!k && fief_alloc_zeroed(c->sandbox->env->heap, sizeof(*k), &mem))
		return;
	if (!k)
		k = c->crash = mem;
	*k = (struct crash){
		.id = c->id,
		.signal = signal,
		.fault = crash->fault,
		.thread = crash->thread,
		.call = crash->call,
		.address = crash->address,
		.ip = crash->ip,
		.sp = crash->sp,
	};
	name_copy(crash, k->name);
	k->frames = crash->backtrace.count < FRAMES_MAX ?
	                    (unsigned)crash->backtrace.count :
	                    FRAMES_MAX;
	for (unsigned i = 0; i < k->frames; i++)
		k->frame[i] = capnp_list_uint(&crash->backtrace, i);
}

void crash_forget(struct child *c)
{
	fief_free(c->sandbox->env->heap, c->crash,
	          c->crash ? sizeof(*c->crash) : 0);
	c->crash = NULL;
}

/* Attributes with an address are as people and debuggers write it. */
static void attr_hex(struct node_gen *g, const char *name, uint64_t value)
{
	char text[24];
	struct fmt f;

	fmt_init(&f, text, sizeof(text));
	fmt_add(&f, "0x%llx", (unsigned long long)value);
	node_gen_attr(g, name, text);
}

void crash_put(struct node_gen *g, const struct child *c)
{
	const struct crash *k = c->crash;

	if (!k)
		return;
	node_gen_open(g, "crash");
	node_gen_attr_u64(g, "id", k->id);
	node_gen_attr(g, "fault", fault_text(k->fault));
	node_gen_attr_i64(g, "signal", k->signal);
	node_gen_attr_u64(g, "thread", k->thread);
	if (k->name[0])
		node_gen_attr(g, "thread_name", k->name);
	if (k->fault == CPU_FAULT_FORBIDDEN_CALL)
		node_gen_attr_u64(g, "call", k->call);
	else
		attr_hex(g, "address", k->address);
	attr_hex(g, "ip", k->ip);
	attr_hex(g, "sp", k->sp);
	for (unsigned i = 0; i < k->frames; i++) {
		node_gen_open(g, "frame");
		attr_hex(g, "ip", k->frame[i]);
		node_gen_close(g);
	}
	node_gen_close(g);
}

/* ---- news ---- */

static void log_backtrace(const struct child *c)
{
	char line[FRAMES_MAX * 20];
	struct fmt f;

	if (!c->crash || !c->crash->frames)
		return;
	fmt_init(&f, line, sizeof(line));
	for (unsigned i = 0; i < c->crash->frames; i++)
		fmt_add(&f, " 0x%llx", (unsigned long long)c->crash->frame[i]);
	fief_log("\"%s\" backtrace:%s", child_name(c), line);
}

void child_report_crash(struct child *c, int signal)
{
	const struct note_about crashed = { .reason = REASON_CRASHED };
	static struct cpu_exception_reply reply;
	const struct cpu_crash *crash = &reply.crash;
	char name[KIF_THREAD_NAME + 1];

	if (!find(c, &reply)) {
		note(c, &crashed, "\"%s\" crashed (signal %d)", child_name(c),
		     signal);
		return;
	}
	keep(c, crash, signal);
	name_copy(crash, name);
	if (crash->fault == CPU_FAULT_FORBIDDEN_CALL)
		note(c, &crashed,
		     "\"%s\" crashed: %s %u, ip 0x%llx, thread %u%s%s",
		     child_name(c), fault_text(crash->fault), crash->call,
		     (unsigned long long)crash->ip, crash->thread,
		     *name ? " " : "", name);
	else
		note(c, &crashed,
		     "\"%s\" crashed: %s at 0x%llx, ip 0x%llx, "
		     "thread %u%s%s",
		     child_name(c), fault_text(crash->fault),
		     (unsigned long long)crash->address,
		     (unsigned long long)crash->ip, crash->thread,
		     *name ? " " : "", name);
	log_backtrace(c);
}
