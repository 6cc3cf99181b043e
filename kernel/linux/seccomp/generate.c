/* SPDX-License-Identifier: MIT */
/*
 * Build-time generator of the seccomp filters, with libseccomp.
 *   generate filters OUT.h  write the BPF programs as C arrays, one a class
 *   generate list           print the allow-list for people
 */

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/fs.h>
#include <linux/futex.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <kernel/linux/abi/host_class.h>

#include "classes.h"
#include "native.h"

enum condition {
	ANY,
	FUTEX_PLAIN,
	SHARED_FILE,
	UNMAP,
	THREAD_OR_CHILD,
	SET_GS,
	SET_FS,
	DIE_WITH_PARENT,
	HERE,
	SECOND_HERE,
	PINNED_HOW,
	PINNED_STAT,
	PINNED_LINK,
	PINNED_TIMES,
	TWO_NAMES,
	TWO_PLAIN,
	FIFO,
	PLAIN_MODE,
	GRANT,
	PUNCH,
	BLOCK_SIZES,
	TTY_SETTINGS,
	NO_ADDRESS,
	CONDITIONS
};

static const char *const condition_text[CONDITIONS] = {
	[ANY] = "",
	[FUTEX_PLAIN] = "WAIT, WAKE, WAIT_BITSET only: a requeue could move "
			"a peer's sleeper out of reach of its wake-up",
	[SHARED_FILE] = "MAP_SHARED of a descriptor only, so that all memory "
			"is a dataspace that somebody paid for; in classes "
			"with a grant above kif only",
	[UNMAP] = "in classes with a grant above kif only",
	[THREAD_OR_CHILD] = "exactly the flags of a thread, or of the zygote's "
			    "child; each asks core",
	[SET_GS] = "ARCH_SET_GS only",
	[SET_FS] = "ARCH_SET_FS, too",
	[DIE_WITH_PARENT] = "PR_SET_PDEATHSIG, SIGKILL only",
	[HERE] = "a descriptor of the PD, not the current directory",
	[SECOND_HERE] = "the same",
	[PINNED_HOW] = "one of 32 constants: all RESOLVE_BENEATH and "
		       "NO_MAGICLINKS; read-only ones if the grant is",
	[PINNED_STAT] = "what a descriptor is, no path",
	[PINNED_LINK] = "the same",
	[PINNED_TIMES] = "the same",
	[TWO_NAMES] = "RENAME_NOREPLACE, EXCHANGE only",
	[TWO_PLAIN] = "no flags",
	[FIFO] = "fifos only",
	[PLAIN_MODE] = "no set-uid, no set-gid",
	[GRANT] = "the granted descriptor only",
	[PUNCH] = "the granted descriptor, PUNCH_HOLE only",
	[BLOCK_SIZES] = "BLKGETSIZE64, BLKSSZGET, BLKPBSZGET only",
	[NO_ADDRESS] = "the granted descriptor, to no address",
	[TTY_SETTINGS] = "TCGETS, TCSETS, TIOCGWINSZ only: no TIOCSTI",
};

struct rule {
	const char *name;
	int nr;
	enum condition condition;
};

#define RULE(call, cond) { #call, SCMP_SYS(call), cond },
#define END                                                                    \
	{                                                                      \
		0                                                              \
	}
static const struct rule native[] = { SECCOMP_NATIVE(RULE) END };
static const struct rule dir_read[] = { SECCOMP_DIR_READ(RULE) END };
static const struct rule dir_write[] = { SECCOMP_DIR_WRITE(RULE) END };
static const struct rule file_read[] = { SECCOMP_FILE_READ(RULE) END };
static const struct rule file_write[] = { SECCOMP_FILE_WRITE(RULE) END };
static const struct rule tty[] = { SECCOMP_TTY(RULE) END };
static const struct rule guest[] = { SECCOMP_GUEST(RULE) END };
static const struct rule stream[] = { SECCOMP_STREAM(RULE) END };
#undef END
#undef RULE

enum { PARTS = 3, RULES_MAX = 28 };

_Static_assert(sizeof(native) / sizeof(native[0]) - 1 <= RULES_MAX,
               "the host surface stays small");

