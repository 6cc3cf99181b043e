/* SPDX-License-Identifier: MIT */
/* Symbols and relocations of a shared object. */

#include <vfs/so/elf.h>

#include <lib/checked.h>
#include <lib/mem.h>

#include "internal.h"

/* ---- symbols ---- */

struct name {
	char s[SO_NAME_MAX + 1];
};

/* Of a text that is longer, or has no end, what fits. */
static bool name_read(struct so_elf *e, uint64_t at, struct name *n)
{
	uint64_t len;

	if (at >= e->strings.size)
		return so_fault(e, "a name is not among its names");
	len = e->strings.size - at;
	if (len > SO_NAME_MAX)
		len = SO_NAME_MAX;
	if (!so_elf_bytes(e, e->strings.at + at, n->s, len))
		return false;
	n->s[len] = '\0';
	return true;
}

static bool symbol_read(struct so_elf *e, uint64_t index, struct elf_symbol *s)
{
	if (index >= e->symbols.size / sizeof(*s))
		return so_fault(e, "a relocation is of symbol %lu of %lu",
		                index, e->symbols.size / sizeof(*s));
	return so_elf_bytes(e, e->symbols.at + index * sizeof(*s), s,
	                    sizeof(*s));
}

static unsigned kind_of(const struct elf_symbol *s)
{
	return s->info & 15u;
}

bool so_elf_find(struct so_elf *e, const char *name, size_t size, uint64_t *at)
{
	const uint64_t count = e->symbols.size / sizeof(struct elf_symbol);
	struct elf_symbol s;
	struct name n;

	for (uint64_t i = 1; i < count; i++) {
		if (!symbol_read(e, i, &s) || !name_read(e, s.name, &n))
			return false;
		if (s.section == SHN_UNDEF || strcmp(n.s, name) != 0)
			continue;
		if (kind_of(&s) != STT_OBJECT || s.size < size ||
		    !so_elf_has(e, s.value, size))
			return so_fault(
				e, "its \"%s\" is not what it should be", name);
		*at = s.value;
		return true;
	}
	return so_fault(e, "it exports no \"%s\"", name);
}

static const struct so_import *import_find(const struct so_imports *in,
                                           const char *name)
{
	size_t from = 0, end = in->count;

	while (from < end) {
		const size_t middle = from + (end - from) / 2;
		const int order = strcmp(name, in->table[middle].name);

		if (!order)
			return &in->table[middle];
		if (order < 0)
			end = middle;
		else
			from = middle + 1;
	}
	return NULL;
}

/* ---- relocations ---- */

struct relocation {
	struct so_elf *elf;
	const struct so_imports *imports;
	uint64_t base;
	char *memory;
};

static bool symbol_value(const struct relocation *r, uint32_t index,
                         uint64_t *value)
{
	struct so_elf *e = r->elf;
	const struct so_import *found;
	struct elf_symbol s;
	struct name n;

	if (!symbol_read(e, index, &s) || !name_read(e, s.name, &n))
		return false;
	if (s.section == SHN_UNDEF) {
		found = import_find(r->imports, n.s);
		if (!found)
			return so_fault(e, "\"%s\" is not for plugins", n.s);
		*value = found->at;
		return true;
	}
	if (s.section >= SHN_RESERVED || kind_of(&s) > STT_FUNC ||
	    !so_elf_has(e, s.value, 0))
		return so_fault(e,
		                "its symbol \"%s\" is of a kind, or at a "
		                "place, that cannot be",
		                n.s);
	*value = r->base + s.value;
	return true;
}

static bool value_of(const struct relocation *r, const struct elf_rela *rela,
                     uint64_t *value)
{
	const uint64_t addend = (uint64_t)rela->addend;

	switch (rela->type) {
	case R_X86_64_RELATIVE:
		*value = r->base + addend;
		return so_elf_has(r->elf, addend, 0) ||
		       so_fault(r->elf, "a relocation leads to 0x%lx", addend);
	case R_X86_64_64:
		if (!symbol_value(r, rela->symbol, value))
			return false;
		*value += addend;
		return true;
	case R_X86_64_GLOB_DAT:
	case R_X86_64_JUMP_SLOT:
		return symbol_value(r, rela->symbol, value);
	default:
		return so_fault(r->elf, "a relocation is of type %u",
		                rela->type);
	}
}

static bool apply(const struct relocation *r, const struct elf_rela *rela)
{
	const struct so_part *data = r->elf->data < r->elf->parts ?
	                                     &r->elf->part[r->elf->data] :
	                                     NULL;
	uint64_t value;

	if (!data || rela->offset < data->at ||
	    !checked_range(rela->offset - data->at, sizeof(value), data->size))
		return so_fault(r->elf, "a relocation is at 0x%lx",
		                rela->offset);
	if (!value_of(r, rela, &value))
		return false;
	memcpy(r->memory + (rela->offset - so_part_pages(data).at), &value,
	       sizeof(value));
	return true;
}

static bool apply_all(const struct relocation *r, struct so_table t)
{
	struct elf_rela rela;

	for (uint64_t at = 0; at < t.size; at += sizeof(rela))
		if (!so_elf_bytes(r->elf, t.at + at, &rela, sizeof(rela)) ||
		    !apply(r, &rela))
			return false;
	return true;
}

bool so_elf_relocate(struct so_elf *e, uint64_t base, char *memory,
                     const struct so_imports *imports)
{
	const struct relocation r = { e, imports, base, memory };
	const struct so_part *data = &e->part[e->data];

	if (e->data < e->parts &&
	    !so_elf_bytes(e, data->at,
	                  memory + (data->at - so_part_pages(data).at),
	                  data->filled))
		return false;
	return apply_all(&r, e->rela[0]) && apply_all(&r, e->rela[1]);
}
