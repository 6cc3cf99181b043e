/* SPDX-License-Identifier: MIT */
/* Must not compile: a log capability where a ROM capability is wanted. */
#include <session/log.h>
#include <session/rom.h>

enum fief_err misuse(struct log_cap log, bool *fits);
enum fief_err misuse(struct log_cap log, bool *fits)
{
	return rom_update(log, fits);
}
