/* SPDX-License-Identifier: MIT */
/*
 * Serving ROM modules whose content changes. Each client works on a copy of
 * its own, paid from its donation, that changes only when it asks: a module
 * can change at any time without disturbing anybody.
 */
#pragma once

#include <fief/attached.h>
#include <fief/root.h>
#include <lib/list.h>

struct rom_ops;

struct fief_rom_module {
	const char *data; /* borrowed: present content, or NULL */
	size_t size;
	struct list readers; /* borrowed: sessions of this module */
};

/* Session object of a ROM service; may be extended. */
struct fief_rom_reader {
	struct fief_service_session base;
	struct list_elem elem;
	struct fief_rom_module *module; /* borrowed; NULL: empty */
	struct fief_attached_ram copy;  /* what the client maps */
	fief_cap sigh;                  /* owned */
};

/* Operations of a ROM service with such session objects. */
extern const struct rom_ops fief_rom_reader_ops;

/* Change the content and tell the readers. `data` stays until the next change;
 * NULL: the module is empty. */
void fief_rom_module_set(struct fief_rom_module *m, const char *data,
                         size_t size);

/* Let a reader see another module from now on; NULL: none. Signals it unless
 * it is the one it saw before. */
void fief_rom_reader_select(struct fief_rom_reader *r,
                            struct fief_rom_module *m);

/* Release what a reader holds; `fini` of the service, or called by it. */
void fief_rom_reader_fini(struct fief_service_session *s);
