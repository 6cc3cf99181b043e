/* SPDX-License-Identifier: MIT */
/* What of the host drivers are started with: a descriptor, and a zygote. */

#include "watch.h"

#include <stdlib.h>

static enum host_class class_of(enum kif_host_kind kind, bool writeable)
{
	static const enum host_class classes[KIF_HOST_KINDS][2] = {
		[KIF_HOST_DIR] = { CLASS_DIR_READ, CLASS_DIR_WRITE },
		[KIF_HOST_FILE] = { CLASS_FILE_READ, CLASS_FILE_WRITE },
		[KIF_HOST_TTY] = { CLASS_TTY, CLASS_TTY },
	};

	return classes[kind][writeable];
}

/* Of a directory that cannot be changed, the filter alone lets nobody out. */
static bool possible(enum host_class class)
{
	return class != CLASS_DIR_WRITE || host.landlock;
}

enum fief_err kcore_grant_create(enum kif_host_kind kind, bool writeable,
                                 int fd, struct kcore_grant **out)
{
	const enum host_class class = class_of(kind, writeable);
	struct kcore_grant *g;

	if (!possible(class))
		return FIEF_UNSUPPORTED;
	g = host.nzygotes <= KCORE_GRANTS ? calloc(1, sizeof(*g)) : NULL;
	if (!g)
		return FIEF_LIMIT;
	g->zygote.number = host.nzygotes;
	g->zygote.class = class;
	g->zygote.grant = fd;
	g->zygote.sock = g->zygote.listener = -1;
	if (kind == KIF_HOST_DIR)
		host_watch_prepare(&g->zygote);
	host.zygote[host.nzygotes++] = &g->zygote;
	*out = g;
	return FIEF_OK;
}

struct host_zygote *host_zygote_of(uint64_t tag)
{
	return host.zygote[(uint32_t)tag];
}
