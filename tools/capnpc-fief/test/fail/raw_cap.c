/* SPDX-License-Identifier: MIT */
/* Must not compile: an untyped capability where a typed one is wanted. */
#include <session/rom.h>

enum fief_err misuse(fief_cap cap, bool *fits);
enum fief_err misuse(fief_cap cap, bool *fits)
{
	return rom_update(cap, fits);
}
