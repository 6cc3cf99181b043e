/* SPDX-License-Identifier: MIT */
/* Where the parts of Fief lie. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "layout.h"
#include "util.h"

/* Paths below a base folder. */
struct shape {
	const char *core, *kif, *rom, *tour, *mount;
};

static const struct shape build_tree = { "core/core", "kernel/linux/kif", "rom",
	                                 "tools/fief/tour",
	                                 "tools/fief/mount/fief-mount" };
static const struct shape installed = { "core", "kif", "rom", "tour",
	                                "fief-mount" };

static bool join(char *out, const char *base, const char *path)
{
	return (size_t)snprintf(out, PATH_MAX, "%s/%s", base, path) < PATH_MAX;
}

static bool fits(struct layout *l, const char *base, const struct shape *s)
{
	char root[PATH_MAX];

	return realpath(base, root) && join(l->core, root, s->core) &&
	       join(l->kif, root, s->kif) && join(l->rom, root, s->rom) &&
	       join(l->tour, root, s->tour) && join(l->mount, root, s->mount) &&
	       !access(l->core, X_OK) && !access(l->kif, X_OK);
}

/* The folder that this program lies in. */
static bool own_folder(char *out)
{
	ssize_t n = readlink("/proc/self/exe", out, PATH_MAX - 1);

	if (n < 0)
		return false;
	out[n] = '\0';
	*strrchr(out, '/') = '\0';
	return true;
}

bool layout_find(struct layout *l)
{
	const char *libexec = getenv("FIEF_LIBEXEC");
	char own[PATH_MAX], base[PATH_MAX + 32];

	if (libexec && *libexec) {
		if (fits(l, libexec, &installed) ||
		    fits(l, libexec, &build_tree))
			return true;
		util_error("FIEF_LIBEXEC is \"%s\", but there is neither core "
		           "and kif nor core/core and kernel/linux/kif; unset "
		           "it or name the right folder",
		           libexec);
		return false;
	}
	if (!own_folder(own)) {
		util_error("cannot find the program's own folder: /proc is "
		           "not mounted; set FIEF_LIBEXEC to the folder of "
		           "core and kif");
		return false;
	}
	snprintf(base, sizeof(base), "%s/../..", own);
	if (fits(l, base, &build_tree))
		return true;
	snprintf(base, sizeof(base), "%s/../libexec/fief", own);
	if (fits(l, base, &installed))
		return true;
	util_error("core and kif are neither in the build folder of %s nor in "
	           "%s; build everything with ./dev build, or set FIEF_LIBEXEC "
	           "to their folder",
	           own, base);
	return false;
}
