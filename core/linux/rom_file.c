/* SPDX-License-Identifier: MIT */
/* ROM modules are host files: named ones first, then the search path. */

#include <stdio.h>
#include <string.h>

#include <core/core.h>

#include "host.h"

enum fief_err core_module_file(const char *name, struct kcore_ds **out)
{
	size_t len = strlen(name);
	enum fief_err e = FIEF_NOT_FOUND;
	char path[1024];

	for (const char **r = core_host.rom; *r; r++)
		if (!strncmp(*r, name, len) && (*r)[len] == '=')
			return kcore_ds_from_file(*r + len + 1, out);
	if (strchr(name, '/') || name[0] == '.')
		return FIEF_NOT_FOUND; /* a module is a plain name */
	for (const char **d = core_host.rom_dir; *d && e == FIEF_NOT_FOUND;
	     d++) {
		if ((size_t)snprintf(path, sizeof(path), "%s/%s", *d, name) >=
		    sizeof(path))
			return FIEF_TOO_LONG;
		e = kcore_ds_from_file(path, out);
	}
	return e;
}
