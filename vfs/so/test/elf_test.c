/* SPDX-License-Identifier: MIT */
/* Shared objects: one is loaded and run, all others are refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

#include <vfs/so/elf.h>
#include <vfs/so/elf_format.h>

#include "sample.h"

int sample_variable = 5;

int sample_import(int n)
{
	return 100 * n;
}

static const struct so_import table[] = {
	{ "aaa", 1 },
	{ "sample_import", (uintptr_t)&sample_import },
	{ "sample_variable", (uintptr_t)&sample_variable },
	{ "zzz", 1 },
};
static const struct so_imports imports = { table, 4 };

/* The file as it was built, and one that a test changes. */
static struct {
	char *whole, *file;
	size_t size;
} m;

static void file_load(const char *path)
{
	FILE *f = fopen(path, "rb");

	if (!f || fseek(f, 0, SEEK_END))
		abort();
	m.size = (size_t)ftell(f);
	rewind(f);
	m.whole = malloc(m.size);
	m.file = malloc(m.size);
	if (!m.whole || !m.file || fread(m.whole, 1, m.size, f) != m.size)
		abort();
	fclose(f);
}

static int setup(void **state)
{
	(void)state;
	memcpy(m.file, m.whole, m.size);
	return 0;
}

/* All that a loader does before it runs anything, in memory of just that size. */
static bool taken(struct so_elf *e, const char *file, size_t size)
{
	struct so_table pages = { 0, 0 };
	char *memory;
	uint64_t at;
	bool ok;

	if (!so_elf_read(e, file, size) ||
	    !so_elf_find(e, "sample", sizeof(struct sample), &at))
		return false;
	if (e->data < e->parts)
		pages = so_part_pages(&e->part[e->data]);
	if (e->span > 1 << 20)
		return so_elf_has(e, at, 1);
	memory = calloc(1, pages.size + 1);
	assert_non_null(memory);
	ok = so_elf_relocate(e, 0x7000000, memory, &imports);
	free(memory);
	return ok;
}

/* ---- a right one ---- */

static void copy_parts(const struct so_elf *e, char *base)
{
	for (unsigned i = 0; i < e->parts; i++)
		if (i != e->data)
			memcpy(base + e->part[i].at,
			       e->file + e->part[i].offset, e->part[i].filled);
}

static void protect_parts(const struct so_elf *e, char *base)
{
	for (unsigned i = 0; i < e->parts; i++) {
		const struct so_part *p = &e->part[i];
		const struct so_table t = so_part_pages(p);

		assert_int_equal(
			mprotect(base + t.at, t.size,
		                 PROT_READ | (p->writable ? PROT_WRITE : 0) |
		                         (p->executable ? PROT_EXEC : 0)),
			0);
	}
	assert_int_equal(
		mprotect(base + e->constant.at, e->constant.size, PROT_READ),
		0);
}

