/* SPDX-License-Identifier: MIT */
/* Report sessions: of the first component and its state report alone, which
 * `fief` asks for. The buffer and the copy are paid by the donation; the newest
 * report stays when its session is closed, as it is while the buffer grows. */

#include <fief/args.h>
#include <fief/kif_table.h>
#include <lib/mem.h>
#include <session/parent.h>
#include <session/report.h>

#include "core.h"
#include "pd.h"

enum { BUFFER_DEFAULT = 4096, BUFFER_MAX = 1 << 20 };

struct report_session {
	struct fief_rpc_obj obj;
	struct kcore_ds *buffer; /* owned: the client writes to it */
	struct core_ds ds;       /* what the client has of it */
	char *copy;              /* owned, unless the newest report is in it */
	size_t bytes;            /* of both */
};

static struct newest {
	struct core_report report;
	size_t bytes;                  /* allocated for its text */
	struct report_session *writer; /* borrowed: its session; or NULL */
} newest;

const struct core_report *core_report_newest(void)
{
	return newest.report.len ? &newest.report : NULL;
}

static struct report_session *report_of(struct fief_rpc_obj *obj)
{
	return FIEF_CONTAINER_OF(obj, struct report_session, obj);
}

/* ---- operations ---- */

static enum fief_err op_dataspace(struct fief_rpc_obj *self,
                                  struct dataspace_cap *ds, uint64_t *size)
{
	const struct report_session *r = report_of(self);

	ds->cap = r->ds.obj.cap;
	kcore_ds_push(fief_entrypoint_token(&core.ep), ds->cap, r->buffer);
	*size = r->bytes;
	return FIEF_OK;
}

static enum fief_err op_submit(struct fief_rpc_obj *self, uint64_t length)
{
	struct report_session *r = report_of(self);

	if (length > r->bytes ||
	    !kcore_ds_read(r->buffer, 0, r->copy, (size_t)length))
		return FIEF_TOO_LONG;
	if (newest.report.text && newest.report.text != r->copy)
		fief_free(core.alloc, (void *)(uintptr_t)newest.report.text,
		          newest.bytes);
	newest.bytes = r->bytes;
	newest.report = (struct core_report){
		.text = r->copy,
		.len = (size_t)length,
		.number = newest.report.number + 1,
		.at = fief_kif->time(),
	};
	return FIEF_OK;
}

static enum fief_err op_response_sigh(struct fief_rpc_obj *self,
                                      struct signal_cap handler)
{
	(void)self;
	fief_kif->drop(handler.cap, 1); /* nobody responds */
	return FIEF_OK;
}

static enum fief_err op_obtain_response(struct fief_rpc_obj *self,
                                        uint64_t *length)
{
	(void)self;
	*length = 0;
	return FIEF_OK;
}

static const struct report_ops report_ops = {
	.dataspace = op_dataspace,
	.submit = op_submit,
	.response_sigh = op_response_sigh,
	.obtain_response = op_obtain_response,
};

/* ---- sessions ---- */

static enum fief_err permitted(const struct core_session *s)
{
	if (strcmp(s->label.text, "init" LABEL_SEPARATOR "state") != 0) {
		core_log("Error: core takes no report \"%s\", only the state "
		         "report of the first component",
		         s->label.text);
		return FIEF_DENIED;
	}
	return newest.writer ? FIEF_CONFLICT : FIEF_OK; /* one at a time */
}

/* The fixed price covers what rounding up to pages adds. Errors: INVALID,
 * LIMIT, INSUFFICIENT_RAM. */
static enum fief_err buffer_bytes(const struct core_session *s, size_t *out)
{
	char args[PARENT_SESSION_PARAMS_ARGS_MAX + 1];
	uint64_t bytes;
	enum fief_err e;

	if (s->args.len >= sizeof(args))
		return FIEF_TOO_LONG;
	memcpy(args, s->args.s, s->args.len);
	args[s->args.len] = '\0';
	e = fief_args_u64(args, "buffer_size", BUFFER_DEFAULT, &bytes);
	if (e)
		return e;
	if (!bytes || bytes > BUFFER_MAX) {
		core_log("Error: the buffer of report \"%s\" is to have %llu "
		         "bytes, it can have 1 to %d",
		         s->label.text, (unsigned long long)bytes, BUFFER_MAX);
		return FIEF_LIMIT;
	}
	*out = (size_t)bytes;
	return s->ram < REPORT_RAM_QUOTA + 2 * bytes ? FIEF_INSUFFICIENT_RAM :
	                                               FIEF_OK;
}

static void report_free(struct report_session *r)
{
	if (r->buffer)
		kcore_ds_destroy(r->buffer);
	if (r->copy && newest.report.text != r->copy)
		fief_free(core.alloc, r->copy, r->bytes);
	fief_free(core.alloc, r, sizeof(*r));
}

static enum fief_err report_fill(struct report_session *r)
{
	enum fief_err e;
	void *copy;

	e = fief_alloc(core.alloc, r->bytes, &copy);
	if (e)
		return e;
	r->copy = copy;
	e = kcore_ds_create(r->bytes, &r->buffer);
	if (!e)
		e = core_ds_init(&r->ds, r->buffer, KIF_READ | KIF_WRITE);
	if (e)
		return e;
	e = fief_entrypoint_manage(&core.ep, &r->obj);
	if (e)
		core_ds_fini(&r->ds);
	return e;
}

static enum fief_err report_open(struct core_session *s, fief_cap *cap)
{
	struct report_session *r;
	enum fief_err e = permitted(s);
	size_t bytes = 0;
	void *mem;

	if (!e)
		e = buffer_bytes(s, &bytes);
	if (!e)
		e = fief_alloc_zeroed(core.alloc, sizeof(*r), &mem);
	if (e)
		return e;
	r = mem;
	*r = (struct report_session){
		.obj = { .type = &report_rpc_type, .ops = &report_ops },
		.bytes = bytes,
	};
	e = report_fill(r);
	if (e) {
		report_free(r);
		return e;
	}
	newest.writer = r;
	s->object = r;
	*cap = r->obj.cap;
	return FIEF_OK;
}

static void report_close(struct core_session *s)
{
	struct report_session *r = s->object;

	newest.writer = NULL;
	fief_entrypoint_dissolve(&core.ep, &r->obj);
	core_ds_fini(&r->ds);
	report_free(r);
}

const struct core_service core_report_service = {
	.name = REPORT_SERVICE,
	.ram = REPORT_RAM_QUOTA,
	.caps = REPORT_CAP_QUOTA,
	.open = report_open,
	.close = report_close,
};
