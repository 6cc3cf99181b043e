/* SPDX-License-Identifier: MIT */
/*
 * Mapping a managed dataspace. Core names one part at a time with a
 * descriptor for as long as the mmap takes, so that nothing of a mapping stays
 * in core and unmapping is that of any range.
 */

#include "parts.h"

#include "backend.h"
#include "lock.h"
#include "sys.h"

enum { SHARED_FIXED = 0x11, PARTS_MAX = 256 };

/* The first part in [from, end of what is wanted) and its descriptor, -1 if
 * there is no access to it. */
static enum fief_err part_ask(struct kif_pd *pd, const struct kparts *want,
                              uint64_t from, struct kop *part, int *fd)
{
	int got[SOCK_FDS];
	enum fief_err e;

	*part = (struct kop){
		.index = want->index,
		.gen = want->gen,
		.a = want->rights & ~(unsigned)KIF_HOLES,
		.at = from,
		.end = want->off + want->len,
	};
	e = kif_kop(pd, KOP_PART, part, NULL, 0);
	*fd = -1;
	if (e || !part->a)
		return e;
	kif_lock(pd);
	e = kif_take_fds_locked(pd, part->a, got);
	kif_unlock(pd);
	if (!e)
		*fd = got[0];
	return e;
}

static enum fief_err part_map(const struct kparts *want, const struct kop *part,
                              int fd, char *where)
{
	char *at = where + (part->at - want->off);
	unsigned asked = want->rights & ~(unsigned)KIF_HOLES;
	long r;

	if (part->b != asked && !(want->rights & KIF_HOLES))
		return FIEF_DENIED;
	if (fd < 0)
		return FIEF_OK;
	r = sys_mmap(at, part->end - part->at, (int)part->b, SHARED_FIXED, fd,
	             part->off);
	return r == (long)at ? FIEF_OK : FIEF_LIMIT;
}

enum fief_err kif_parts_map(struct kif_pd *pd, const struct kparts *want,
                            char *where)
{
	uint64_t end = want->off + want->len, from = want->off;
	enum fief_err e = FIEF_OK, hole = FIEF_INVALID;
	struct kop part;
	int fd;

	if (want->rights & KIF_HOLES)
		hole = FIEF_OK;
	for (unsigned n = 0; from < end && !e; n++) {
		if (n == PARTS_MAX)
			return FIEF_LIMIT;
		e = part_ask(pd, want, from, &part, &fd);
		if (e == FIEF_NOT_FOUND)
			return hole;
		if (e)
			return e;
		e = part.at == from ? FIEF_OK : hole;
		if (!e)
			e = part_map(want, &part, fd, where);
		if (fd >= 0)
			sys_close(fd);
		from = part.end;
	}
	return e;
}
