/* SPDX-License-Identifier: MIT */
/* Must not compile with -Werror: the result of a call is ignored. */
#include <session/rom.h>

void misuse(struct rom_cap rom, bool *fits);
void misuse(struct rom_cap rom, bool *fits)
{
	rom_update(rom, fits);
}
