/* SPDX-License-Identifier: MIT */
/* What is in a shared object. */

#include <vfs/so/elf.h>

#include <fief/kif.h>
#include <lib/checked.h>
#include <lib/mem.h>

#include "internal.h"

enum { PHDRS_MAX = 16 };

static uint64_t page_down(uint64_t v)
{
	return v & ~(uint64_t)(KIF_PAGE - 1);
}

static uint64_t page_up(uint64_t v)
{
	return page_down(v + KIF_PAGE - 1);
}

struct so_table so_part_pages(const struct so_part *p)
{
	const uint64_t at = page_down(p->at);

	return (struct so_table){ at, page_up(p->at + p->size) - at };
}

bool so_fault(struct so_elf *e, const char *format, ...)
{
	va_list args;
	struct fmt f;

	fmt_init(&f, e->why, sizeof(e->why));
	va_start(args, format);
	fmt_add_args(&f, format, args);
	va_end(args);
	return false;
}

/* ---- bytes ---- */

static bool file_read(const struct so_elf *e, uint64_t offset, void *out,
                      size_t len)
{
	if (!checked_range(offset, len, e->size))
		return false;
	memcpy(out, e->file + offset, len);
	return true;
}

bool so_elf_has(const struct so_elf *e, uint64_t at, uint64_t len)
{
	for (unsigned i = 0; i < e->parts; i++)
		if (at >= e->part[i].at &&
		    checked_range(at - e->part[i].at, len, e->part[i].size))
			return true;
	return false;
}

bool so_elf_bytes(struct so_elf *e, uint64_t at, void *out, size_t len)
{
	for (unsigned i = 0; i < e->parts; i++) {
		const struct so_part *p = &e->part[i];

		if (at >= p->at && checked_range(at - p->at, len, p->filled))
			return file_read(e, p->offset + (at - p->at), out, len);
	}
	return so_fault(e, "it has no content at address 0x%lx", at);
}

/* ---- parts ---- */

/* All sections are in it: what was cut off would be the table of them, first. */
static bool whole(struct so_elf *e, const struct elf_header *h)
{
	const uint64_t sections = (uint64_t)h->shnum * h->shentsize;

	if (checked_range(h->shoff, sections, e->size))
		return true;
	return so_fault(e,
	                "it is cut off: it has %zu bytes, and sections at %lu",
	                e->size, h->shoff);
}

static bool header_read(struct so_elf *e, struct elf_header *h)
{
	static const uint8_t magic[] = { 0x7f, 'E', 'L', 'F', 2, 1, 1 };

	if (!file_read(e, 0, h, sizeof(*h)))
		return so_fault(e, "it is cut off: it has %zu bytes", e->size);
	if (memcmp(h->ident, magic, sizeof(magic)) != 0)
		return so_fault(e, "it is no ELF64 file");
	if (h->type != ELF_DYN || h->machine != ELF_X86_64)
		return so_fault(e, "it is no shared object for x86-64");
	if (h->phentsize != sizeof(struct elf_phdr) || h->phnum > PHDRS_MAX)
		return so_fault(e, "it has %u segments of %u bytes", h->phnum,
		                h->phentsize);
	return whole(e, h);
}

static bool part_sane(const struct so_elf *e, const struct elf_phdr *p)
{
	return p->filesz <= p->memsz &&
	       checked_range(p->offset, p->filesz, e->size) &&
	       checked_range(p->vaddr, p->memsz, SO_SPAN_MAX) &&
	       p->vaddr % KIF_PAGE == p->offset % KIF_PAGE &&
	       page_down(p->vaddr) >= e->span && p->flags & PF_R;
}

static bool part_add(struct so_elf *e, const struct elf_phdr *p)
{
	const bool write = p->flags & PF_W, run = p->flags & PF_X;

	if (!p->memsz)
		return true;
	if (!part_sane(e, p))
		return so_fault(e, "the segment at address 0x%lx is wrong",
		                p->vaddr);
	if (p->align > KIF_PAGE)
		return so_fault(e, "a segment is aligned to %lu", p->align);
	if (write ? run || e->data != SO_PARTS_MAX : p->filesz != p->memsz)
		return so_fault(e, "%s",
		                !write ? "a constant segment is cut off" :
		                run    ? "code can be written" :
		                         "it has two writable segments");
	if (e->parts == SO_PARTS_MAX || (!e->parts && page_down(p->vaddr)))
		return so_fault(e, "its segments are too many, or not at 0");
	if (write)
		e->data = e->parts;
	e->part[e->parts++] = (struct so_part){
		.at = p->vaddr,
		.size = p->memsz,
		.offset = p->offset,
		.filled = p->filesz,
		.writable = write,
		.executable = run,
	};
	e->span = page_up(p->vaddr + p->memsz);
	return true;
}

static bool phdr_take(struct so_elf *e, const struct elf_phdr *p,
                      struct so_table *dynamic)
{
	if (p->type == PT_LOAD)
		return part_add(e, p);
	if (p->type == PT_DYNAMIC)
		*dynamic = (struct so_table){ p->vaddr, p->filesz };
	else if (p->type == PT_GNU_RELRO)
		e->constant = (struct so_table){ p->vaddr, p->memsz };
	else if (p->type == PT_TLS)
		return so_fault(e, "it has thread-local variables");
	else if (p->type == PT_GNU_STACK && p->flags & PF_X)
		return so_fault(e, "it wants an executable stack");
	return true;
}

