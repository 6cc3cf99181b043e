/* SPDX-License-Identifier: MIT */
/*
 * What may wait as long as it likes: streams. The answer comes late, and others
 * are served meanwhile. Who does not want to wait any more interrupts it.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

#include <fief/compiler.h>

#include "mount.h"
#include <tools/fief/util.h>

struct waiting {
	struct p9_late late;
	struct list_elem link;
	fuse_req_t request;
	struct handle *handle;
	struct fuse_file_info info; /* of an open */
	size_t len;
	bool interrupted, given_up;
};

static struct waiting *waiting_make(fuse_req_t r, struct handle *h, size_t len,
                                    void (*done)(struct p9_late *, int,
                                                 struct p9_in *))
{
	struct waiting *w = util_alloc(sizeof(*w));

	w->late.done = done;
	w->request = r;
	w->handle = h;
	w->len = len < P9_LATE_BYTES ? len : P9_LATE_BYTES;
	list_add_last(&mount_of(r)->waiting, &w->link);
	return w;
}

static void waiting_free(struct waiting *w)
{
	fuse_req_interrupt_func(w->request, NULL, NULL);
	list_remove(&w->link);
}

/* Not at once: it is called in the middle of something. */
static void interrupted(fuse_req_t r, void *arg)
{
	struct waiting *w = arg;

	(void)r;
	w->interrupted = true;
}

/* The request was made, or it was not. */
static void begun(struct waiting *w, int e)
{
	if (e)
		w->late.done(&w->late, e, NULL);
	else
		fuse_req_interrupt_func(w->request, interrupted, w);
}

/* ---- opening ---- */

/* Nothing can be asked here, so it is closed later. */
static void orphan(struct mount *m, struct handle *h)
{
	list_remove(&h->in_node);
	list_add_last(&m->orphans, &h->in_node);
}

static void opened(struct p9_late *l, int e, struct p9_in *a)
{
	struct waiting *w = FIEF_CONTAINER_OF(l, struct waiting, late);
	struct mount *m = mount_of(w->request);

	(void)a;
	waiting_free(w);
	if (e)
		fuse_reply_err(w->request, mount_errno(e));
	if (e || fuse_reply_open(w->request, &w->info) == -ENOENT)
		orphan(m, w->handle);
	free(w);
}

void stream_open(fuse_req_t r, struct handle *h,
                 const struct fuse_file_info *fi)
{
	struct waiting *w = waiting_make(r, h, 0, opened);

	w->info = *fi;
	begun(w, p9_open_late(p9_of(r), &w->late, h->fid,
	                      (uint32_t)fi->flags &
	                              (O_ACCMODE | O_APPEND | O_NONBLOCK)));
}

/* ---- bytes ---- */

static void was_read(struct p9_late *l, int e, struct p9_in *a)
{
	struct waiting *w = FIEF_CONTAINER_OF(l, struct waiting, late);
	const void *bytes = NULL;
	size_t got = 0;

	waiting_free(w);
	if (!e)
		e = p9_late_read(a, w->len, &bytes, &got);
	if (e)
		fuse_reply_err(w->request, mount_errno(e));
	else
		fuse_reply_buf(w->request, bytes, got);
	free(w);
}

void stream_read(fuse_req_t r, struct handle *h, size_t len, off_t off)
{
	struct waiting *w = waiting_make(r, h, len, was_read);

	begun(w,
	      p9_read_late(p9_of(r), &w->late, h->fid, (uint64_t)off, w->len));
}

static void was_written(struct p9_late *l, int e, struct p9_in *a)
{
	struct waiting *w = FIEF_CONTAINER_OF(l, struct waiting, late);
	size_t got = 0;

	waiting_free(w);
	if (!e)
		e = p9_late_written(a, w->len, &got);
	if (e)
		fuse_reply_err(w->request, mount_errno(e));
	else
		fuse_reply_write(w->request, got);
	free(w);
}

void stream_write(fuse_req_t r, struct handle *h, const char *from, size_t len,
                  off_t off)
{
	struct waiting *w = waiting_make(r, h, len, was_written);

	begun(w, p9_write_late(p9_of(r), &w->late, h->fid, (uint64_t)off, from,
	                       w->len));
}

/* ---- ending ---- */

/* One that ends may take others with it: begin anew. */
static struct waiting *to_give_up(struct mount *m)
{
	LIST_FOR_EACH(w, &m->waiting, struct waiting, link)
		if (w->interrupted && !w->given_up)
			return w;
	return NULL;
}

void waiting_tidy(struct mount *m)
{
	struct waiting *w;
	struct handle *h;

	while (!m->look.p9.broken && (w = to_give_up(m))) {
		w->given_up = true;
		(void)p9_flush(&m->look.p9, &w->late); /* or all is over */
	}
	while ((h = LIST_FIRST(&m->orphans, struct handle, in_node)))
		handle_free(m, h);
}

void waiting_end(struct mount *m)
{
	p9_late_end(&m->look.p9);
	waiting_tidy(m);
}
