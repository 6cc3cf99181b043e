/* SPDX-License-Identifier: MIT */
/* Dataspaces: host memory files, so that rights and sharing are real. */

#include "internal.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { RIGHTS_ALL = KIF_READ | KIF_WRITE | KIF_EXEC };

/* ---- core's side ---- */

static int memory_file(size_t size)
{
	int fd = memfd_create("fake", MFD_CLOEXEC);

	if (fd >= 0 && ftruncate(fd, (off_t)size)) {
		close(fd);
		return -1;
	}
	return fd;
}

static enum fief_err ds_create(struct fake_pd *pd, size_t size, unsigned rights,
                               fief_cap *ds)
{
	struct fake_object *o;
	enum fief_err e;

	if (!size || size % KIF_PAGE || !rights || rights > RIGHTS_ALL)
		return FIEF_INVALID;
	if (pd->used.ram > pd->limits.ram ||
	    size > pd->limits.ram - pd->used.ram)
		return FIEF_OUT_OF_RAM;
	o = calloc(1, sizeof(*o));
	if (!o)
		return FIEF_OUT_OF_RAM;
	*o = (struct fake_object){ .kind = FAKE_DATASPACE,
		                   .size = size,
		                   .rights = rights,
		                   .refs = 1,
		                   .fd = memory_file(size) };
	e = o->fd < 0 ? FIEF_OUT_OF_RAM : fake_handle_add(pd, o, ds);
	if (!e)
		pd->used.ram += size;
	fake_object_put(o); /* from here on by its holders */
	return e;
}

enum fief_err fake_ds_create(struct fake_pd *pd, size_t size, unsigned rights,
                             fief_cap *ds)
{
	struct fake_thread *t = fake_op_begin();
	enum fief_err e = ds_create(pd, size, rights, ds);

	fake_op_end(t);
	return e;
}

void fake_ds_destroy(struct fake_pd *pd, fief_cap ds)
{
	struct fake_thread *t = fake_op_begin();
	struct fake_object *o = fake_handle_get(pd, ds);

	if (o && o->kind == FAKE_DATASPACE && !o->dead) {
		pd->used.ram -= o->size;
		fake_object_kill(o);
	}
	fake_op_end(t);
}

/* ---- the PD's side ---- */

static int host_protection(unsigned rights)
{
	return (rights & KIF_READ ? PROT_READ : 0) |
	       (rights & KIF_WRITE ? PROT_WRITE : 0) |
	       (rights & KIF_EXEC ? PROT_EXEC : 0);
}

static enum fief_err map(struct fake_pd *pd, const struct fake_object *o,
                         struct fake_mapping want, size_t off, unsigned rights)
{
	int fixed = want.at ? MAP_FIXED_NOREPLACE : 0;
	struct fake_mapping *m;
	void *at;

	m = calloc(1, sizeof(*m));
	if (!m)
		return FIEF_CONFLICT;
	at = mmap(want.at, want.len, host_protection(rights),
	          MAP_SHARED | fixed, o->fd, (off_t)off);
	if (at == MAP_FAILED) {
		free(m);
		return FIEF_CONFLICT;
	}
	*m = (struct fake_mapping){ pd->mappings, at, want.len };
	pd->mappings = m;
	return FIEF_OK;
}

static enum fief_err map_check(const struct fake_object *o, size_t off,
                               size_t len, const void *at, unsigned rights)
{
	if (!o || o->kind != FAKE_DATASPACE || !rights || rights > RIGHTS_ALL ||
	    !len || (off | len | (size_t)at) % KIF_PAGE)
		return FIEF_INVALID;
	if (o->dead)
		return FIEF_GONE;
	if (off > o->size || len > o->size - off)
		return FIEF_INVALID;
	return rights & ~o->rights ? FIEF_DENIED : FIEF_OK;
}

enum fief_err fake_map(fief_cap ds, size_t off, size_t len, void *at,
                       unsigned rights, void **out)
{
	struct fake_thread *t = fake_pd_op_begin();
	struct fake_object *o;
	enum fief_err e;

	if (!t)
		return FIEF_GONE;
	rights &= ~(unsigned)KIF_HOLES; /* no dataspace here has any */
	o = fake_handle_get(t->pd, ds);
	e = map_check(o, off, len, at, rights);
	if (!e)
		e = map(t->pd, o, (struct fake_mapping){ .at = at, .len = len },
		        off, rights);
	if (!e)
		*out = t->pd->mappings->at;
	fake_op_end(t);
	return e;
}

enum fief_err fake_unmap(void *at, size_t len)
{
	struct fake_thread *t = fake_pd_op_begin();
	struct fake_mapping **link, *m;

	if (!t)
		return FIEF_GONE;
	link = &t->pd->mappings;
	while ((m = *link) && (m->at != at || m->len != len))
		link = &m->next;
	if (m) {
		*link = m->next;
		munmap(m->at, m->len);
		free(m);
	}
	fake_op_end(t);
	return m ? FIEF_OK : FIEF_INVALID;
}

void fake_mappings_fini(struct fake_pd *pd)
{
	struct fake_mapping *m;

	while ((m = pd->mappings)) {
		pd->mappings = m->next;
		munmap(m->at, m->len);
		free(m);
	}
}
