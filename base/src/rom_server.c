/* SPDX-License-Identifier: MIT */
/* ROM sessions with a private copy each. */

#include <fief/rom_server.h>

#include <fief/kif_table.h>
#include <lib/mem.h>
#include <session/rom.h>

static const char *content(const struct fief_rom_reader *r, size_t *size)
{
	*size = r->module && r->module->data ? r->module->size : 0;
	return *size ? r->module->data : NULL;
}

static void copy_in(struct fief_rom_reader *r, const char *data, size_t size)
{
	memcpy(r->copy.addr, data, size);
	memset((char *)r->copy.addr + size, 0, r->copy.bytes - size);
}

/* A copy of the right number of pages is kept. */
static enum fief_err copy_resize(struct fief_rom_reader *r, size_t size)
{
	const size_t bytes = fief_root_ram_cost(size);

	if (bytes == r->copy.bytes)
		return FIEF_OK;
	fief_attached_ram_fini(&r->copy);
	return fief_attached_ram_init(&r->copy, &r->base.ram.ram, bytes);
}

static enum fief_err op_dataspace(struct fief_rpc_obj *self,
                                  struct dataspace_cap *ds, uint64_t *size)
{
	struct fief_rom_reader *r =
		FIEF_SESSION_OF(self, struct fief_rom_reader);
	enum fief_err e = FIEF_OK;
	const char *data;
	size_t len;

	data = content(r, &len);
	if (data)
		e = copy_resize(r, len);
	else
		fief_attached_ram_fini(&r->copy);
	if (e)
		return e;
	if (data)
		copy_in(r, data, len);
	ds->cap = r->copy.ds;
	*size = len;
	return FIEF_OK;
}

static enum fief_err op_update(struct fief_rpc_obj *self, bool *fits)
{
	struct fief_rom_reader *r =
		FIEF_SESSION_OF(self, struct fief_rom_reader);
	const char *data;
	size_t len;

	data = content(r, &len);
	*fits = data && len <= r->copy.bytes;
	if (*fits)
		copy_in(r, data, len);
	return FIEF_OK;
}

static enum fief_err op_sigh(struct fief_rpc_obj *self,
                             struct signal_cap handler)
{
	struct fief_rom_reader *r =
		FIEF_SESSION_OF(self, struct fief_rom_reader);

	fief_kif->drop(r->sigh, 1);
	r->sigh = handler.cap;
	return FIEF_OK;
}

const struct rom_ops fief_rom_reader_ops = {
	.dataspace = op_dataspace,
	.update = op_update,
	.sigh = op_sigh,
};

void fief_rom_module_set(struct fief_rom_module *m, const char *data,
                         size_t size)
{
	m->data = data;
	m->size = size;
	LIST_FOR_EACH(r, &m->readers, struct fief_rom_reader, elem)
		fief_kif->signal(r->sigh);
}

void fief_rom_reader_select(struct fief_rom_reader *r,
                            struct fief_rom_module *m)
{
	if (r->module == m)
		return;
	list_remove(&r->elem);
	r->module = m;
	if (m)
		list_add_last(&m->readers, &r->elem);
	fief_kif->signal(r->sigh);
}

void fief_rom_reader_fini(struct fief_service_session *s)
{
	struct fief_rom_reader *r = (struct fief_rom_reader *)s;

	fief_rom_reader_select(r, NULL);
	fief_attached_ram_fini(&r->copy);
	fief_kif->drop(r->sigh, 1);
}
