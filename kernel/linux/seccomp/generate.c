/* SPDX-License-Identifier: MIT */
/*
 * Build-time generator of the seccomp filters, with libseccomp.
 *   generate native OUT.h   write the BPF program as a C array
 *   generate list           print the allow-list for people
 */

#include <errno.h>
#include <linux/filter.h>
#include <linux/futex.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "native.h"

enum condition {
	ANY,
	FUTEX_PLAIN,
	SHARED_FILE,
	THREAD_OR_CHILD,
	SET_GS,
	DIE_WITH_PARENT,
};

static const char *const condition_text[] = {
	[ANY] = "",
	[FUTEX_PLAIN] = "WAIT, WAKE, WAIT_BITSET only: a requeue could move "
			"a peer's sleeper out of reach of its wake-up",
	[SHARED_FILE] = "MAP_SHARED of a descriptor only, so that all memory "
			"is a dataspace that somebody paid for",
	[THREAD_OR_CHILD] = "exactly the flags of a thread, or of the zygote's "
			    "child; each asks core",
	[SET_GS] = "ARCH_SET_GS only",
	[DIE_WITH_PARENT] = "PR_SET_PDEATHSIG, SIGKILL only",
};

struct rule {
	const char *name;
	int nr;
	enum condition condition;
};

#define RULE(call, cond) { #call, SCMP_SYS(call), cond },
static const struct rule rules[] = { SECCOMP_NATIVE(RULE) };
#undef RULE

enum { RULES = sizeof(rules) / sizeof(rules[0]), RULES_MAX = 28 };

_Static_assert(RULES <= RULES_MAX, "the host surface stays small");

enum {
	THREAD_FLAGS = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND |
	               CLONE_THREAD | CLONE_SYSVSEM | CLONE_SETTLS |
	               CLONE_CHILD_CLEARTID,
	CHILD_FLAGS = CLONE_PARENT | SIGCHLD,
	ARCH_SET_GS_OP = 0x1001,
};

static int allow(scmp_filter_ctx ctx, int nr, struct scmp_arg_cmp a)
{
	return seccomp_rule_add(ctx, SCMP_ACT_ALLOW, nr, 1, a);
}

static int add_futex(scmp_filter_ctx ctx, int nr)
{
	static const int ops[] = { FUTEX_WAIT, FUTEX_WAKE, FUTEX_WAIT_BITSET };
	int e = 0;

	for (size_t i = 0; !e && i < sizeof(ops) / sizeof(ops[0]); i++)
		e = allow(ctx, nr, SCMP_A1_32(SCMP_CMP_EQ, (unsigned)ops[i]));
	return e;
}

static int add_mmap(scmp_filter_ctx ctx, int nr)
{
	/* MAP_TYPE bits say SHARED, not ANONYMOUS; a negative descriptor then
	 * fails in the kernel. GROWSDOWN and HUGETLB need MAP_ANONYMOUS. */
	return allow(
		ctx, nr,
		SCMP_A3_64(SCMP_CMP_MASKED_EQ,
	                   (uint64_t)(0x0f | MAP_ANONYMOUS | MAP_GROWSDOWN |
	                              MAP_HUGETLB | MAP_LOCKED),
	                   MAP_SHARED));
}

static int add_clone(scmp_filter_ctx ctx, int nr)
{
	int e = seccomp_rule_add(ctx, SCMP_ACT_NOTIFY, nr, 1,
	                         SCMP_A0_64(SCMP_CMP_EQ, THREAD_FLAGS));

	return e ? e :
	           seccomp_rule_add(ctx, SCMP_ACT_NOTIFY, nr, 1,
	                            SCMP_A0_64(SCMP_CMP_EQ, CHILD_FLAGS));
}

static int add_prctl(scmp_filter_ctx ctx, int nr)
{
	return seccomp_rule_add(ctx, SCMP_ACT_ALLOW, nr, 2,
	                        SCMP_A0_64(SCMP_CMP_EQ, PR_SET_PDEATHSIG),
	                        SCMP_A1_64(SCMP_CMP_EQ, SIGKILL));
}

static int add_rule(scmp_filter_ctx ctx, const struct rule *r)
{
	switch (r->condition) {
	case ANY:
		return seccomp_rule_add(ctx, SCMP_ACT_ALLOW, r->nr, 0);
	case FUTEX_PLAIN:
		return add_futex(ctx, r->nr);
	case SHARED_FILE:
		return add_mmap(ctx, r->nr);
	case THREAD_OR_CHILD:
		return add_clone(ctx, r->nr);
	case SET_GS:
		return allow(ctx, r->nr,
		             SCMP_A0_64(SCMP_CMP_EQ, ARCH_SET_GS_OP));
	case DIE_WITH_PARENT:
		return add_prctl(ctx, r->nr);
	}
	return -EINVAL;
}

static void die(const char *what, int e)
{
	fprintf(stderr, "seccomp filter: %s: %s\n", what, strerror(-e));
	exit(1);
}

static scmp_filter_ctx build(void)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_TRAP);
	int e;

	if (!ctx)
		die("init", -ENOMEM);
	for (int i = 0; i < RULES; i++) {
		e = add_rule(ctx, &rules[i]);
		if (!e)
			e = seccomp_syscall_priority(ctx, rules[i].nr,
			                             (uint8_t)(255 - i));
		if (e)
			die(rules[i].name, e);
	}
	return ctx;
}

static void write_header(scmp_filter_ctx ctx, const char *path)
{
	struct sock_filter prog[512];
	FILE *bpf = tmpfile(), *out = fopen(path, "w");
	size_t n;
	int e;

	if (!bpf || !out)
		die(path, -errno);
	e = seccomp_export_bpf(ctx, fileno(bpf));
	if (e)
		die("export", e);
	rewind(bpf);
	n = fread(prog, sizeof(prog[0]), sizeof(prog) / sizeof(prog[0]), bpf);
	fprintf(out, "/* Generated from seccomp/native.h. */\n#pragma once\n\n"
	             "#include <linux/filter.h>\n\n"
	             "static const struct sock_filter seccomp_native[] = {\n");
	for (size_t i = 0; i < n; i++)
		fprintf(out, "\t{ 0x%04x, %u, %u, 0x%08x },\n", prog[i].code,
		        prog[i].jt, prog[i].jf, prog[i].k);
	fprintf(out, "};\n");
	fclose(bpf);
	if (fclose(out))
		die(path, -errno);
}

int main(int argc, char **argv)
{
	scmp_filter_ctx ctx;

	if (argc == 2 && !strcmp(argv[1], "list")) {
		for (int i = 0; i < RULES; i++)
			printf("%-16s %s\n", rules[i].name,
			       condition_text[rules[i].condition]);
		printf("%d host calls of at most %d; everything else ends the "
		       "component with a crash report\n",
		       RULES, RULES_MAX);
		return 0;
	}
	if (argc != 3 || strcmp(argv[1], "native") != 0)
		return 2;
	ctx = build();
	write_header(ctx, argv[2]);
	seccomp_release(ctx);
	return 0;
}
