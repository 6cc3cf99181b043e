/* SPDX-License-Identifier: MIT */
/* Opening and closing sessions at the parent. */

#include <fief/session.h>

#include <lib/mem.h>

#include <fief/kif_table.h>
#include <session/parent.h>

#include "heartbeat.h"
#include "session_open.h"

static struct capnp_text text_of(const char *s)
{
	return (struct capnp_text){ s ? s : "", s ? strlen(s) : 0 };
}

/* Ids are this component's own; 0 stays free for "no session". */
static uint32_t next_id(void)
{
	static _Atomic uint32_t last;
	uint32_t id;

	do
		id = ++last;
	while (!id);
	return id;
}

/* How the parent is asked. */
struct asking {
	session_ask *ask;
	const void *ctx;
};

static enum fief_err ask_plainly(struct parent_cap parent,
                                 const struct parent_session_params *params,
                                 struct parent_session_results *results,
                                 const void *ctx)
{
	(void)ctx;
	return parent_session(parent, params, results);
}

/* `a` tells the donation of this attempt. */
static enum fief_err request(struct fief_env *env, const struct asking *how,
                             const struct fief_session_args *a,
                             struct fief_session *out)
{
	struct parent_session_params p = {
		.id = next_id(),
		.service = text_of(a->service),
		.label = text_of(a->label),
		.args = text_of(a->args),
		.ram = a->ram,
		.caps = a->caps,
		.wait = true,
		.movable = a->movable,
	};
	struct parent_session_results r;
	enum fief_err e;

	fief_heartbeat_begin(env);
	e = how->ask((struct parent_cap){ env->parent }, &p, &r, how->ctx);
	if (e == FIEF_CANCELED) { /* the parent may still get there */
		e = parent_close((struct parent_cap){ env->parent }, p.id);
		return e && e != FIEF_NOT_FOUND && e != FIEF_PENDING ?
		               e :
		               FIEF_CANCELED;
	}
	if (e)
		return e;
	*out = (struct fief_session){
		.cap = r.cap, .id = p.id, .ram = a->ram, .caps = a->caps
	};
	return FIEF_OK;
}

enum fief_err session_open_by(struct fief_env *env,
                              const struct fief_session_args *a,
                              session_ask *ask, const void *ctx,
                              struct fief_session *out)
{
	const struct asking how = { ask, ctx };
	struct fief_session_args now = *a;
	enum fief_err e = FIEF_INVALID;

	for (unsigned i = 0; i < FIEF_SESSION_TRIES; i++) {
		e = request(env, &how, &now, out);
		if (e == FIEF_INSUFFICIENT_RAM)
			now.ram += (uint64_t)KIF_PAGE << i;
		else if (e == FIEF_INSUFFICIENT_CAPS)
			now.caps += 4u << i;
		else
			break;
	}
	return e;
}

enum fief_err fief_session_open(struct fief_env *env,
                                const struct fief_session_args *a,
                                struct fief_session *out)
{
	return session_open_by(env, a, ask_plainly, NULL, out);
}

enum fief_err fief_session_upgrade(struct fief_env *env, struct fief_session *s,
                                   uint64_t ram, uint32_t caps)
{
	enum fief_err e = parent_upgrade((struct parent_cap){ env->parent },
	                                 s->id, ram, caps);

	if (!e) {
		s->ram += ram;
		s->caps += caps;
	}
	return e;
}

enum fief_err fief_session_renew(struct fief_env *env, struct fief_session *s)
{
	fief_cap cap;
	enum fief_err e = parent_session_cap((struct parent_cap){ env->parent },
	                                     s->id, &cap);

	if (e)
		return e;
	fief_kif->drop(s->cap, 1);
	s->cap = cap;
	return FIEF_OK;
}

enum fief_err fief_session_sigh(struct fief_env *env,
                                struct fief_signal_handler *h)
{
	return parent_session_sigh((struct parent_cap){ env->parent },
	                           (struct signal_cap){ h->cap });
}

void fief_session_close(struct fief_env *env, struct fief_session *s)
{
	enum fief_err e;

	if (!s->id)
		return;
	fief_kif->drop(s->cap, 1);
	e = parent_close((struct parent_cap){ env->parent }, s->id);
	(void)e; /* PENDING or already gone: the parent sees to the rest */
	*s = (struct fief_session){ 0 };
}
