/* SPDX-License-Identifier: MIT */
/* Regions of the program's addresses. */

#include <fief/kif_guest.h>
#include <fief/ram.h>
#include <lib/mem.h>

#include "memory.h"
#include "pool.h"

enum {
	REGIONS = 4096,
	AT_ONCE = 256 << 10, /* larger ones have memory when they are touched */
};

/* Where what has no address of its own goes: below it, downwards. */
#define TOP 0x7f0000000000ul

/* No two overlap; in order of `from`. */
struct region {
	uint64_t from, to;
	uint64_t at;   /* in the pool; of one without memory: nothing */
	unsigned prot; /* PROT_* */
	bool backed;
};

static struct {
	const struct kif_guest *guest;
	kif_guest_memory memory;
	struct region region[REGIONS];
	size_t count;
} m;

/* ---- the list ---- */

/* The first that ends behind that address. */
static size_t region_at(uint64_t at)
{
	size_t low = 0, high = m.count;

	while (low < high) {
		const size_t mid = (low + high) / 2;

		if (m.region[mid].to > at)
			high = mid;
		else
			low = mid + 1;
	}
	return low;
}

static bool region_insert(size_t i, const struct region *r)
{
	if (m.count == REGIONS)
		return false;
	memmove(&m.region[i + 1], &m.region[i],
	        (m.count - i) * sizeof(*m.region));
	m.region[i] = *r;
	m.count++;
	return true;
}

static void region_remove(size_t i)
{
	m.count--;
	memmove(&m.region[i], &m.region[i + 1],
	        (m.count - i) * sizeof(*m.region));
}

/* A region ends or begins there, if it went across. */
static bool split(uint64_t at)
{
	const size_t i = region_at(at);
	struct region *r = &m.region[i], behind;

	if (i == m.count || r->from >= at)
		return true;
	behind = *r;
	behind.from = at;
	behind.at += at - r->from;
	if (!region_insert(i + 1, &behind))
		return false;
	m.region[i].to = at;
	return true;
}

static bool split_both(uint64_t at, uint64_t end)
{
	return m.count + 2 <= REGIONS && split(at) && split(end);
}

/* ---- memory of a region ---- */

/* What the host has there is what the region says. */
static enum linux_errno show(const struct region *r)
{
	const size_t len = r->to - r->from;
	void *at = (void *)r->from;
	enum fief_err e;

	if (!r->backed || !r->prot)
		e = m.guest->unmap(at, len);
	else
		e = m.guest->map(m.memory, r->at, len, at, r->prot);
	return e ? ENOMEM : NO_ERROR;
}

static bool back(struct region *r)
{
	if (!pool_take(r->to - r->from, &r->at))
		return false;
	r->backed = true;
	return true;
}

/* Memory for the part of a region without that lies around an address. */
static bool back_part(uint64_t address)
{
	const uint64_t from = address & ~(uint64_t)(AT_ONCE - 1);
	size_t i = region_at(address);
	const struct region *r = &m.region[i];
	const uint64_t at = from > r->from ? from : r->from;
	const uint64_t end = from + AT_ONCE < r->to ? from + AT_ONCE : r->to;

	if (!split_both(at, end))
		return false;
	i = region_at(address);
	return back(&m.region[i]) && !show(&m.region[i]);
}

/* The program, or we for it, touched what has no memory yet. */
static bool heal(uint64_t address, bool write)
{
	const size_t i = region_at(address);
	const struct region *r = &m.region[i];

	if (i == m.count || r->from > address || r->backed ||
	    !(r->prot & (write ? PROT_WRITE : PROT_READ)))
		return false;
	return back_part(address);
}

/* ---- ranges ---- */

static bool range_valid(uint64_t at, size_t len)
{
	return !(at % KIF_PAGE) && len && !(len % KIF_PAGE) &&
	       at >= KIF_GUEST_BEGIN && at < TOP && len <= TOP - at;
}

bool memory_is_free(uint64_t at, size_t len)
{
	const size_t i = region_at(at);

	return i == m.count || m.region[i].from >= at + len;
}

enum linux_errno memory_unmap(uint64_t at, size_t len)
{
	const uint64_t end = at + len;
	size_t i;

