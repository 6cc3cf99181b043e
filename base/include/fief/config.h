/* SPDX-License-Identifier: MIT */
/*
 * The component's configuration: ROM module "config" as a node tree. A
 * component that uses this links `expat_static` ('deps' in its meson.build).
 */
#pragma once

#include <fief/rom.h>
#include <lib/node.h>

struct fief_config {
	struct fief_rom rom;
	const char *name; /* borrowed: of the module */
	struct fief_arena_source source;
	struct arena arena;
	const struct node *root; /* NULL: there is none; valid until update */
};

/*
 * Open the module and parse it. A module that has no content is no error. A
 * malformed one is logged with its place and then INVALID. Other errors: those
 * of fief_rom_open, OUT_OF_RAM, LIMIT. Blocks on the ROM service.
 */
FIEF_MUST enum fief_err fief_config_open(struct fief_env *env,
                                         struct fief_config *c);

/*
 * Open module `name` (borrowed) without looking at its content: the tree is
 * empty until the first update. For nodes that come from elsewhere, which may
 * be malformed. Errors: those of fief_rom_open. Blocks on the ROM service.
 */
FIEF_MUST enum fief_err fief_config_open_named(struct fief_env *env,
                                               const char *name,
                                               struct fief_config *c);

/*
 * Parse the module's present content. On failure the old tree stays. To learn
 * when, pass &c->rom to fief_rom_sigh. Nodes of the tree before are gone.
 */
FIEF_MUST enum fief_err fief_config_update(struct fief_config *c);

/* No effect on a zero object. */
void fief_config_close(struct fief_config *c);