static const struct class
{
	const char *name, *what;
	const struct rule *part[PARTS + 1];
	bool pinned;   /* nothing may be mapped where its pins are */
	bool from_kif; /* calls from elsewhere are not made */
} classes[CLASSES] = {
	[CLASS_NATIVE] = { "native", "every component", { native } },
	[CLASS_DIR_READ] = { "dir_read",
	                     "a directory, read-only",
	                     { native, dir_read },
	                     .pinned = true },
	[CLASS_DIR_WRITE] = { "dir_write",
	                      "a directory",
	                      { native, dir_read, dir_write },
	                      .pinned = true },
	[CLASS_FILE_READ] = { "file_read",
	                      "a file or device, read-only",
	                      { native, file_read },
	                      .pinned = true },
	[CLASS_FILE_WRITE] = { "file_write",
	                       "a file or device",
	                       { native, file_read, file_write },
	                       .pinned = true },
	[CLASS_TTY] = { "tty", "a terminal", { native, tty }, .pinned = true },
	[CLASS_GUEST] = { .name = "guest",
	                  .what = "programs of Linux to run (calls from "
	                          "outside of kif are not made)",
	                  .part = { native, guest },
	                  .from_kif = true },
	[CLASS_STREAM] = { "stream",
	                   "a stream",
	                   { native, stream },
	                   .pinned = true },
};

enum {
	THREAD_FLAGS = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND |
	               CLONE_THREAD | CLONE_SYSVSEM | CLONE_SETTLS |
	               CLONE_CHILD_CLEARTID,
	CHILD_FLAGS = CLONE_PARENT | SIGCHLD,
	ARCH_SET_GS_OP = 0x1001,
	ARCH_SET_FS_OP = 0x1002,
};

static int allow(scmp_filter_ctx ctx, int nr, struct scmp_arg_cmp a)
{
	return seccomp_rule_add(ctx, SCMP_ACT_ALLOW, nr, 1, a);
}

static int add_futex(scmp_filter_ctx ctx, int nr, bool pins)
{
	static const int ops[] = { FUTEX_WAIT, FUTEX_WAKE, FUTEX_WAIT_BITSET };
	int e = 0;

	(void)pins;
	for (size_t i = 0; !e && i < sizeof(ops) / sizeof(ops[0]); i++)
		e = allow(ctx, nr, SCMP_A1_32(SCMP_CMP_EQ, (unsigned)ops[i]));
	return e;
}

/* A class that has pins cannot put anything else in their place. */
static int add_mmap(scmp_filter_ctx ctx, int nr, bool pins)
{
	/* MAP_TYPE bits say SHARED, not ANONYMOUS; a negative descriptor then
	 * fails in the kernel. GROWSDOWN and HUGETLB need MAP_ANONYMOUS. */
	const struct scmp_arg_cmp shared =
		SCMP_A3_64(SCMP_CMP_MASKED_EQ,
	                   (uint64_t)(0x0f | MAP_ANONYMOUS | MAP_GROWSDOWN |
	                              MAP_HUGETLB | MAP_LOCKED),
	                   MAP_SHARED);

	return seccomp_rule_add(ctx, SCMP_ACT_ALLOW, nr, pins ? 2 : 1, shared,
	                        SCMP_A0_64(SCMP_CMP_GE, LAYOUT_STATE));
}

static int add_munmap(scmp_filter_ctx ctx, int nr, bool pins)
{
	return seccomp_rule_add(ctx, SCMP_ACT_ALLOW, nr, pins ? 1 : 0,
	                        SCMP_A0_64(SCMP_CMP_GE, LAYOUT_STATE));
}

static int add_clone(scmp_filter_ctx ctx, int nr, bool pins)
{
	int e = seccomp_rule_add(ctx, SCMP_ACT_NOTIFY, nr, 1,
	                         SCMP_A0_64(SCMP_CMP_EQ, THREAD_FLAGS));

	(void)pins;
	return e ? e :
	           seccomp_rule_add(ctx, SCMP_ACT_NOTIFY, nr, 1,
	                            SCMP_A0_64(SCMP_CMP_EQ, CHILD_FLAGS));
}

static int add_prctl(scmp_filter_ctx ctx, int nr, bool pins)
{
	(void)pins;
	return seccomp_rule_add(ctx, SCMP_ACT_ALLOW, nr, 2,
	                        SCMP_A0_64(SCMP_CMP_EQ, PR_SET_PDEATHSIG),
	                        SCMP_A1_64(SCMP_CMP_EQ, SIGKILL));
}

