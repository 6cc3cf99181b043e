/* SPDX-License-Identifier: MIT */
/* ROM modules are host files: named ones first, then the search path. */

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include <core/core.h>

#include "host.h"

enum { NS = 1000000000 };

/* What is done with the path of a module. NOT_FOUND: try the next one. */
typedef enum fief_err use_path(const char *path, void *arg);

static enum fief_err find(const char *name, use_path *use, void *arg)
{
	size_t len = strlen(name);
	enum fief_err e = FIEF_NOT_FOUND;
	char path[1024];

	for (const char **r = core_host.rom; *r; r++)
		if (!strncmp(*r, name, len) && (*r)[len] == '=')
			return use(*r + len + 1, arg);
	if (strchr(name, '/') || name[0] == '.')
		return FIEF_NOT_FOUND; /* a module is a plain name */
	for (const char **d = core_host.rom_dir; *d && e == FIEF_NOT_FOUND;
	     d++) {
		if ((size_t)snprintf(path, sizeof(path), "%s/%s", *d, name) >=
		    sizeof(path))
			return FIEF_TOO_LONG;
		e = use(path, arg);
	}
	return e;
}

static enum fief_err copy(const char *path, void *out)
{
	return kcore_ds_from_file(path, out);
}

enum fief_err core_module_file(const char *name, struct kcore_ds **out)
{
	return find(name, copy, out);
}

/* ---- the state of a file ---- */

static uint64_t ns_of(const struct timespec *t)
{
	return (uint64_t)t->tv_sec * NS + (uint64_t)t->tv_nsec;
}

/* Time stamps advance in steps of the host's clock tick: a second change within
 * one would not show. */
static bool settled(uint64_t changed)
{
	struct timespec t;

	return !clock_gettime(CLOCK_REALTIME, &t) && ns_of(&t) > changed + NS;
}

static enum fief_err look(const char *path, void *arg)
{
	struct core_file_state *out = arg;
	struct stat st;

	if (stat(path, &st) || !S_ISREG(st.st_mode))
		return FIEF_NOT_FOUND;
	*out = (struct core_file_state){
		.device = st.st_dev,
		.node = st.st_ino,
		.bytes = (uint64_t)st.st_size,
		.changed = ns_of(&st.st_ctim),
		.written = ns_of(&st.st_mtim),
		.settled = settled(ns_of(&st.st_ctim)),
	};
	return FIEF_OK;
}

void core_module_state(const char *name, struct core_file_state *out)
{
	*out = (struct core_file_state){ 0 };
	if (find(name, look, out))
		out->settled = 0; /* there is none */
}
