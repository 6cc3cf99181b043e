/* SPDX-License-Identifier: MIT */
/* Report sessions and the modules they fill. */

#include "report.h"

#include <fief/args.h>
#include <fief/kif_table.h>
#include <fief/log.h>
#include <lib/mem.h>
#include <session/report.h>

enum { BUFFER_DEFAULT = 4096, BUFFER_MAX = 1 << 20 };

struct reporter {
	struct fief_service_session base;
	struct reports *reports;         /* borrowed */
	struct report_module *module;    /* borrowed */
	struct fief_attached_ram buffer; /* shared with the client */
	struct fief_attached_ram copy;   /* what readers see */
};

/* ---- modules ---- */

static struct report_module *module_find(struct reports *r, const char *label)
{
	LIST_FOR_EACH(module, &r->modules, struct report_module, elem)
		if (!strcmp(module->label.text, label))
			return module;
	return NULL;
}

enum fief_err reports_get(struct reports *r, const char *label,
                          struct report_module **out)
{
	struct report_module *module = module_find(r, label);
	enum fief_err e;
	void *mem;

	if (!module) {
		e = fief_alloc_zeroed(r->heap, sizeof(*module), &mem);
		if (e)
			return e;
		module = mem;
		e = label_set(&module->label, label);
		if (e) {
			fief_free(r->heap, module, sizeof(*module));
			return e;
		}
		list_add_last(&r->modules, &module->elem);
	}
	*out = module;
	return FIEF_OK;
}

static void kept_free(struct reports *r, struct report_module *module)
{
	fief_free(r->heap, module->kept, module->kept_bytes);
	module->kept = NULL;
	module->kept_bytes = 0;
}

void reports_collect(struct reports *r)
{
	LIST_FOR_EACH_SAFE(module, &r->modules, struct report_module, elem) {
		if (module->reporter || !list_empty(&module->rom.readers) ||
		    (module->kept && r->wanted(module->label.text)))
			continue;
		list_remove(&module->elem);
		kept_free(r, module);
		fief_free(r->heap, module, sizeof(*module));
	}
}

/* The reporter leaves: its content stays, if somebody may want it. */
static void module_keep(struct reports *r, struct report_module *module)
{
	const size_t size = module->rom.size;
	void *mem;

	if (!module->rom.data || !size || !r->wanted(module->label.text)) {
		fief_rom_module_set(&module->rom, NULL, 0);
		return;
	}
	if (fief_alloc(r->heap, size, &mem)) {
		fief_warning("report \"%s\" is lost: out of RAM",
		             module->label.text);
		fief_rom_module_set(&module->rom, NULL, 0);
		return;
	}
	memcpy(mem, module->rom.data, size);
	module->kept = mem;
	module->kept_bytes = size;
	module->rom.data = mem; /* the same content, no news */
}

/* ---- operations ---- */

static enum fief_err op_dataspace(struct fief_rpc_obj *self,
                                  struct dataspace_cap *ds, uint64_t *size)
{
	const struct reporter *r = FIEF_SESSION_OF(self, struct reporter);

	ds->cap = r->buffer.ds;
	*size = r->buffer.bytes;
	return FIEF_OK;
}

static void log_report(const struct report_module *module)
{
	const char *at = module->rom.data;
	const char *end = at + module->rom.size;

	fief_log("report \"%s\"", module->label.text);
	while (at < end) {
		const char *nl = memchr(at, '\n', (size_t)(end - at));
		const char *stop = nl ? nl : end;

		fief_log("  %.*s", (int)(stop - at), at);
		at = stop + 1;
	}
}

static enum fief_err op_submit(struct fief_rpc_obj *self, uint64_t length)
{
	struct reporter *r = FIEF_SESSION_OF(self, struct reporter);

	if (length > r->buffer.bytes)
		return FIEF_TOO_LONG;
	memcpy(r->copy.addr, r->buffer.addr, length);
	kept_free(r->reports, r->module);
	fief_rom_module_set(&r->module->rom, r->copy.addr, length);
	if (r->reports->verbose)
		log_report(r->module);
	return FIEF_OK;
}

static enum fief_err op_obtain_response(struct fief_rpc_obj *self,
                                        uint64_t *length)
{
	(void)self;
	*length = 0; /* a ROM client has no way to respond */
	return FIEF_OK;
}

static enum fief_err op_response_sigh(struct fief_rpc_obj *self,
                                      struct signal_cap handler)
{
	(void)self;
	fief_kif->drop(handler.cap, 1);
	return FIEF_OK;
}

static const struct report_ops report_ops = {
	.dataspace = op_dataspace,
	.submit = op_submit,
	.response_sigh = op_response_sigh,
	.obtain_response = op_obtain_response,
};

/* ---- sessions ---- */

static enum fief_err buffers_alloc(struct reporter *r, size_t bytes)
{
	enum fief_err e;

	e = fief_attached_ram_init(&r->buffer, &r->base.ram.ram, bytes);
	if (e)
		return e;
	e = fief_attached_ram_init(&r->copy, &r->base.ram.ram, bytes);
	if (e)
		fief_attached_ram_fini(&r->buffer);
	return e;
}

static enum fief_err reporter_init(struct fief_service_session *s,
                                   const struct fief_service_request *request)
{
	struct reporter *r = (struct reporter *)s;
	enum fief_err e;
	uint64_t bytes;

	r->reports = FIEF_CONTAINER_OF(s->service, struct reports, service);
	e = fief_args_u64(request->args, "buffer_size", BUFFER_DEFAULT, &bytes);
	if (e)
		return e;
	if (!bytes || bytes > BUFFER_MAX)
		return FIEF_LIMIT;
	/* The module, which may be made for it, is in our heap. */
	e = fief_budget_take(&s->budget, sizeof(struct report_module), 0);
	if (!e)
		e = buffers_alloc(r, bytes);
	if (!e)
		e = reports_get(r->reports, request->label, &r->module);
	if (!e && r->module->reporter)
		e = FIEF_CONFLICT; /* one reporter a report */
	if (e) {
		fief_attached_ram_fini(&r->copy);
		fief_attached_ram_fini(&r->buffer);
		return e;
	}
	r->module->reporter = r;
	return FIEF_OK;
}

static void reporter_fini(struct fief_service_session *s)
{
	struct reporter *r = (struct reporter *)s;

	r->module->reporter = NULL;
	if (!r->module->kept)
		module_keep(r->reports, r->module);
	fief_attached_ram_fini(&r->copy);
	fief_attached_ram_fini(&r->buffer);
	reports_collect(r->reports);
}

enum fief_err reports_announce(struct reports *r, struct fief_root *root)
{
	r->service = (struct fief_service){
		.name = REPORT_SERVICE,
		.type = &report_rpc_type,
		.ops = &report_ops,
		.size = sizeof(struct reporter),
		.init = reporter_init,
		.fini = reporter_fini,
	};
	return fief_root_announce(root, &r->service);
}
