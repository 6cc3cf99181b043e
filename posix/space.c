/* SPDX-License-Identifier: MIT */
/* The program's addresses, by its calls. */

#include <lib/mem.h>

#include "call.h"
#include "file.h"
#include "memory.h"
#include "tree.h"

enum {
	MAP_SHARED = 1,
	MAP_PRIVATE = 2,
	MAP_TYPE = 15,
	MAP_FIXED = 16,
	MAP_ANONYMOUS = 32,
	MAP_FIXED_NOREPLACE = 0x100000,
	PROTS = PROT_READ | PROT_WRITE | PROT_EXEC,
};

/* Content of a file, into memory that is mapped. What is behind its end is zero. */
static long fill(struct vfs_file *f, uint64_t at, uint64_t pos, size_t len)
{
	while (len) {
		struct vfs_op *op = tree_op();
		size_t got;
		enum vfs_err e;

		op->buf = memory_own(at, len, &got);
		if (!op->buf)
			return -ENOMEM;
		op->len = got;
		op->pos = pos;
		e = tree_end(vfs_pread(f, op));
		if (e)
			return -(long)errno_of(e);
		if (!op->count)
			break;
		at += op->count;
		pos += op->count;
		len -= op->count;
	}
	return 0;
}

/* A copy: what others write later is not seen, which Linux leaves open. */
static long map_file(const struct call *c, uint64_t at, size_t len)
{
	struct vfs_file *f = fd_of((int)c->arg[4]);
	uint64_t where;
	long e;

	if (!f)
		return -EBADF;
	if (!(f->flags & VFS_READ))
		return -EACCES;
	/* Shared and written is not there so far. */
	if ((c->arg[3] & MAP_TYPE) == MAP_SHARED && c->arg[2] & PROT_WRITE)
		return -EOPNOTSUPP;
	e = -(long)memory_map(at, len, (unsigned)c->arg[2] & PROTS, &where);
	if (!e)
		e = fill(f, where, c->arg[5], len);
	return e ? e : (long)where;
}

long linux_mmap(const struct call *c)
{
	const size_t len = page_up(c->arg[1]);
	const uint64_t flags = c->arg[3];
	const bool fixed = flags & (MAP_FIXED | MAP_FIXED_NOREPLACE);
	uint64_t at = fixed ? c->arg[0] : 0;
	long e;

	if (!c->arg[1] || c->arg[0] % KIF_PAGE || c->arg[5] % KIF_PAGE)
		return -EINVAL;
	if (len < c->arg[1] || (fixed && !at))
		return -ENOMEM;
	if (flags & MAP_FIXED_NOREPLACE && !memory_is_free(at, len))
		return -EEXIST;
	if (!(flags & MAP_ANONYMOUS))
		return map_file(c, at, len);
	e = -(long)memory_map(at, len, (unsigned)c->arg[2] & PROTS, &at);
	return e ? e : (long)at;
}

long linux_munmap(const struct call *c)
{
	return -(long)memory_unmap(c->arg[0], page_up(c->arg[1]));
}

long linux_mprotect(const struct call *c)
{
	if (!c->arg[1])
		return 0;
	return -(long)memory_protect(c->arg[0], page_up(c->arg[1]),
	                             (unsigned)c->arg[2] & PROTS);
}

/* Advice may be left. DONTNEED is more than that: zeros are read again. */
long linux_madvise(const struct call *c)
{
	enum { DONTNEED = 4 };
	size_t got;

	if (c->arg[2] != DONTNEED)
		return 0;
	for (uint64_t at = c->arg[0], end = at + page_up(c->arg[1]); at < end;
	     at += got) {
		void *own;

		if (!memory_valid(at, 1, 0))
			return -ENOMEM;
		own = memory_own(at, end - at, &got);
		if (!own)
			return -ENOMEM;
		memset(own, 0, got);
	}
	return 0;
}

/* ---- the heap of brk ---- */

static uint64_t brk_begin, brk_now;

void space_break_set(uint64_t at)
{
	brk_begin = brk_now = page_up(at);
}

/* What it is afterwards: as it was, if it cannot be. */
long linux_brk(const struct call *c)
{
	const uint64_t from = page_up(brk_now), to = page_up(c->arg[0]);
	uint64_t at;

	if (c->arg[0] < brk_begin)
		return (long)brk_now;
	if (to > from &&
	    (!memory_is_free(from, to - from) ||
	     memory_map(from, to - from, PROT_READ | PROT_WRITE, &at)))
		return (long)brk_now;
	if (to < from && memory_unmap(to, from - to))
		return (long)brk_now;
	brk_now = c->arg[0];
	return (long)brk_now;
}
