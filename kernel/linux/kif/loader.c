/* SPDX-License-Identifier: MIT */
/* Loading the component's ELF file into its own PD. */

#include "loader.h"

#include "backend.h"
#include "lock.h"
#include "mem.h"
#include "sys.h"
#include <kernel/linux/abi/layout.h>

enum {
	PROT_R = 1,
	PROT_W = 2,
	PROT_X = 4,
	SHARED_FIXED = 0x11,
	PT_LOAD = 1,
	PF_X = 1,
	PF_W = 2,
	ET_EXEC = 2,
	EM_X86_64 = 62,
	PHDRS_MAX = 8,
};

struct elf_header {
	uint8_t ident[16];
	uint16_t type, machine;
	uint32_t version;
	uint64_t entry, phoff, shoff;
	uint32_t flags;
	uint16_t ehsize, phentsize, phnum, shentsize, shnum, shstrndx;
};

struct elf_phdr {
	uint32_t type, flags;
	uint64_t offset, vaddr, paddr, filesz, memsz, align;
};

struct load {
	struct kif_pd *pd;
	int binary, boot;
	uint64_t size;
	size_t boot_used; /* of the data part of the boot dataspace */
};

static uint64_t page_up(uint64_t v)
{
	return (v + KIF_PAGE - 1) & ~(uint64_t)(KIF_PAGE - 1);
}

static bool phdr_sane(const struct load *l, const struct elf_phdr *p)
{
	return p->vaddr >= LAYOUT_IMAGE && p->vaddr < LAYOUT_IMAGE_END &&
	       p->memsz <= LAYOUT_IMAGE_END - p->vaddr &&
	       p->filesz <= p->memsz && p->offset <= l->size &&
	       p->filesz <= l->size - p->offset &&
	       p->vaddr % KIF_PAGE == p->offset % KIF_PAGE;
}

static enum fief_err load_constant(const struct load *l,
                                   const struct elf_phdr *p)
{
	uint64_t skew = p->vaddr % KIF_PAGE;
	int prot = PROT_R | (p->flags & PF_X ? PROT_X : 0);
	long at = (long)(p->vaddr - skew);

	if (!p->filesz || p->memsz != p->filesz)
		return p->memsz ? FIEF_INVALID : FIEF_OK;
	return sys_mmap((void *)at, page_up(p->filesz + skew), prot,
	                SHARED_FIXED, l->binary, p->offset - skew) == at ?
	               FIEF_OK :
	               FIEF_OUT_OF_RAM;
}

/* Memory for a writable segment: from the boot dataspace while it lasts. */
static enum fief_err load_memory(struct load *l, uint64_t at, uint64_t bytes)
{
	size_t off = LAYOUT_BOOT_STATE + LAYOUT_BOOT_STACK + l->boot_used;
	struct kop op = { .size = bytes };
	int fd[SOCK_FDS];
	enum fief_err e;
	long r;

	if (bytes <= LAYOUT_BOOT_DATA - l->boot_used) {
		l->boot_used += bytes;
		r = sys_mmap((void *)at, bytes, PROT_R | PROT_W, SHARED_FIXED,
		             l->boot, off);
		return r == (long)at ? FIEF_OK : FIEF_OUT_OF_RAM;
	}
	e = kif_kop(l->pd, KOP_HEAP, &op, NULL, 0);
	if (e)
		return e;
	kif_lock(l->pd);
	e = kif_take_fds_locked(l->pd, op.a, fd);
	kif_unlock(l->pd);
	if (e)
		return e;
	r = sys_mmap((void *)at, bytes, PROT_R | PROT_W, SHARED_FIXED, fd[0],
	             0);
	sys_close(fd[0]);
	return r == (long)at ? FIEF_OK : FIEF_OUT_OF_RAM;
}

static enum fief_err load_writable(struct load *l, const struct elf_phdr *p)
{
	uint64_t skew = p->vaddr % KIF_PAGE;
	uint64_t at = p->vaddr - skew;
	uint64_t bytes = page_up(p->memsz + skew);
	uint64_t file = page_up(p->filesz + skew);
	char *scratch = (char *)LAYOUT_SCRATCH;
	enum fief_err e;

	if (p->flags & PF_X)
		return FIEF_INVALID; /* code must not be writable */
	e = load_memory(l, at, bytes);
	if (e || !p->filesz)
		return e;
	if (sys_mmap(scratch, file, PROT_R, SHARED_FIXED, l->binary,
	             p->offset - skew) != (long)scratch)
		return FIEF_OUT_OF_RAM;
	memcpy((void *)p->vaddr, scratch + skew, p->filesz);
	sys_munmap(scratch, file);
	return FIEF_OK;
}

static bool header_sane(const struct load *l, const struct elf_header *h)
{
	static const uint8_t magic[6] = { 0x7f, 'E', 'L', 'F', 2, 1 };

	for (unsigned i = 0; i < sizeof(magic); i++)
		if (h->ident[i] != magic[i])
			return false;
	return h->type == ET_EXEC && h->machine == EM_X86_64 &&
	       h->phentsize == sizeof(struct elf_phdr) &&
	       h->phnum <= PHDRS_MAX && h->phoff <= KIF_PAGE &&
	       h->phoff + h->phnum * sizeof(struct elf_phdr) <= KIF_PAGE &&
	       h->phoff + h->phnum * sizeof(struct elf_phdr) <= l->size &&
	       h->entry >= LAYOUT_IMAGE && h->entry < LAYOUT_IMAGE_END;
}

enum fief_err kif_load(struct kif_pd *pd, int binary, uint64_t size, int boot,
                       kif_entry *entry)
{
	struct load l = {
		.pd = pd, .binary = binary, .boot = boot, .size = size
	};
	struct elf_phdr ph[PHDRS_MAX];
	char *scratch = (char *)LAYOUT_SCRATCH;
	enum fief_err e = FIEF_OK;
	struct elf_header h;

	if (size < sizeof(h) ||
	    sys_mmap(scratch, KIF_PAGE, PROT_R, SHARED_FIXED, binary, 0) !=
	            (long)scratch)
		return FIEF_INVALID;
	memcpy(&h, scratch, sizeof(h));
	if (!header_sane(&l, &h)) {
		sys_munmap(scratch, KIF_PAGE);
		return FIEF_INVALID;
	}
	memcpy(ph, scratch + h.phoff, h.phnum * sizeof(*ph));
	sys_munmap(scratch, KIF_PAGE);
	for (unsigned i = 0; i < h.phnum && !e; i++) {
		if (ph[i].type != PT_LOAD || !ph[i].memsz)
			continue;
		if (!phdr_sane(&l, &ph[i]))
			e = FIEF_INVALID;
		else if (ph[i].flags & PF_W)
			e = load_writable(&l, &ph[i]);
		else
			e = load_constant(&l, &ph[i]);
	}
	if (!e)
		*entry = (kif_entry)h.entry;
	return e;
}
