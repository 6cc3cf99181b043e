/* SPDX-License-Identifier: MIT */
/*
 * Fuzz target of shared objects: whatever the bytes, and whatever they become while
 * they are looked at, nothing outside of them and of the memory for them is touched.
 * The file is the first half of the input, and the second half from when its headers
 * were read.
 */
#include <stdlib.h>
#include <string.h>

#include <vfs/so/elf.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MEMORY_MAX = 1 << 20 };

static const struct so_import table[] = { { "sample_import", 1 },
	                                  { "sample_variable", 2 } };
static const struct so_imports imports = { table, 2 };

static void sane(bool condition)
{
	if (!condition)
		abort();
}

/* What memory.c believes. */
static void parts_sane(const struct so_elf *e)
{
	uint64_t end = 0;

	for (unsigned i = 0; i < e->parts; i++) {
		const struct so_part *p = &e->part[i];
		const struct so_table t = so_part_pages(p);

		sane(t.at >= end && t.size && t.at % 4096 == 0 &&
		     t.size % 4096 == 0);
		sane(p->offset >= p->at - t.at);
		sane((p->offset - (p->at - t.at)) % 4096 == 0);
		sane(p->writable == (i == e->data));
		sane(!p->writable || !p->executable);
		end = t.at + t.size;
	}
	sane(end == e->span && end <= SO_SPAN_MAX);
	if (e->data < e->parts) {
		const struct so_table t = so_part_pages(&e->part[e->data]);

		sane(e->constant.size <= t.size &&
		     e->constant.size % 4096 == 0);
	}
}

static void take(const char *file, const char *later, size_t size)
{
	struct so_elf e;
	struct so_table pages = { 0, 0 };
	uint64_t at, word;
	char *memory;

	if (!so_elf_read(&e, file, size)) {
		sane(*e.why);
		return;
	}
	parts_sane(&e);
	e.file = later;
	if (so_elf_find(&e, "sample", 8, &at) && at % 8 == 0)
		sane(so_elf_bytes(&e, at, &word, 8) || *e.why);
	if (e.data < e.parts)
		pages = so_part_pages(&e.part[e.data]);
	if (pages.size > MEMORY_MAX)
		return;
	memory = calloc(1, pages.size ? pages.size : 1);
	sane(memory);
	sane(so_elf_relocate(&e, 0x7fc040000000, memory, &imports) || *e.why);
	free(memory);
}

/* In memory of their own, so that the first byte behind them is not ours. */
static char *copy(const uint8_t *data, size_t size)
{
	char *c = malloc(size ? size : 1);

	sane(c);
	memcpy(c, data, size);
	return c;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *all = copy(data, size);
	char *first = copy(data, size / 2),
	     *second = copy(data + size / 2, size / 2);

	take(all, all, size);
	take(first, second, size / 2);
	free(all);
	free(first);
	free(second);
	return 0;
}
