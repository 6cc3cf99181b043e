/* SPDX-License-Identifier: MIT */
/* Finding __vdso_clock_gettime: auxiliary vector, then the dynamic symbols
 * of the vDSO (Linux Documentation/ABI/stable/vdso). */

#include "vdso.h"

#include <stdbool.h>
#include <stddef.h>

enum {
	AT_SYSINFO_EHDR_TAG = 33,
	PT_LOAD = 1,
	PT_DYNAMIC = 2,
	DT_HASH = 4,
	DT_STRTAB = 5,
	DT_SYMTAB = 6,
	SYMBOLS_MAX = 64,
};

struct phdr {
	uint32_t type, flags;
	uint64_t offset, vaddr, paddr, filesz, memsz, align;
};

struct symbol {
	uint32_t name;
	uint8_t info, other;
	uint16_t section;
	uint64_t value, size;
};

static uint64_t auxv(const uint64_t *stack, uint64_t tag)
{
	const uint64_t *p = stack + 1 + stack[0] + 1; /* argc, argv, NULL */

	while (*p)
		p++; /* environment */
	for (p++; p[0]; p += 2)
		if (p[0] == tag)
			return p[1];
	return 0;
}

static bool same(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	return *a == *b;
}

int (*vdso_clock_gettime(const uint64_t *stack))(long, void *)
{
	const char *base = (const char *)auxv(stack, AT_SYSINFO_EHDR_TAG);
	const struct symbol *symtab = NULL;
	const char *strtab = NULL;
	const uint32_t *hash = NULL;
	const uint64_t *dyn = NULL;
	const struct phdr *ph;
	uint64_t bias = 0;

	if (!base)
		return NULL;
	ph = (const void *)(base + *(const uint64_t *)(base + 32));
	for (uint16_t i = 0; i < *(const uint16_t *)(base + 56); i++) {
		if (ph[i].type == PT_LOAD && !bias)
			bias = (uint64_t)base + ph[i].offset - ph[i].vaddr;
		else if (ph[i].type == PT_DYNAMIC)
			dyn = (const void *)(base + ph[i].offset);
	}
	for (; dyn && dyn[0]; dyn += 2) {
		if (dyn[0] == DT_HASH)
			hash = (const void *)(dyn[1] + bias);
		else if (dyn[0] == DT_STRTAB)
			strtab = (const void *)(dyn[1] + bias);
		else if (dyn[0] == DT_SYMTAB)
			symtab = (const void *)(dyn[1] + bias);
	}
	if (!symtab || !strtab)
		return NULL;
	for (uint32_t i = 0; i < (hash ? hash[1] : SYMBOLS_MAX); i++)
		if (symtab[i].section &&
		    same(strtab + symtab[i].name, "__vdso_clock_gettime"))
			return (int (*)(long, void *))(symtab[i].value + bias);
	return NULL;
}
