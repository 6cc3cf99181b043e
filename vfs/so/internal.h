/* SPDX-License-Identifier: MIT */
/* Private parts of the loader of plugins. */
#pragma once

#include <fief/attached.h>
#include <fief/rom.h>
#include <lib/fmt.h>
#include <vfs/so/elf.h>

#include "elf_format.h"

/* Set elf->why. Returns false. */
bool so_fault(struct so_elf *, const char *format, ...) FIEF_PRINTF(2, 3);

/* ---- memory.c ---- */

/* An object in the address space. {0}: none. */
struct so_memory {
	struct fief_env *env;          /* borrowed */
	struct fief_session rm;        /* owned: of the map of its parts */
	struct fief_attached_ram data; /* owned: the writable part */
	char *base;                    /* owned mapping; NULL: none */
	size_t span;
};

/*
 * Map all parts of an object: constant ones of its ROM module, which has to stay
 * open, and memory for the writable one, zeroed, which is at data.addr, too. Errors:
 * those of sessions and memory.
 */
FIEF_MUST enum fief_err so_memory_map(struct so_memory *, struct fief_env *,
                                      const struct so_elf *,
                                      const struct fief_rom *);
void so_memory_unmap(struct so_memory *);
