/* SPDX-License-Identifier: MIT */
/* Host sessions: the authority to start components with what the host grants. */

#include <fief/kif_table.h>
#include <lib/fmt.h>
#include <lib/mem.h>
#include <session/host.h>

#include "host.h"

static struct core_host_session *host_of(struct fief_rpc_obj *obj)
{
	return FIEF_CONTAINER_OF(obj, struct core_host_session, obj);
}

struct core_grant *core_grant_find(const char *name)
{
	LIST_FOR_EACH(g, &core.grants, struct core_grant, in_core)
		if (!strcmp(g->name, name))
			return g;
	return NULL;
}

struct core_host_session *core_host_session_of(fief_cap cap)
{
	struct fief_rpc_obj *obj = core_object(cap, &host_rpc_type);

	return obj ? host_of(obj) : NULL;
}

void core_grant_resized(void)
{
	LIST_FOR_EACH(g, &core.grants, struct core_grant, in_core)
		LIST_FOR_EACH(s, &g->sessions, struct core_host_session, link)
			fief_kif->signal(s->sigh);
}

/* ---- sessions ---- */

static enum fief_err op_info(struct fief_rpc_obj *self, enum host_kind *kind,
                             bool *writeable)
{
	static const enum host_kind kinds[] = {
		[KIF_HOST_DIR] = HOST_KIND_DIR,
		[KIF_HOST_FILE] = HOST_KIND_FILE,
		[KIF_HOST_TTY] = HOST_KIND_TTY,
		[KIF_HOST_STREAM] = HOST_KIND_STREAM,
	};
	const struct core_grant *g = host_of(self)->grant;

	if (!g)
		return FIEF_GONE;
	*kind = kinds[g->kind];
	*writeable = g->writeable;
	return FIEF_OK;
}

static enum fief_err op_sigh(struct fief_rpc_obj *self,
                             struct signal_cap handler)
{
	struct core_host_session *s = host_of(self);

	fief_kif->drop(s->sigh, 1);
	s->sigh = handler.cap;
	return FIEF_OK;
}

static const struct host_ops host_ops = { .info = op_info, .sigh = op_sigh };

/* Most likely a typo. */
static void complain(const struct core_session *session)
{
	char names[KCORE_GRANTS * (LABEL_NAME_MAX + 4) + 8];
	struct fmt f;

	fmt_init(&f, names, sizeof(names));
	LIST_FOR_EACH(g, &core.grants, struct core_grant, in_core)
		fmt_add(&f, "%s \"%s\"", f.len ? "," : ", only", g->name);
	core_log("Error: nothing of the host was granted as \"%s\"%s (label "
	         "\"%s\")",
	         label_last(session->label.text), names, session->label.text);
}

static enum fief_err host_open(struct core_session *session, fief_cap *cap)
{
	struct core_grant *g = core_grant_find(label_last(session->label.text));
	struct core_host_session *s;
	enum fief_err e;
	void *mem;

	if (!g && core_complaint_due(session->parent))
		complain(session);
	if (!g)
		return FIEF_DENIED;
	e = fief_alloc_zeroed(core.alloc, sizeof(*s), &mem);
	if (e)
		return e;
	s = mem;
	s->obj.type = &host_rpc_type;
	s->obj.ops = &host_ops;
	s->grant = g;
	e = fief_entrypoint_manage(&core.ep, &s->obj);
	if (e) {
		fief_free(core.alloc, s, sizeof(*s));
		return e;
	}
	list_add_last(&g->sessions, &s->link);
	session->object = s;
	*cap = s->obj.cap;
	return FIEF_OK;
}

/* What was started by its authority has it no more. */
static void host_close(struct core_session *session)
{
	struct core_host_session *s = session->object;

	core_pd_host_gone(s);
	if (s->grant)
		list_remove(&s->link);
	fief_kif->drop(s->sigh, 1);
	fief_entrypoint_dissolve(&core.ep, &s->obj);
	fief_free(core.alloc, s, sizeof(*s));
}

void core_grant_close(struct core_grant *g)
{
	struct list_elem *e;

	list_remove(&g->in_core);
	while ((e = list_take_first(&g->sessions))) {
		struct core_host_session *s =
			LIST_OBJECT(e, struct core_host_session, link);

		core_pd_host_gone(s);
		s->grant = NULL;
	}
	kcore_grant_destroy(g->grant);
}

const struct core_service core_host_service = {
	.name = HOST_SERVICE,
	.ram = HOST_RAM_QUOTA,
	.caps = HOST_CAP_QUOTA,
	.open = host_open,
	.close = host_close,
};
