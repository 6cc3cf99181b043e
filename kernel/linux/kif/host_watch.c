/* SPDX-License-Identifier: MIT */
/* Watches in a granted directory: core adds them, see host/watch.c. */

#include "host.h"

#include <linux/inotify.h>

#include "backend.h"
#include "lock.h"
#include "mem.h"

static const struct {
	unsigned change;
	uint32_t mask;
} changes_table[] = {
	{ KIF_HOST_CONTENT, IN_MODIFY },
	{ KIF_HOST_META, IN_ATTRIB },
	{ KIF_HOST_ADDED, IN_CREATE | IN_MOVED_TO },
	{ KIF_HOST_REMOVED, IN_DELETE | IN_MOVED_FROM },
	{ KIF_HOST_GONE, IN_DELETE_SELF | IN_IGNORED | IN_UNMOUNT },
	{ KIF_HOST_UNKNOWN, IN_Q_OVERFLOW },
};

enum { CHANGES = sizeof(changes_table) / sizeof(changes_table[0]) };

static uint32_t mask_of(unsigned changes)
{
	uint32_t mask = IN_DELETE_SELF;

	for (unsigned i = 0; i < CHANGES; i++)
		if (changes & changes_table[i].change)
			mask |= changes_table[i].mask;
	return mask;
}

static unsigned changes_of(uint32_t mask)
{
	unsigned changes = 0;

	for (unsigned i = 0; i < CHANGES; i++)
		if (mask & changes_table[i].mask)
			changes |= changes_table[i].change;
	return changes;
}

static enum kif_host_err error_of(enum fief_err e)
{
	return e == FIEF_OK          ? KIF_HOST_OK :
	       e == FIEF_LIMIT       ? KIF_HOST_LIMIT :
	       e == FIEF_DENIED      ? KIF_HOST_DENIED :
	       e == FIEF_UNSUPPORTED ? KIF_HOST_UNSUPPORTED :
	                               KIF_HOST_INVALID;
}

static enum fief_err watch_locked(struct kif_pd *pd, struct kop *op)
{
	int fd[SOCK_FDS];
	enum fief_err e;

	op->size = !pd->watch_fd;
	e = kif_kop(pd, KOP_WATCH, op, NULL, 0);
	if (e || !op->b)
		return e;
	e = kif_take_held_locked(pd, op->b, fd);
	if (!e)
		pd->watch_fd = fd[0];
	return e;
}

enum kif_host_err kif_host_watch(kif_host_file file, unsigned changes,
                                 int32_t *watch)
{
	struct kif_pd *pd = kif_pd_self();
	struct kop op = { .a = (uint32_t)file, .b = mask_of(changes) };
	enum fief_err e;

	if (file < 0)
		return KIF_HOST_INVALID;
	kif_lock(pd);
	e = watch_locked(pd, &op);
	kif_unlock(pd);
	if (!e)
		*watch = (int32_t)op.a;
	return error_of(e);
}

enum kif_host_err kif_host_unwatch(int32_t watch)
{
	struct kop op = { .a = (uint32_t)watch };

	return error_of(kif_kop(kif_pd_self(), KOP_UNWATCH, &op, NULL, 0));
}

/* ---- events ---- */

/* One of the host's, to one of ours, which is shorter, in its place. */
static size_t event_translate(char *at)
{
	const struct inotify_event from = *(const struct inotify_event *)at;
	struct kif_host_event *to = (struct kif_host_event *)(void *)at;
	const char *name = at + sizeof(from);

	to->watch = from.wd;
	to->changes = changes_of(from.mask);
	to->pair = from.cookie;
	to->len = (uint16_t)(sizeof(from) + from.len);
	for (uint32_t i = 0; i < from.len; i++)
		to->name[i] = name[i];
	to->name[from.len] = '\0';
	return sizeof(from) + from.len;
}

enum kif_host_err kif_host_events(void *out, size_t len, size_t *got)
{
	const struct kif_pd *pd = kif_pd_self();
	long n;

	if (!pd->watch_fd)
		return KIF_HOST_AGAIN;
	n = sys_call3(__NR_read, pd->watch_fd, (long)out, (long)len);
	for (long at = 0; at < n;)
		at += (long)event_translate((char *)out + at);
	return kif_host_count(n, got);
}

enum kif_host_err kif_host_events_signal(fief_cap signal)
{
	const struct kif_pd *pd = kif_pd_self();

	if (!pd->watch_fd)
		return KIF_HOST_INVALID;
	return kif_host_ready(pd->watch_fd, false, signal);
}