/* Whole pages of the writable part, from its first one on. */
static bool constant_fit(struct so_elf *e)
{
	struct so_table *c = &e->constant, data;

	if (!c->size || e->data == e->parts) {
		*c = (struct so_table){ 0, 0 };
		return true;
	}
	data = so_part_pages(&e->part[e->data]);
	if (page_down(c->at) != data.at ||
	    !checked_range(c->at - data.at, c->size, data.size))
		return so_fault(e, "what is constant once it is relocated is "
		                   "not where that begins");
	c->size = page_down(c->at + c->size) - data.at;
	c->at = data.at;
	return true;
}

static bool parts_read(struct so_elf *e, const struct elf_header *h,
                       struct so_table *dynamic)
{
	struct elf_phdr p;

	e->data = SO_PARTS_MAX;
	for (unsigned i = 0; i < h->phnum; i++) {
		if (h->phoff > e->size ||
		    !file_read(e, h->phoff + i * sizeof(p), &p, sizeof(p)))
			return so_fault(e, "it is cut off in its headers");
		if (!phdr_take(e, &p, dynamic))
			return false;
	}
	if (!e->parts)
		return so_fault(e, "it has no content");
	if (e->data == SO_PARTS_MAX)
		e->data = e->parts;
	return constant_fit(e);
}

/* ---- the dynamic section ---- */

/* All that is looked at there, the last one of each kind. */
struct dynamic {
	uint64_t value[DT_RELR + 1];
	uint64_t seen; /* a bit for each */
};

static const struct {
	unsigned tag;
	const char *why;
} refused[] = {
	{ DT_NEEDED, "it needs other libraries" },
	{ DT_INIT, "it has code to be run at its start" },
	{ DT_FINI, "it has code to be run at its end" },
	{ DT_INIT_ARRAY, "it has constructors" },
	{ DT_FINI_ARRAY, "it has destructors" },
	{ DT_REL, "it has relocations of type REL" },
	{ DT_RELR, "it has relocations of type RELR" },
	{ DT_TEXTREL, "its code has to be relocated" },
};

static bool dynamic_has(const struct dynamic *d, unsigned tag)
{
	return d->seen >> tag & 1;
}

static bool dynamic_collect(struct so_elf *e, struct so_table t,
                            struct dynamic *d)
{
	struct elf_dyn entry;

	for (uint64_t at = 0; at + sizeof(entry) <= t.size;
	     at += sizeof(entry)) {
		if (!so_elf_bytes(e, t.at + at, &entry, sizeof(entry)))
			return false;
		if (entry.tag == DT_NULL)
			break;
		if (entry.tag > DT_RELR)
			continue;
		d->value[entry.tag] = entry.value;
		d->seen |= UINT64_C(1) << entry.tag;
	}
	return true;
}

static bool dynamic_allowed(struct so_elf *e, const struct dynamic *d)
{
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		if (dynamic_has(d, refused[i].tag))
			return so_fault(e, "%s", refused[i].why);
	if (d->value[DT_FLAGS] & DF_TEXTREL)
		return so_fault(e, "its code has to be relocated");
	if (!dynamic_has(d, DT_HASH) || !dynamic_has(d, DT_SYMTAB) ||
	    !dynamic_has(d, DT_STRTAB))
		return so_fault(e, "it has no table of symbols: link with "
		                   "--hash-style=sysv");
	if (d->value[DT_SYMENT] != sizeof(struct elf_symbol) ||
	    (dynamic_has(d, DT_RELA) &&
	     d->value[DT_RELAENT] != sizeof(struct elf_rela)) ||
	    (dynamic_has(d, DT_JMPREL) && d->value[DT_PLTREL] != DT_RELA))
		return so_fault(e, "entries of its tables have a wrong size");
	return true;
}

/* A table of constants: the writable part may change while it is used. */
static bool table_sane(struct so_elf *e, struct so_table t, size_t entry,
                       const char *what)
{
	for (unsigned i = 0; i < e->parts; i++)
		if (!e->part[i].writable && t.at >= e->part[i].at &&
		    checked_range(t.at - e->part[i].at, t.size,
		                  e->part[i].filled) &&
		    t.size % entry == 0)
			return true;
	return (!t.size && !t.at) ||
	       so_fault(e, "its %s are at 0x%lx, %lu bytes", what, t.at,
	                t.size);
}

static bool tables_sane(struct so_elf *e)
{
	return table_sane(e, e->symbols, sizeof(struct elf_symbol),
	                  "symbols") &&
	       table_sane(e, e->strings, 1, "names") &&
	       table_sane(e, e->rela[0], sizeof(struct elf_rela),
	                  "relocations") &&
	       table_sane(e, e->rela[1], sizeof(struct elf_rela),
	                  "relocations of functions");
}

static bool dynamic_read(struct so_elf *e, struct so_table where)
{
	struct dynamic d = { .seen = 0 };
	struct elf_hash hash;

	if (!dynamic_collect(e, where, &d) || !dynamic_allowed(e, &d) ||
	    !so_elf_bytes(e, d.value[DT_HASH], &hash, sizeof(hash)))
		return false;
	e->symbols = (struct so_table){
		d.value[DT_SYMTAB],
		hash.symbols * sizeof(struct elf_symbol),
	};
	e->strings = (struct so_table){ d.value[DT_STRTAB], d.value[DT_STRSZ] };
	e->rela[0] = (struct so_table){ d.value[DT_RELA], d.value[DT_RELASZ] };
	e->rela[1] =
		(struct so_table){ d.value[DT_JMPREL], d.value[DT_PLTRELSZ] };
	return tables_sane(e);
}

bool so_elf_read(struct so_elf *e, const char *file, size_t size)
{
	struct so_table dynamic = { 0, 0 };
	struct elf_header h;

	*e = (struct so_elf){ .file = file, .size = size };
	return header_read(e, &h) && parts_read(e, &h, &dynamic) &&
	       dynamic_read(e, dynamic);
}
