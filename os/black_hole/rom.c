/* SPDX-License-Identifier: MIT */
/* ROM: each module is there, and empty. */

#include <fief/rom_server.h>
#include <session/rom.h>

#include "black_hole.h"

void black_rom(struct fief_service *s)
{
	/* A reader that sees no module. */
	*s = (struct fief_service){
		.name = ROM_SERVICE,
		.type = &rom_rpc_type,
		.ops = &fief_rom_reader_ops,
		.size = sizeof(struct fief_rom_reader),
		.fini = fief_rom_reader_fini,
	};
}
