/* SPDX-License-Identifier: MIT */
/* ELF64 as far as objects that are loaded have it; System V ABI, AMD64 supplement. */
#pragma once

#include <stdint.h>

struct elf_header {
	uint8_t ident[16];
	uint16_t type, machine;
	uint32_t version;
	uint64_t entry, phoff, shoff;
	uint32_t flags;
	uint16_t ehsize, phentsize, phnum, shentsize, shnum, shstrndx;
};

enum { ELF_DYN = 3, ELF_X86_64 = 62 };

struct elf_phdr {
	uint32_t type, flags;
	uint64_t offset, vaddr, paddr, filesz, memsz, align;
};

enum {
	PT_LOAD = 1,
	PT_DYNAMIC = 2,
	PT_TLS = 7,
	PT_GNU_STACK = 0x6474e551,
	PT_GNU_RELRO = 0x6474e552,
};

enum { PF_X = 1, PF_W = 2, PF_R = 4 };

struct elf_dyn {
	uint64_t tag, value;
};

enum {
	DT_NULL = 0,
	DT_NEEDED = 1,
	DT_PLTRELSZ = 2,
	DT_HASH = 4,
	DT_STRTAB = 5,
	DT_SYMTAB = 6,
	DT_RELA = 7,
	DT_RELASZ = 8,
	DT_RELAENT = 9,
	DT_STRSZ = 10,
	DT_SYMENT = 11,
	DT_INIT = 12,
	DT_FINI = 13,
	DT_REL = 17,
	DT_PLTREL = 20,
	DT_TEXTREL = 22,
	DT_JMPREL = 23,
	DT_INIT_ARRAY = 25,
	DT_FINI_ARRAY = 26,
	DT_FLAGS = 30,
	DT_RELR = 36,
};

enum { DF_TEXTREL = 4 };

struct elf_hash {
	uint32_t buckets, symbols;
};

struct elf_symbol {
	uint32_t name;
	uint8_t info, other;
	uint16_t section;
	uint64_t value, size;
};

enum {
	STT_NOTYPE = 0,
	STT_OBJECT = 1,
	STT_FUNC = 2,
	SHN_UNDEF = 0,
	SHN_RESERVED = 0xff00, /* from here on */
};

struct elf_rela {
	uint64_t offset;
	uint32_t type, symbol; /* together they are `info` */
	int64_t addend;
};

enum {
	R_X86_64_64 = 1,
	R_X86_64_GLOB_DAT = 6,
	R_X86_64_JUMP_SLOT = 7,
	R_X86_64_RELATIVE = 8,
};
