/* SPDX-License-Identifier: MIT */
/* What of ELF64 is used here: https://refspecs.linuxfoundation.org/elf/gabi4+/ */
#pragma once

#include <stdint.h>

#define ELF_IDENT "\177ELF\2\1\1"
enum {
	ELF_IDENT_BYTES = 7,
	ELF_EXEC = 2,
	ELF_DYN = 3,
	ELF_X86_64 = 62,
	ELF_LOAD = 1,
	ELF_INTERP = 3,
	ELF_X = 1,
	ELF_W = 2,
	ELF_R = 4,
};

struct elf_header {
	uint8_t ident[16];
	uint16_t type, machine;
	uint32_t version;
	uint64_t entry, segments_at, sections_at;
	uint32_t flags;
	uint16_t bytes, segment_bytes, segments, section_bytes, sections, names;
};

struct elf_segment {
	uint32_t type, flags;
	uint64_t offset, at, physical, file_bytes, bytes, align;
};

_Static_assert(sizeof(struct elf_header) == 64, "ELF64");
_Static_assert(sizeof(struct elf_segment) == 56, "ELF64");
