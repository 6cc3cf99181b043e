/* SPDX-License-Identifier: MIT */
/* Locks of ranges (fcntl), which components respect, too. */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

#include "mount.h"
#include <tools/fief/util.h>

/* One that somebody waits for: the server says no at once, and is asked again. */
struct locking {
	struct list_elem link;
	fuse_req_t request;
	uint32_t fid;
	struct node *node;
	struct p9_lock lock;
	bool interrupted;
};

static uint8_t type_of(short type)
{
	return type == F_RDLCK ? P9_LOCK_SHARED :
	       type == F_WRLCK ? P9_LOCK_EXCLUSIVE :
	                         P9_LOCK_NONE;
}

static struct p9_lock lock_of(const struct fuse_file_info *fi,
                              const struct flock *f)
{
	struct p9_lock l = { .type = type_of(f->l_type),
		             .start = (uint64_t)f->l_start,
		             .length = (uint64_t)f->l_len };

	/* The kernel's number for who it is; processes are of no matter. */
	snprintf(l.owner, sizeof(l.owner), "%llx",
	         (unsigned long long)fi->lock_owner);
	return l;
}

/* ---- asking ---- */

void do_getlk(fuse_req_t r, fuse_ino_t number, struct fuse_file_info *fi,
              struct flock *f)
{
	struct p9_lock l = lock_of(fi, f);
	int e = p9_lock_test(p9_of(r), handle_of(fi)->fid, &l);

	(void)number;
	if (!e && (l.start > INT64_MAX || l.length > INT64_MAX))
		e = EIO;
	if (e) {
		fuse_reply_err(r, mount_errno(e));
		return;
	}
	f->l_type = l.type == P9_LOCK_SHARED    ? F_RDLCK :
	            l.type == P9_LOCK_EXCLUSIVE ? F_WRLCK :
	                                          F_UNLCK;
	f->l_start = (off_t)l.start;
	f->l_len = (off_t)l.length;
	f->l_pid = 0; /* it is none of here */
	fuse_reply_lock(r, f);
}

/* ---- taking ---- */

static void interrupted(fuse_req_t r, void *arg)
{
	struct locking *l = arg;

	(void)r;
	l->interrupted = true;
}

static void wait_for_lock(fuse_req_t r, const struct handle *h,
                          const struct p9_lock *lock)
{
	struct locking *l = util_alloc(sizeof(*l));

	l->request = r;
	l->fid = h->fid;
	l->node = h->node;
	l->lock = *lock;
	list_add_last(&mount_of(r)->locking, &l->link);
	fuse_req_interrupt_func(r, interrupted, l);
}

static int take(struct p9 *p, uint32_t fid, struct node *n,
                const struct p9_lock *l)
{
	int e = p9_lock(p, fid, l);

	if (!e && l->type != P9_LOCK_NONE)
		n->locked = true;
	return e;
}

void do_setlk(fuse_req_t r, fuse_ino_t number, struct fuse_file_info *fi,
              struct flock *f, int sleep)
{
	const struct handle *h = handle_of(fi);
	const struct p9_lock l = lock_of(fi, f);
	int e = take(p9_of(r), h->fid, h->node, &l);

	(void)number;
	if (e == EAGAIN && sleep)
		wait_for_lock(r, h, &l);
	else
		fuse_reply_err(r, mount_errno(e));
}

static void locking_end(struct locking *l, int e)
{
	fuse_req_interrupt_func(l->request, NULL, NULL);
	fuse_reply_err(l->request, mount_errno(e));
	list_remove(&l->link);
	free(l);
}

void locks_retry(struct mount *m)
{
	LIST_FOR_EACH_SAFE(l, &m->locking, struct locking, link) {
		int e = l->interrupted ?
		                EINTR :
		                take(&m->look.p9, l->fid, l->node, &l->lock);

		if (e != EAGAIN)
			locking_end(l, e);
	}
}

void locks_end(struct mount *m)
{
	LIST_FOR_EACH_SAFE(l, &m->locking, struct locking, link)
		locking_end(l, EIO);
}

/* Who closes a file has no locks of it any more. */
void do_flush(fuse_req_t r, fuse_ino_t number, struct fuse_file_info *fi)
{
	static const struct flock all = { .l_type = F_UNLCK };
	const struct handle *h = handle_of(fi);
	const struct p9_lock l = lock_of(fi, &all);
	int e = 0;

	(void)number;
	if (h->node->locked)
		e = p9_lock(p9_of(r), h->fid, &l);
	fuse_reply_err(r, mount_errno(e));
}