/* A call on the granted descriptor for several values of its second argument. */
static int add_each(scmp_filter_ctx ctx, int nr, const unsigned long *ops,
                    size_t n)
{
	int e = 0;

	for (size_t i = 0; !e && i < n; i++)
		e = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, nr, 2,
		                     SCMP_A0_64(SCMP_CMP_EQ, CLASS_GRANT_FD),
		                     SCMP_A1_64(SCMP_CMP_EQ, ops[i]));
	return e;
}

static int add_block_sizes(scmp_filter_ctx ctx, int nr, bool pins)
{
	static const unsigned long ops[] = { BLKGETSIZE64, BLKSSZGET,
		                             BLKPBSZGET };

	(void)pins;
	return add_each(ctx, nr, ops, sizeof(ops) / sizeof(ops[0]));
}

static int add_tty_settings(scmp_filter_ctx ctx, int nr, bool pins)
{
	static const unsigned long ops[] = { TCGETS, TCSETS, TIOCGWINSZ };

	(void)pins;
	return add_each(ctx, nr, ops, sizeof(ops) / sizeof(ops[0]));
}

static int add_gs(scmp_filter_ctx ctx, int nr, bool pins)
{
	(void)pins;
	return allow(ctx, nr, SCMP_A0_64(SCMP_CMP_EQ, ARCH_SET_GS_OP));
}

static int add_fs(scmp_filter_ctx ctx, int nr, bool pins)
{
	(void)pins;
	return allow(ctx, nr, SCMP_A0_64(SCMP_CMP_EQ, ARCH_SET_FS_OP));
}

/* libseccomp compares all 64 bits: AT_FDCWD, and every other negative number,
 * is above, in whatever width it is given. */
#define IS(argument, value)                                                    \
	{                                                                      \
		argument, SCMP_CMP_EQ, value                                   \
	}
#define AT_MOST(argument, value)                                               \
	{                                                                      \
		argument, SCMP_CMP_LE, value                                   \
	}
#define BUT_FOR(argument, bits, value)                                         \
	{                                                                      \
		argument, SCMP_CMP_MASKED_EQ, ~(uint64_t)(bits), value         \
	}
#define DESCRIPTOR(argument) AT_MOST(argument, 0x7fffffff)

/* What the conditions of classes with a grant come down to. */
static const struct compare {
	unsigned n;
	struct scmp_arg_cmp arg[4];
} compares[CONDITIONS] = {
	[HERE] = { 1, { DESCRIPTOR(0) } },
	[SECOND_HERE] = { 1, { DESCRIPTOR(1) } },
	[PINNED_HOW] = { 3,
	                 { DESCRIPTOR(0),
	                   BUT_FOR(2, (PIN_HOWS - 1) * PIN_STRIDE, PINS_HOW),
	                   IS(3, PIN_HOW_BYTES) } },
	[PINNED_STAT] = { 3,
	                  { DESCRIPTOR(0), IS(1, PINS_EMPTY),
	                    IS(2, AT_EMPTY_PATH) } },
	[PINNED_LINK] = { 2, { DESCRIPTOR(0), IS(1, PINS_EMPTY) } },
	[PINNED_TIMES] = { 3,
	                   { DESCRIPTOR(0), IS(1, PINS_EMPTY),
	                     IS(3, AT_EMPTY_PATH) } },
	[TWO_NAMES] = { 3, { DESCRIPTOR(0), DESCRIPTOR(2), AT_MOST(4, 2) } },
	[TWO_PLAIN] = { 3, { DESCRIPTOR(0), DESCRIPTOR(2), IS(4, 0) } },
	[FIFO] = { 2, { DESCRIPTOR(0), BUT_FOR(2, 0777, S_IFIFO) } },
	[PLAIN_MODE] = { 2, { DESCRIPTOR(0), BUT_FOR(1, 01777, 0) } },
	[GRANT] = { 1, { IS(0, CLASS_GRANT_FD) } },
	[NO_ADDRESS] = { 3, { IS(0, CLASS_GRANT_FD), IS(4, 0), IS(5, 0) } },
	[PUNCH] = { 2,
	            { IS(0, CLASS_GRANT_FD),
	              IS(1, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE) } },
};

/* What takes more than one comparison of each argument. */
typedef int add_special(scmp_filter_ctx ctx, int nr, bool pins);

