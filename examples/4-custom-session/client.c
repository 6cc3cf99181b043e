/* SPDX-License-Identifier: MIT */
/* Uses our own interface: two counters, then none. */

#include <fief/log.h>
#include <fief/session.h>

#include <examples/4-custom-session/counter.h>

static enum fief_err count(struct counter_cap c, const char *name,
                           int64_t amount)
{
	int64_t value;
	enum fief_err e = counter_add(c, amount, &value);

	if (!e)
		fief_log("%s is %lld", name, (long long)value);
	return e;
}

static enum fief_err run(struct fief_env *env)
{
	const struct fief_session_args args = {
		.service = COUNTER_FACTORY_SERVICE,
		.ram = COUNTER_FACTORY_RAM_QUOTA,
		.caps = COUNTER_FACTORY_CAP_QUOTA,
	};
	struct fief_session session;
	struct counter_factory_cap factory;
	struct counter_cap apples, pears;
	enum fief_err e;

	e = fief_session_open(env, &args, &session);
	if (e)
		return e;
	factory.cap = session.cap;
	e = counter_factory_make(factory, 0, &apples);
	if (!e)
		e = counter_factory_make(factory, 100, &pears);
	if (!e)
		e = count(apples, "apples", 3);
	if (!e)
		e = count(pears, "pears", -1);
	if (!e)
		e = count(apples, "apples", 4);
	fief_session_close(env, &session);
	if (!e)
		fief_log("after the session: %s",
		         fief_err_text(count(apples, "apples", 1)));
	return e;
}

void fief_component_construct(struct fief_env *env)
{
	enum fief_err e = run(env);

	if (e)
		fief_error("counting failed: %s", fief_err_text(e));
	fief_exit(env, e != FIEF_OK);
}
