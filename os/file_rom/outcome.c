/* SPDX-License-Identifier: MIT */
/* What came of reading a file, for its client and for the log. */

#include <fief/kif_table.h>
#include <fief/log.h>
#include <lib/rate_limit.h>

#include "load.h"

enum { WARNINGS = 8 };

static const uint64_t WARNINGS_NS = 10000000000;

static const char *reason(const struct load *l, enum fief_err e)
{
	if (e == FIEF_LIMIT)
		return "there is no room for a file of that size";
	if (e == FIEF_AGAIN)
		return "it changes while it is read, again and again";
	if (e != FIEF_NOT_FOUND)
		return fief_err_text(e);
	if (l->why == VFS_AT_LINK)
		return "there is a symbolic link, which only a root \"/\" "
		       "follows";
	return vfs_err_text(l->why);
}

static bool missing(const struct load *l, enum fief_err e)
{
	return e == FIEF_NOT_FOUND &&
	       (l->why == VFS_NOT_FOUND || l->why == VFS_NOT_DIR);
}

struct stamp load_seen(const struct load *l, enum fief_err e,
                       const struct stamp *followed)
{
	if (!e)
		return l->stamp;
	return missing(l, e) || e == FIEF_AGAIN ? (struct stamp){ 0 } :
	                                          *followed;
}

void load_log(const struct load *l, enum fief_err e, const char *path)
{
	static struct rate_limit limit;

	if (!missing(l, e) &&
	    rate_limit_take(&limit, WARNINGS, WARNINGS_NS, fief_kif->time()))
		fief_warning("\"%s\": %s", path, reason(l, e));
}
