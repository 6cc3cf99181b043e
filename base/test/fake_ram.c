/* SPDX-License-Identifier: MIT */
/* RAM source over malloc. */
#include <stdlib.h>
#include <string.h>

#include "fake_ram.h"

enum { DS_FIRST = 1000 };

static enum fief_err fake_alloc(struct fief_ram *self, size_t bytes,
                                void **addr, fief_cap *ds)
{
	struct fake_ram *const f =
		FIEF_CONTAINER_OF(self, struct fake_ram, ram);
	const size_t rounded = (bytes + KIF_PAGE - 1) / KIF_PAGE * KIF_PAGE;

	if (++f->calls == f->fail_at)
		return f->failure;
	*addr = aligned_alloc(KIF_PAGE, rounded);
	if (!*addr)
		abort();
	memset(*addr, 0, rounded);
	*ds = DS_FIRST + f->calls;
	f->live++;
	f->bytes += bytes;
	return FIEF_OK;
}

static void fake_free(struct fief_ram *self, void *addr, size_t bytes,
                      fief_cap ds)
{
	struct fake_ram *const f =
		FIEF_CONTAINER_OF(self, struct fake_ram, ram);

	if (ds <= DS_FIRST || !f->live || f->bytes < bytes)
		abort();
	f->live--;
	f->bytes -= bytes;
	free(addr);
}

void fake_ram_init(struct fake_ram *f)
{
	*f = (struct fake_ram){ .ram = { fake_alloc, fake_free } };
}

void fake_ram_fail(struct fake_ram *f, unsigned n, enum fief_err failure)
{
	f->calls = 0;
	f->fail_at = n;
	f->failure = failure;
}