static void runs(void **state)
{
	const struct sample *s;
	struct so_elf e;
	uint64_t at, version;
	char *base;

	(void)state;
	if (!so_elf_read(&e, m.file, m.size))
		fail_msg("%s", e.why);
	assert_true(so_elf_find(&e, "sample", sizeof(*s), &at));
	assert_true(so_elf_bytes(&e, at, &version, sizeof(version)));
	assert_int_equal(version, SAMPLE_VERSION);
	assert_int_not_equal(e.constant.size, 0);
	base = mmap(NULL, e.span, PROT_READ | PROT_WRITE,
	            MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(base, MAP_FAILED);
	copy_parts(&e, base);
	if (!so_elf_relocate(&e, (uintptr_t)base,
	                     base + so_part_pages(&e.part[e.data]).at,
	                     &imports))
		fail_msg("%s", e.why);
	protect_parts(&e, base);
	s = (const void *)(base + at);
	assert_string_equal(s->text, "a text");
	assert_int_equal(s->next(2), 212);
	assert_int_equal(s->next(1), 312);
	assert_int_equal(*s->places[0], 3);
	assert_int_equal(*s->places[1], 7);
	assert_ptr_equal(s->places[2], &sample_variable);
	munmap(base, e.span);
}

/* ---- wrong ones ---- */

static void cut(void **state)
{
	struct so_elf e;

	(void)state;
	for (size_t size = 0; size < m.size; size++) {
		char *part = malloc(size ? size : 1);

		assert_non_null(part);
		memcpy(part, m.whole, size);
		assert_false(taken(&e, part, size));
		assert_non_null(strstr(e.why, "cut off"));
		free(part);
	}
}

/* What is changed: a field of the header, or of the first segment, entry or
 * relocation of that type, or of that symbol. */
enum place { HEADER, SEGMENT, DYNAMIC, RELOCATION, SYMBOL };

struct damage {
	enum place place;
	uint64_t type;
	size_t offset, bytes;
	uint64_t value;
	const char *why;
};

static char *segment(uint32_t type, uint32_t flags)
{
	const struct elf_header *h = (const void *)m.file;
	struct elf_phdr *p = (void *)(m.file + h->phoff);

	for (unsigned i = 0; i < h->phnum; i++)
		if (p[i].type == type && (p[i].flags & flags) == flags)
			return (char *)&p[i];
	fail_msg("no segment %u with %u", type, flags);
	return NULL;
}

static struct elf_dyn *dynamic(uint64_t tag)
{
	const struct elf_phdr *p = (const void *)segment(PT_DYNAMIC, 0);
	struct elf_dyn *d = (void *)(m.file + p->offset);

	while (d->tag != tag && d->tag)
		d++;
	assert_int_equal(d->tag, tag);
	return d;
}

static char *relocation(uint32_t type)
{
	struct elf_rela *r = (void *)(m.file + dynamic(DT_RELA)->value);

	while (r->type != type)
		r++;
	return (char *)r;
}

static char *place_of(const struct damage *d)
{
	switch (d->place) {
	case SEGMENT: /* flags are above the type */
		return segment((uint32_t)d->type, (uint32_t)(d->type >> 32));
	case DYNAMIC:
		return (char *)dynamic(d->type);
	case RELOCATION:
		return relocation((uint32_t)d->type);
	case SYMBOL:
		return m.file + dynamic(DT_SYMTAB)->value +
		       d->type * sizeof(struct elf_symbol);
	case HEADER:
	default:
		return m.file;
	}
}

#define FIELD(type, member)                                                    \
	offsetof(struct type, member), sizeof(((struct type *)0)->member)
#define H(member) HEADER, 0, FIELD(elf_header, member)
#define S(type, flags, member)                                                 \
	SEGMENT, (type) | (uint64_t)(flags) << 32, FIELD(elf_phdr, member)
#define D(tag) DYNAMIC, (tag), FIELD(elf_dyn, value)
#define TAG(was) DYNAMIC, (was), FIELD(elf_dyn, tag)
#define R(type, member) RELOCATION, R_X86_64_##type, FIELD(elf_rela, member)
#define SYM(i, member) SYMBOL, (i), FIELD(elf_symbol, member)

static const uint64_t FAR = UINT64_MAX - 0xfff;

static const struct damage damages[] = {
	{ HEADER, 0, 1, 1, 'e', "no ELF64" },
	{ HEADER, 0, 4, 1, 1, "no ELF64" },
	{ H(type), 2, "no shared object" },
	{ H(machine), 183, "no shared object" },
	{ H(phentsize), 32, "segments of 32 bytes" },
	{ H(phnum), 60000, "60000 segments" },
	{ H(phoff), FAR, "cut off in its headers" },
	{ H(shoff), FAR, "cut off: " },
	{ H(phnum), 0, "no content" },
	{ S(PT_LOAD, PF_X, flags), PF_R | PF_W | PF_X, "code can be written" },
	{ S(PT_LOAD, 0, flags), PF_R | PF_W, "two writable" },
	{ S(PT_LOAD, PF_X, memsz), 4095, "constant segment is cut off" },
	{ S(PT_LOAD, PF_X, flags), PF_X, "segment at address" },
	{ S(PT_LOAD, PF_W, memsz), 8, "segment at address" },
	{ S(PT_LOAD, PF_W, vaddr), FAR, "segment at address" },
	{ S(PT_LOAD, PF_W, memsz), FAR, "segment at address" },
	{ S(PT_LOAD, PF_X, vaddr), 0, "segment at address" },
	{ S(PT_LOAD, PF_X, offset), 0x1008, "segment at address" },
	{ S(PT_LOAD, PF_X, offset), 1 << 20, "segment at address" },
	{ S(PT_LOAD, PF_X, align), 1 << 21, "aligned to 2097152" },
	{ S(PT_LOAD, 0, type), 0, "or not at 0" },
	{ S(PT_GNU_STACK, 0, flags), PF_X, "executable stack" },
	{ S(PT_GNU_STACK, 0, type), PT_TLS, "thread-local" },
	{ S(PT_GNU_RELRO, 0, vaddr), 0, "not where that begins" },
	{ S(PT_GNU_RELRO, 0, memsz), FAR, "not where that begins" },
	{ TAG(DT_FLAGS), DT_NEEDED, "other libraries" },
	{ TAG(DT_FLAGS), DT_INIT, "run at its start" },
	{ TAG(DT_FLAGS), DT_INIT_ARRAY, "constructors" },
	{ TAG(DT_FLAGS), DT_REL, "type REL" },
	{ TAG(DT_FLAGS), DT_RELR, "type RELR" },
	{ D(DT_FLAGS), DF_TEXTREL, "code has to be relocated" },
	{ TAG(DT_HASH), FAR, "--hash-style=sysv" },
	{ D(DT_HASH), FAR, "no content at address" },
	{ D(DT_SYMENT), 16, "wrong size" },
	{ D(DT_PLTREL), DT_REL, "wrong size" },
	{ D(DT_SYMTAB), UINT64_MAX - 3, "its symbols are at" },
	{ D(DT_STRSZ), UINT64_MAX, "its names are at" },
	{ D(DT_RELASZ), 24 << 20, "its relocations are at" },
	{ D(DT_RELASZ), 25, "its relocations are at" },
	{ D(DT_RELA), FAR, "its relocations are at" },
	{ D(DT_JMPREL), FAR, "relocations of functions are at" },
	{ R(RELATIVE, type), 37, "of type 37" },
	{ R(RELATIVE, offset), 8, "a relocation is at 0x8" },
	{ R(RELATIVE, offset), 0x4ff9, "a relocation is at" },
	{ R(RELATIVE, addend), UINT64_MAX, "leads to 0xffff" },
	{ R(64, symbol), 9999, "of symbol 9999 of" },
	{ SYM(1, name), UINT32_MAX, "not among its names" },
	{ SYM(1, name), 2, "is not for plugins" },
	{ SYM(1, section), 0xfff1, "of a kind" },
	{ SYM(3, section), 0, "exports no \"sample\"" },
	{ SYM(3, size), 8, "\"sample\" is not what" },
	{ SYM(3, value), FAR, "\"sample\" is not what" },
	{ SYM(3, info), STT_FUNC, "\"sample\" is not what" },
};

static void damaged(void **state)
{
	struct so_elf e;

	for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
		const struct damage *d = &damages[i];

		setup(state);
		memcpy(place_of(d) + d->offset, &d->value, d->bytes);
		assert_false(taken(&e, m.file, m.size));
		print_message("%s\n", e.why);
		assert_non_null(strstr(e.why, d->why));
	}
}

/* Whatever becomes of some of its bytes: no access outside, which ASan looks at. */
static void scratched(void **state)
{
	const unsigned rounds = 20000;
	unsigned refused = 0;
	struct so_elf e;

	srand(1);
	for (unsigned i = 0; i < rounds; i++) {
		setup(state);
		for (int n = rand() % 8; n >= 0; n--)
			m.file[(size_t)rand() % m.size] = (char)rand();
		refused += !taken(&e, m.file, m.size);
	}
	print_message("%u of %u refused\n", refused, rounds);
	assert_in_range(refused, 1, rounds - 1);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(runs, setup),
		cmocka_unit_test_setup(cut, setup),
		cmocka_unit_test_setup(damaged, setup),
		cmocka_unit_test_setup(scratched, setup),
	};
	int failed;

	if (argc != 2)
		return 2;
	file_load(argv[1]);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	free(m.whole);
	free(m.file);
	return failed;
}
