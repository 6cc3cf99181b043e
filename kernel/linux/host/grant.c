/* SPDX-License-Identifier: MIT */
/* What of the host drivers are started with: a descriptor, and a zygote. */

#include "watch.h"

#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

static enum host_class class_of(enum kif_host_kind kind, bool writeable)
{
	static const enum host_class classes[KIF_HOST_KINDS][2] = {
		[KIF_HOST_DIR] = { CLASS_DIR_READ, CLASS_DIR_WRITE },
		[KIF_HOST_FILE] = { CLASS_FILE_READ, CLASS_FILE_WRITE },
		[KIF_HOST_TTY] = { CLASS_TTY, CLASS_TTY },
		[KIF_HOST_STREAM] = { CLASS_STREAM, CLASS_STREAM },
	};

	return classes[kind][writeable];
}

/* Of a directory that cannot be changed, the filter alone lets nobody out. */
static bool possible(enum host_class class)
{
	return class != CLASS_DIR_WRITE || host.landlock;
}

enum { PLACES = HOST_CLASSES + KCORE_GRANTS };

/* Its number, behind those of classes without a grant. */
static unsigned place_free(void)
{
	unsigned i = HOST_CLASSES;

	while (i < PLACES && host.zygote[i])
		i++;
	return i;
}

enum fief_err kcore_grant_create(enum kif_host_kind kind, bool writeable,
                                 int fd, struct kcore_grant **out)
{
	const enum host_class class = class_of(kind, writeable);
	const unsigned number = place_free();
	struct kcore_grant *g;

	if (!possible(class))
		return FIEF_UNSUPPORTED;
	g = number < PLACES ? calloc(1, sizeof(*g)) : NULL;
	if (!g)
		return FIEF_LIMIT;
	g->zygote.number = number;
	g->zygote.class = class;
	g->zygote.grant = fd;
	g->zygote.sock = g->zygote.listener = -1;
	if (kind == KIF_HOST_DIR)
		host_watch_prepare(&g->zygote);
	host.zygote[number] = &g->zygote;
	if (number >= host.nzygotes)
		host.nzygotes = number + 1;
	*out = g;
	return FIEF_OK;
}

static void grant_free(struct host_zygote *z)
{
	free((void *)((char *)z - offsetof(struct kcore_grant, zygote)));
}

void kcore_grant_destroy(struct kcore_grant *g)
{
	struct host_zygote *z = &g->zygote;

	host.zygote[z->number] = NULL;
	close(z->grant);
	z->grant = -1;
	z->ended = true;
	z->pds++; /* it must not go with the last of them before that */
	host_zygote_end(z);
	host_zygote_left(z);
}

void host_zygote_left(struct host_zygote *z)
{
	z->pds--;
	if (z->ended && !z->pds)
		grant_free(z);
}

struct host_zygote *host_zygote_of(uint64_t tag)
{
	const uint32_t number = (uint32_t)tag;

	return number < host.nzygotes ? host.zygote[number] : NULL;
}
