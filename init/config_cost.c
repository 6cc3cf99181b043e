/* SPDX-License-Identifier: MIT */
/* What the inline config of a child costs it. */

#include "config.h"

#include <fief/kif.h>
#include <lib/node_gen.h>

size_t config_rom_bytes(size_t len)
{
	return (len + KIF_PAGE) & ~(size_t)(KIF_PAGE - 1);
}

enum fief_err config_rom_len(const struct node *config, size_t *len)
{
	enum fief_err e = node_gen_document(config, NULL, 0, len);

	return e == FIEF_TOO_LONG ? FIEF_OK : e;
}

enum fief_err config_rom_cost(const struct node *config, uint64_t *ram,
                              uint64_t *caps)
{
	enum fief_err e;
	size_t len;

	*ram = *caps = 0;
	if (!config)
		return FIEF_OK;
	e = config_rom_len(config, &len);
	if (e)
		return e;
	*ram = config_rom_bytes(len);
	*caps = 2; /* dataspace and ROM object */
	return FIEF_OK;
}
