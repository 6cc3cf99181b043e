/* SPDX-License-Identifier: MIT */
/* Requests of 9P2000.L whose answers take as long as they like. */

#include <errno.h>
#include <stdlib.h>

#include "p9_message.h"
#include <tools/fief/util.h>

static uint32_t at_most(size_t len)
{
	return len < P9_LATE_BYTES ? (uint32_t)len : P9_LATE_BYTES;
}

int p9_open_late(struct p9 *p, struct p9_late *l, uint32_t fid, uint32_t flags)
{
	int e = p9_begin_late(p, P9_LOPEN, l);

	if (e)
		return e;
	p9_put_u32(&p->request, fid);
	p9_put_u32(&p->request, flags);
	return p9_ask_late(p, l);
}

int p9_read_late(struct p9 *p, struct p9_late *l, uint32_t fid, uint64_t off,
                 size_t len)
{
	int e = p9_begin_late(p, P9_READ, l);

	if (e)
		return e;
	p9_put_u32(&p->request, fid);
	p9_put_u64(&p->request, off);
	p9_put_u32(&p->request, at_most(len));
	return p9_ask_late(p, l);
}

int p9_write_late(struct p9 *p, struct p9_late *l, uint32_t fid, uint64_t off,
                  const void *from, size_t len)
{
	int e = p9_begin_late(p, P9_WRITE, l);

	if (e)
		return e;
	p9_put_u32(&p->request, fid);
	p9_put_u64(&p->request, off);
	p9_put_u32(&p->request, at_most(len));
	p9_put(&p->request, from, at_most(len));
	return p9_ask_late(p, l);
}

int p9_late_read(struct p9_in *a, size_t len, const void **bytes, size_t *got)
{
	*got = p9_u32(a);
	*bytes = p9_bytes(a, *got);
	return *got > len || !p9_done(a) ? EIO : 0;
}

int p9_late_written(struct p9_in *a, size_t len, size_t *got)
{
	*got = p9_u32(a);
	return *got > len || !p9_done(a) ? EIO : 0;
}

/* What is given up is answered before this is. */
int p9_flush(struct p9 *p, const struct p9_late *l)
{
	struct p9_in a;
	int e;

	p9_begin(p, P9_FLUSH);
	p9_put_u16(&p->request, l->tag);
	e = p9_ask(p, &a);
	return e ? e : p9_end(p, &a);
}

/* Nothing comes of it, so nobody waits for it. */
static void clunked(struct p9_late *l, int e, struct p9_in *a)
{
	(void)e;
	(void)a;
	free(l);
}

void p9_clunk_late(struct p9 *p, uint32_t fid)
{
	struct p9_late *l = util_alloc(sizeof(*l));
	int e = p9_begin_late(p, P9_CLUNK, l);

	l->done = clunked;
	if (!e) {
		p9_put_u32(&p->request, fid);
		e = p9_ask_late(p, l);
	}
	if (e)
		free(l);
	if (e == EAGAIN)
		p9_clunk(p, fid);
}

void p9_late_end(struct p9 *p)
{
	while (p->late) {
		struct p9_late *l = p->late;

		p->late = l->next;
		l->done(l, P9_BROKEN, NULL);
	}
}
