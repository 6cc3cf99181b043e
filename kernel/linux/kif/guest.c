/* SPDX-License-Identifier: MIT */
/* Memory and threads of guests. */

#include "guest.h"

#include <asm/errno.h>

#include "caps.h"
#include "memory.h"
#include "sys.h"

_Static_assert(KIF_GUEST_END == LAYOUT_KIF, "kif lies above its guests");

enum { SHARED_FIXED = 0x11, SET_FS_OP = 0x1002 };

static void guest_enter(void (*entry)(void))
{
	kif_pd_self()->guest_entry = entry;
}

static void guest_faults(bool (*heal)(uint64_t address, bool write))
{
	kif_pd_self()->guest_heal = heal;
}

static enum fief_err guest_fs(uint64_t base)
{
	return sys_call3(__NR_arch_prctl, SET_FS_OP, (long)base, 0) ?
	               FIEF_INVALID :
	               FIEF_OK;
}

/* ---- memory ---- */

static enum fief_err guest_open(fief_cap ds, unsigned rights,
                                kif_guest_memory *out)
{
	uint64_t size;
	int fd;
	enum fief_err e = kif_memory_open(ds, rights, &size, &fd);

	if (!e)
		*out = fd;
	return e;
}

static void guest_close(kif_guest_memory memory)
{
	if (memory >= 0)
		sys_close(memory);
}

static bool range_valid(const void *at, size_t len)
{
	const uint64_t from = (uint64_t)at;

	return !((from | len) % KIF_PAGE) && len && from >= KIF_GUEST_BEGIN &&
	       from < KIF_GUEST_END && len <= KIF_GUEST_END - from;
}

static enum fief_err guest_map(kif_guest_memory memory, size_t off, size_t len,
                               void *at, unsigned rights)
{
	long r;

	if (memory < 0 || off % KIF_PAGE || !range_valid(at, len) ||
	    rights > (KIF_READ | KIF_WRITE | KIF_EXEC))
		return FIEF_INVALID;
	r = sys_mmap(at, len, (int)rights, SHARED_FIXED, memory, off);
	if (r == (long)at)
		return FIEF_OK;
	return r == -EACCES || r == -EPERM ? FIEF_DENIED :
	       r == -ENOMEM                ? FIEF_LIMIT :
	                                     FIEF_INVALID;
}

static enum fief_err guest_unmap(void *at, size_t len)
{
	if (!range_valid(at, len) || sys_munmap(at, len))
		return FIEF_INVALID;
	return FIEF_OK;
}

static const struct kif_guest table = {
	.version = KIF_GUEST_VERSION,
	.enter = guest_enter,
	.faults = guest_faults,
	.fs = guest_fs,
	.open = guest_open,
	.close = guest_close,
	.map = guest_map,
	.unmap = guest_unmap,
};

const struct kif_guest *kif_guest_of(enum host_class class)
{
	return class == CLASS_GUEST ? &table : NULL;
}