static add_special *const specials[CONDITIONS] = {
	[FUTEX_PLAIN] = add_futex,
	[SHARED_FILE] = add_mmap,
	[UNMAP] = add_munmap,
	[THREAD_OR_CHILD] = add_clone,
	[SET_GS] = add_gs,
	[SET_FS] = add_fs,
	[DIE_WITH_PARENT] = add_prctl,
	[BLOCK_SIZES] = add_block_sizes,
	[TTY_SETTINGS] = add_tty_settings,
};

static int add_rule(scmp_filter_ctx ctx, const struct rule *r, bool pins)
{
	const struct compare *c = &compares[r->condition];

	if (specials[r->condition])
		return specials[r->condition](ctx, r->nr, pins);
	return seccomp_rule_add_array(ctx, SCMP_ACT_ALLOW, r->nr, c->n, c->arg);
}

static void die(const char *what, int e)
{
	fprintf(stderr, "seccomp filter: %s: %s\n", what, strerror(-e));
	exit(1);
}

static scmp_filter_ctx build(const struct class *c)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_TRAP);
	uint8_t priority = 255;
	int e;

	if (!ctx)
		die("init", -ENOMEM);
	for (const struct rule *const *p = c->part; *p; p++)
		for (const struct rule *r = *p; r->name; r++) {
			e = add_rule(ctx, r, c->pinned);
			if (!e)
				e = seccomp_syscall_priority(ctx, r->nr,
				                             priority--);
			if (e)
				die(r->name, e);
		}
	return ctx;
}

static void write_instruction(const struct sock_filter *i, FILE *out)
{
	fprintf(out, "\t{ 0x%04x, %u, %u, 0x%08x },\n", i->code, i->jt, i->jf,
	        i->k);
}

/* What libseccomp has no words for, ahead of its program: calls of code whose
 * address has not the upper half of kif's are not made, whatever they are. */
static void write_origin(FILE *out)
{
	static const struct sock_filter origin[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		         offsetof(struct seccomp_data, instruction_pointer) +
		                 sizeof(uint32_t)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, LAYOUT_KIF >> 32, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP),
	};

	for (size_t i = 0; i < sizeof(origin) / sizeof(origin[0]); i++)
		write_instruction(&origin[i], out);
}

static void write_filter(const struct class *c, FILE *out)
{
	struct sock_filter prog[BPF_MAXINSNS];
	scmp_filter_ctx ctx = build(c);
	FILE *bpf = tmpfile();
	size_t n;
	int e;

	if (!bpf)
		die("temporary file", -errno);
	e = seccomp_export_bpf(ctx, fileno(bpf));
	if (e)
		die("export", e);
	rewind(bpf);
	n = fread(prog, sizeof(prog[0]), BPF_MAXINSNS, bpf);
	fclose(bpf);
	seccomp_release(ctx);
	fprintf(out,
	        "\n/* %s */\nstatic const struct sock_filter seccomp_%s[] = "
	        "{\n",
	        c->what, c->name);
	if (c->from_kif)
		write_origin(out);
	for (size_t i = 0; i < n; i++)
		write_instruction(&prog[i], out);
	fprintf(out, "};\n");
}

static void write_header(const char *path)
{
	FILE *out = fopen(path, "w");

	if (!out)
		die(path, -errno);
	fprintf(out, "/* Generated from seccomp/. */\n#pragma once\n\n"
	             "#include <linux/filter.h>\n");
	for (int i = 0; i < CLASSES; i++)
		write_filter(&classes[i], out);
	if (fclose(out))
		die(path, -errno);
}

static int list_part(const struct rule *r)
{
	int n = 0;

	for (; r->name; r++, n++)
		printf("%-16s %s\n", r->name, condition_text[r->condition]);
	return n;
}

static void list(void)
{
	printf("%d host calls of at most %d; everything else ends the "
	       "component with a crash report\n",
	       list_part(native), RULES_MAX);
	for (int i = CLASS_NATIVE + 1; i < CLASSES; i++) {
		printf("\nbeyond these, one that is started with %s:\n",
		       classes[i].what);
		for (const struct rule *const *p = classes[i].part + 1; *p; p++)
			list_part(*p);
	}
}

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "list")) {
		list();
		return 0;
	}
	if (argc != 3 || strcmp(argv[1], "filters") != 0)
		return 2;
	write_header(argv[2]);
	return 0;
}
