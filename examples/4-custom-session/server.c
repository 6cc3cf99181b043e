/* SPDX-License-Identifier: MIT */
/* Serves our own interface: a session makes counters, each an object. */

#include <fief/log.h>
#include <fief/root.h>

#include <examples/4-custom-session/counter.h>

enum { COUNTERS = 16 };

struct counter {
	struct fief_rpc_obj obj;
	int64_t value;
};

struct factory {
	struct fief_service_session base;
	struct counter counter[COUNTERS];
	unsigned made;
};

static struct main {
	struct fief_env *env;
	struct fief_root root;
	struct fief_service service;
} m;

static enum fief_err op_add(struct fief_rpc_obj *self, int64_t amount,
                            int64_t *value)
{
	struct counter *c = FIEF_CONTAINER_OF(self, struct counter, obj);

	if (amount > 0 ? c->value > INT64_MAX - amount :
	                 c->value < INT64_MIN - amount)
		return FIEF_LIMIT;
	c->value += amount;
	*value = c->value;
	return FIEF_OK;
}

static const struct counter_ops counter_ops = { .add = op_add };

static enum fief_err op_make(struct fief_rpc_obj *self, int64_t start,
                             struct counter_cap *counter)
{
	struct factory *f = FIEF_SESSION_OF(self, struct factory);
	struct counter *c = &f->counter[f->made];
	enum fief_err e;

	if (f->made == COUNTERS)
		return FIEF_LIMIT;
	e = fief_budget_take(&f->base.budget, 0, 1);
	if (e)
		return e;
	*c = (struct counter){
		.obj = { .type = &counter_rpc_type, .ops = &counter_ops },
		.value = start,
	};
	e = fief_entrypoint_manage(m.env->ep, &c->obj);
	if (e) {
		fief_budget_give(&f->base.budget, 0, 1);
		return e;
	}
	f->made++;
	counter->cap = c->obj.cap;
	return FIEF_OK;
}

static const struct counter_factory_ops factory_ops = { .make = op_make };

/* When the session ends its counters end: all holders read GONE. */
static void factory_fini(struct fief_service_session *s)
{
	struct factory *f = (struct factory *)s;

	for (unsigned i = 0; i < f->made; i++)
		fief_entrypoint_dissolve(m.env->ep, &f->counter[i].obj);
}

void fief_component_construct(struct fief_env *env)
{
	enum fief_err e;

	m.env = env;
	m.service = (struct fief_service){
		.name = COUNTER_FACTORY_SERVICE,
		.type = &counter_factory_rpc_type,
		.ops = &factory_ops,
		.size = sizeof(struct factory),
		.fini = factory_fini,
	};
	e = fief_root_init(&m.root, env);
	if (!e)
		e = fief_root_announce(&m.root, &m.service);
	if (e) {
		fief_error("cannot provide Counter: %s", fief_err_text(e));
		fief_exit(env, 1);
	}
}