	if (!range_valid(at, len))
		return EINVAL;
	if (!split_both(at, end))
		return ENOMEM;
	for (i = region_at(at); i < m.count && m.region[i].to <= end;) {
		const struct region *r = &m.region[i];

		if (r->backed)
			pool_give(r->at, r->to - r->from);
		if (r->backed &&
		    m.guest->unmap((void *)r->from, r->to - r->from))
			return EINVAL; /* cannot be: it is there */
		region_remove(i);
	}
	return NO_ERROR;
}

/* The highest room that is large enough. */
static uint64_t room_find(size_t len)
{
	uint64_t top = TOP;

	for (size_t i = m.count; i; i--) {
		const struct region *r = &m.region[i - 1];

		if (top > r->to && top - r->to >= len)
			break;
		top = r->from < top ? r->from : top;
	}
	return top - KIF_GUEST_BEGIN >= len ? top - len : 0;
}

enum linux_errno memory_map(uint64_t at, size_t len, unsigned prot,
                            uint64_t *out)
{
	struct region r = { .prot = prot };
	enum linux_errno e;

	if (!len || len > TOP)
		return len ? ENOMEM : EINVAL;
	r.from = at ? at : room_find(len);
	if (!r.from)
		return ENOMEM;
	r.to = r.from + len;
	e = memory_unmap(r.from, len);
	if (e)
		return e;
	if (len <= AT_ONCE && prot && !back(&r))
		return ENOMEM;
	if (!region_insert(region_at(r.from), &r)) {
		if (r.backed)
			pool_give(r.at, len);
		return ENOMEM;
	}
	*out = r.from;
	return r.backed ? show(&r) : NO_ERROR;
}

/* All of a range is mapped? */
static bool covered(uint64_t at, size_t len)
{
	const uint64_t end = at + len;

	for (size_t i = region_at(at); at < end; i++) {
		if (i == m.count || m.region[i].from > at)
			return false;
		at = m.region[i].to;
	}
	return true;
}

enum linux_errno memory_protect(uint64_t at, size_t len, unsigned prot)
{
	const uint64_t end = at + len;
	enum linux_errno e = NO_ERROR;

	if (!range_valid(at, len))
		return EINVAL;
	if (!covered(at, len) || !split_both(at, end))
		return ENOMEM;
	for (size_t i = region_at(at);
	     !e && i < m.count && m.region[i].to <= end; i++) {
		m.region[i].prot = prot;
		if (m.region[i].backed)
			e = show(&m.region[i]);
	}
	return e;
}

/* ---- for us ---- */

void *memory_own(uint64_t at, size_t len, size_t *got)
{
	size_t i = region_at(at);
	struct region *r = &m.region[i];
	uint64_t skew;

	if (i == m.count || r->from > at)
		return NULL;
	if (!r->backed && !back_part(at))
		return NULL;
	i = region_at(at);
	r = &m.region[i];
	skew = at - r->from;
	*got = len < r->to - at ? len : r->to - at;
	return (char *)pool_at(r->at) + skew;
}

bool memory_valid(uint64_t at, size_t len, unsigned prot)
{
	const uint64_t end = at + len;

	if (!len)
		return true;
	if (end < at)
		return false;
	for (size_t i = region_at(at); at < end; i++) {
		const struct region *r = &m.region[i];

		if (i == m.count || r->from > at || (r->prot & prot) != prot)
			return false;
		at = r->to;
	}
	return true;
}

long memory_text(uint64_t at, size_t size)
{
	size_t len = 0;

	for (; len < size; len++) {
		if ((!len || !((at + len) % KIF_PAGE)) &&
		    !memory_valid(at + len, 1, PROT_READ))
			return -EFAULT;
		if (!((const char *)at)[len])
			return (long)len;
	}
	return -ENAMETOOLONG;
}

enum fief_err memory_init(struct fief_env *env, size_t bytes)
{
	fief_cap ds;
	void *own;
	enum fief_err e = fief_ram_alloc(env->ram, bytes, &own, &ds);

	if (e)
		return e;
	m.guest = env->guest;
	e = m.guest->open(ds, KIF_READ | KIF_WRITE | KIF_EXEC, &m.memory);
	if (e)
		return e;
	m.guest->faults(heal);
	return pool_init(env->heap, own, bytes);
}
