/* SPDX-License-Identifier: MIT */
/* The configuration file of a running system. */

#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util.h"
#include "watch.h"

enum {
	SETTLE_MS = 50, /* an editor may do several things at once */
	NS = 1000000000,
};

/* Its folder is watched, for an editor may put another file in its place. */
static bool watch_folder(struct watch *w, const char *path)
{
	char *copy = util_text("%s", path);
	int wd = inotify_add_watch(w->fd, dirname(copy),
	                           IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE |
	                                   IN_ONLYDIR);

	free(copy);
	return wd >= 0;
}

/* If it is a link, the folder that it leads to as well. */
static bool watch_folders(struct watch *w)
{
	char *real = realpath(w->file, NULL);
	bool ok = watch_folder(w, w->file);

	if (ok && real)
		ok = watch_folder(w, real);
	free(real);
	return ok;
}

/* False if it is as before, or no file at the moment. */
static bool changed(struct watch *w)
{
	struct stat st;

	if (stat(w->file, &st) || !S_ISREG(st.st_mode))
		return false;
	if (w->state.device == st.st_dev && w->state.node == st.st_ino &&
	    w->state.bytes == (uint64_t)st.st_size &&
	    w->state.changed == (uint64_t)st.st_ctim.tv_sec * NS +
	                                (uint64_t)st.st_ctim.tv_nsec)
		return false;
	w->state.device = st.st_dev;
	w->state.node = st.st_ino;
	w->state.bytes = (uint64_t)st.st_size;
	w->state.changed =
		(uint64_t)st.st_ctim.tv_sec * NS + (uint64_t)st.st_ctim.tv_nsec;
	return true;
}

void watch_open(struct watch *w, struct system_file *f)
{
	*w = (struct watch){ .fd = -1, .due = UTIL_NEVER };
	if (!f || !strcmp(f->file, "-"))
		return;
	w->file = f->file;
	w->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (w->fd < 0 || !watch_folders(w)) {
		util_error("cannot watch \"%s\": %s; `fief reload` makes the "
		           "system read it again",
		           w->file, strerror(errno));
		util_close(&w->fd);
		return;
	}
	/* It may have changed since it was read: look once more. */
	w->state.bytes = UINT64_MAX;
	w->due = util_now_ms();
	if (system_file_text(f, &w->seen))
		util_close(&w->fd);
}

void watch_close(struct watch *w)
{
	util_close(&w->fd);
	free(w->seen.bytes);
	w->seen.bytes = NULL;
}

void watch_readable(struct watch *w)
{
	char events[4096] __attribute__((aligned(8)));

	while (read(w->fd, events, sizeof(events)) > 0)
		w->due = util_now_ms() + SETTLE_MS;
}

/* What was changed by commands meanwhile is not in the file. */
static void tell_lost(const struct watch *w, const struct requests *r)
{
	const struct history_entry *now = history_last(&r->live.history);

	if (now && (now->len != w->seen.len ||
	            memcmp(now->text, w->seen.bytes, now->len) != 0))
		util_error("\"%s\" replaces what was changed by others (%s); "
		           "`fief rollback` brings that back",
		           w->file, now->origin);
}

static void take(struct watch *w, struct requests *r,
                 const struct config_text *t)
{
	char *origin = util_text("%s was saved", w->file);

	tell_lost(w, r);
	free(w->seen.bytes);
	w->seen = *t;
	requests_apply(r, origin, t->bytes, t->len);
	free(origin);
}

static void look(struct watch *w, struct requests *r)
{
	struct config_text t;

	if (config_text_read(w->file, &t))
		return;
	if (t.len == w->seen.len && !memcmp(t.bytes, w->seen.bytes, t.len)) {
		free(t.bytes);
	} else if (system_file_check(r->live.config, &t)) {
		util_error("the system goes on as it is");
		free(t.bytes);
	} else {
		take(w, r, &t);
	}
}

int64_t watch_step(struct watch *w, struct requests *r)
{
	if (w->fd < 0 || w->due == UTIL_NEVER || util_now_ms() < w->due)
		return w->due;
	w->due = UTIL_NEVER;
	watch_folders(w); /* a link may lead elsewhere by now */
	if (changed(w))
		look(w, r);
	return UTIL_NEVER;
}
