/* SPDX-License-Identifier: MIT */
/*
 * A shared object as bytes: what is in it, checked, and its relocation. The bytes
 * may be any, and others at each look: each number is copied, then checked, then
 * used. What its code does is not looked at.
 *
 * It is ELF64 for x86-64, of type DYN: constant parts, at most one writable one, and
 * relocations RELATIVE, GLOB_DAT, JUMP_SLOT and 64 there. No other libraries, no
 * constructors, no thread-local variables.
 *
 * An address is one before the base is added: 0 is the first byte of the first page.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <fief/compiler.h>

enum {
	SO_PARTS_MAX = 8,
	SO_NAME_MAX = 63, /* bytes of a symbol's name */
	SO_WHY_MAX = 96,
	SO_SPAN_MAX = 256 << 20,
};

struct so_part {
	uint64_t at, size;       /* addresses */
	uint64_t offset, filled; /* from the file; the rest is zeros */
	bool writable, executable;
};

struct so_table {
	uint64_t at, size;
};

struct so_elf {
	const char *file; /* borrowed */
	size_t size;
	struct so_part part[SO_PARTS_MAX]; /* in order; no page is of two */
	unsigned parts;
	unsigned data; /* the writable part; `parts`: there is none */
	uint64_t span; /* bytes of address space, whole pages */
	struct so_table constant; /* of the writable part, after relocation */
	struct so_table symbols, strings, rela[2];
	char why[SO_WHY_MAX]; /* what is wrong, after a failure */
};

/* What an object may use of the program that loads it, in order of names. */
struct so_import {
	const char *name;
	uintptr_t at;
};

struct so_imports {
	const struct so_import *table;
	size_t count;
};

/* Look at a file. False: it cannot be loaded; elf->why. */
FIEF_MUST bool so_elf_read(struct so_elf *, const char *file, size_t size);

/* Address of a constant or variable of at least `size` bytes that it exports. */
FIEF_MUST bool so_elf_find(struct so_elf *, const char *name, size_t size,
                           uint64_t *at);

/* `len` bytes as the file has them, before relocation. */
FIEF_MUST bool so_elf_bytes(struct so_elf *, uint64_t at, void *out,
                            size_t len);

/* Are `len` bytes at `at` in one of its parts? */
bool so_elf_has(const struct so_elf *, uint64_t at, uint64_t len);

/* Whole pages of a part: the address of the first, and their bytes. */
struct so_table so_part_pages(const struct so_part *);

/*
 * Make the writable part as it is at `base`, in zeroed memory for its pages. False:
 * a relocation is wrong, or an import is not there; elf->why.
 */
FIEF_MUST bool so_elf_relocate(struct so_elf *, uint64_t base, char *memory,
                               const struct so_imports *);
