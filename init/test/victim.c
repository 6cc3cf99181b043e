/* SPDX-License-Identifier: MIT */
/* A client that ends with sessions in all states: hanging, open, upgraded,
 * closing and its own PD. */

#include <fief/component.h>
#include <fief/session.h>

#include <session/parent.h>
#include <session/pd.h>

enum { RAM = 8192, CAPS = 2, ID = 900000 };

/* Was it refused? */
static int hang(struct fief_env *env, uint32_t id)
{
	const struct parent_session_params p = {
		.id = id,
		.service = capnp_text_of("Test"),
		.label = capnp_text_of("hang"),
		.ram = RAM,
		.caps = CAPS,
	};
	struct parent_session_results r;
	enum fief_err e;

	e = parent_session((struct parent_cap){ env->parent }, &p, &r);
	return e && e != FIEF_PENDING;
}

void fief_component_construct(struct fief_env *env)
{
	const struct fief_session_args test = {
		.service = "Test", .label = "ok", .ram = RAM, .caps = CAPS
	};
	const struct fief_session_args pd = { .service = PD_SERVICE,
		                              .label = "inner",
		                              .ram = PD_RAM_QUOTA + 4096,
		                              .caps = PD_CAP_QUOTA + 4 };
	struct fief_session a, b, c;
	int failed;

	failed = hang(env, ID);
	failed |= fief_session_open(env, &test, &a) != FIEF_OK;
	failed |= fief_session_open(env, &test, &b) != FIEF_OK;
	failed |= fief_session_open(env, &pd, &c) != FIEF_OK;
	if (!failed) {
		failed |= fief_session_upgrade(env, &a, 4096, 1) != FIEF_OK;
		failed |= fief_session_upgrade(env, &c, 4096, 1) != FIEF_OK;
		fief_session_close(env, &b);
	}
	failed |= hang(env, ID + 1);
	fief_exit(env, failed);
}
