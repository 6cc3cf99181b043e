/* SPDX-License-Identifier: MIT */
/*
 * Mapping dataspaces: core hands over a descriptor for as long as the mmap
 * takes. Which addresses are free is this PD's own business.
 */

#include "memory.h"

#include "backend.h"
#include "caps.h"
#include "lock.h"
#include "parts.h"
#include "sys.h"
#include <kernel/linux/abi/layout.h>

enum { MAP_SHARED_FLAG = 1, MAP_FIXED_FLAG = 0x10, MAP_NOREPLACE = 0x100000 };

/* Take `len` bytes of the arena: a range given back before, or fresh. */
static char *arena_take_locked(struct kif_pd *pd, size_t len)
{
	char *at;

	for (unsigned i = 0; i < pd->nranges; i++) {
		struct krange *r = &pd->range[i];

		if (r->len < len)
			continue;
		at = r->at;
		r->at += len;
		r->len -= len;
		if (!r->len)
			*r = pd->range[--pd->nranges];
		return at;
	}
	at = pd->arena_at;
	if ((uint64_t)at + len > LAYOUT_ARENA_END)
		return NULL;
	pd->arena_at += len;
	return at;
}

static void arena_give_locked(struct kif_pd *pd, char *at, size_t len)
{
	for (unsigned i = 0; i < pd->nranges; i++) {
		struct krange *r = &pd->range[i];

		if (r->at + r->len != at && at + len != r->at)
			continue;
		at = r->at < at ? r->at : at;
		len += r->len;
		*r = pd->range[--pd->nranges];
		i = UINT32_MAX; /* the joined range may touch another */
	}
	if (at + len == pd->arena_at)
		pd->arena_at = at;
	else if (pd->nranges < KIF_RANGES)
		pd->range[pd->nranges++] = (struct krange){ at, len };
	/* else: address space is lost, not memory; the arena is 127 GiB */
}

static bool in_arena(const char *at)
{
	return (uint64_t)at >= LAYOUT_ARENA && (uint64_t)at < LAYOUT_ARENA_END;
}

static enum fief_err map_fd(struct kif_pd *pd, int fd, size_t off, size_t len,
                            void *at, unsigned rights, void **out)
{
	int flags = MAP_SHARED_FLAG | MAP_FIXED_FLAG;
	char *where = at;
	long r;

	if (at)
		flags = MAP_SHARED_FLAG | MAP_NOREPLACE;
	else
		where = arena_take_locked(pd, len);
	if (!where)
		return FIEF_LIMIT;
	r = sys_mmap(where, len, (int)rights, flags, fd, off);
	if (r == (long)where) {
		*out = where;
		return FIEF_OK;
	}
	if (!at)
		arena_give_locked(pd, where, len);
	return r == -13 || r == -1 ? FIEF_DENIED : FIEF_CONFLICT;
}

/* Ask core for the dataspace's descriptor; -1: a managed one has none. */
static enum fief_err map_ask(struct kif_pd *pd, const struct kcap *c,
                             unsigned rights, uint64_t *size, int fd[SOCK_FDS])
{
	struct kop op = { .index = c->word, .gen = c->gen, .a = rights };
	enum fief_err e = kif_kop(pd, KOP_MAP, &op, NULL, 0);

	if (e)
		return e;
	*size = op.size;
	fd[0] = -1;
	if (!op.a)
		return FIEF_OK;
	kif_lock(pd);
	e = kif_take_fds_locked(pd, op.a, fd);
	kif_unlock(pd);
	return e;
}

/* Map from the descriptor, or, without one, the parts there are. */
static enum fief_err map_got(struct kif_pd *pd, int fd,
                             const struct kparts *want, void *at, void **out)
{
	unsigned rights = want->rights & ~(unsigned)KIF_HOLES;
	bool managed = fd < 0;
	enum fief_err e;
	void *where;

	kif_lock(pd);
	if (managed) /* no access to any of it, whatever the file holds */
		e = map_fd(pd, pd->boot_fd, LAYOUT_BOOT_SINK, want->len, at, 0,
		           &where);
	else
		e = map_fd(pd, fd, want->off, want->len, at, rights, &where);
	kif_unlock(pd);
	if (!e && managed) {
		e = kif_parts_map(pd, want, where);
		if (e && kif_unmap(where, want->len))
			e = FIEF_CONFLICT; /* cannot be: it was mapped */
	}
	if (!e)
		*out = where;
	return e;
}

/* One that names a dataspace of core, as it seems. */
static bool ds_named(const struct kcap *c, unsigned access)
{
	return c && kcap_kind(c) == KCAP_FOREIGN &&
	       kcap_chan(c) == CORE_CHANNEL && access &&
	       access <= (KIF_READ | KIF_WRITE | KIF_EXEC);
}

enum fief_err kif_memory_open(fief_cap ds, unsigned rights, uint64_t *size,
                              int *fd)
{
	struct kif_pd *pd = kif_pd_self();
	const struct kcap *c = kcap_get(pd, ds);
	int got[SOCK_FDS];
	enum fief_err e;

	if (!ds_named(c, rights))
		return FIEF_INVALID;
	e = map_ask(pd, c, rights, size, got);
	if (!e && got[0] < 0)
		e = FIEF_INVALID; /* a managed one */
	if (!e)
		*fd = got[0];
	return e;
}

enum fief_err kif_map(fief_cap ds, size_t off, size_t len, void *at,
                      unsigned rights, void **out)
{
	struct kparts want = { .off = off, .len = len, .rights = rights };
	unsigned access = rights & ~(unsigned)KIF_HOLES;
	struct kif_pd *pd = kif_pd_self();
	struct kcap *c = kcap_get(pd, ds);
	int fd[SOCK_FDS];
	enum fief_err e;
	uint64_t size;
	bool pushed;

	if (!ds_named(c, access) || (off | len | (size_t)at) % KIF_PAGE)
		return FIEF_INVALID;
	want.index = c->word;
	want.gen = c->gen;
	kif_lock(pd);
	pushed = !(access & KIF_EXEC) &&
	         kif_take_ds_locked(pd, c->word, c->gen, fd, &size);
	kif_unlock(pd);
	if (!pushed) {
		e = map_ask(pd, c, access, &size, fd);
		if (e)
			return e;
	}
	size = (size + KIF_PAGE - 1) & ~(size_t)(KIF_PAGE - 1);
	if (off > size || len > size - off || (!len && off == size)) {
		e = FIEF_INVALID;
	} else {
		want.len = len ? len : size - off;
		e = map_got(pd, fd[0], &want, at, out);
	}
	if (fd[0] >= 0)
		sys_close(fd[0]);
	return e;
}

enum fief_err kif_unmap(void *at, size_t len)
{
	struct kif_pd *pd = kif_pd_self();

	len = (len + KIF_PAGE - 1) & ~(size_t)(KIF_PAGE - 1);
	if (!len || (size_t)at % KIF_PAGE || sys_munmap(at, len))
		return FIEF_INVALID;
	if (in_arena(at)) {
		kif_lock(pd);
		arena_give_locked(pd, at, len);
		kif_unlock(pd);
	}
	return FIEF_OK;
}
