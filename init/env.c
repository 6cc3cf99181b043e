/* SPDX-License-Identifier: MIT */
/* The sessions that a child begins with: which, what they cost, who serves
 * them. */

#include "internal.h"

#include <session/cpu.h>
#include <session/host.h>
#include <session/log.h>
#include <session/rom.h>

static const struct {
	const char *service;
	uint64_t ram;
	uint32_t caps;
} env_service[ENV_COUNT] = {
	[ENV_PD] = { PD_SERVICE, PD_RAM_QUOTA, PD_CAP_QUOTA },
	[ENV_CPU] = { CPU_SERVICE, CPU_RAM_QUOTA, CPU_CAP_QUOTA },
	[ENV_LOG] = { LOG_SERVICE, LOG_RAM_QUOTA, LOG_CAP_QUOTA },
	[ENV_ROM] = { ROM_SERVICE, ROM_RAM_QUOTA, ROM_CAP_QUOTA },
	[ENV_HOST] = { HOST_SERVICE, HOST_RAM_QUOTA, HOST_CAP_QUOTA },
};

static bool env_needed(const struct child *c, enum env_kind kind)
{
	return kind != ENV_HOST || c->start->host;
}

/* What its start takes from its quota, apart from the PD session. */
static enum fief_err costs(struct child *c, uint64_t *ram, uint64_t *caps)
{
	enum fief_err e = config_rom_cost(c->start->config, ram, caps);

	c->content_ram = *ram;
	c->content_caps = *caps;
	*ram += SANDBOX_CHILD_RAM;
	*caps += SANDBOX_CHILD_CAPS;
	for (unsigned i = 0; i < ENV_COUNT; i++) {
		if (i == ENV_PD || !env_needed(c, (enum env_kind)i))
			continue;
		*ram += env_service[i].ram;
		*caps += env_service[i].caps;
	}
	return e;
}

static enum fief_err quota_check(struct child *c, uint64_t ram, uint64_t caps)
{
	const uint64_t need = ram + PD_RAM_QUOTA;
	char a[NUMBER_TEXT_MAX], b[NUMBER_TEXT_MAX];

	caps += PD_CAP_QUOTA;
	if (c->ram >= need && c->caps >= caps)
		return FIEF_OK;
	note(c,
	     &(struct note_about){ c->ram < need ? REASON_RAM : REASON_CAPS },
	     "\"%s\" has %s RAM and %llu caps, to start it needs %s and "
	     "%llu",
	     child_name(c), number_text(a, c->ram), (unsigned long long)c->caps,
	     number_text(b, need), (unsigned long long)caps);
	return c->ram < need ? FIEF_OUT_OF_RAM : FIEF_OUT_OF_CAPS;
}

static const char *env_label(const struct child *c, enum env_kind kind)
{
	if (kind == ENV_HOST)
		return c->start->host;
	return kind == ENV_ROM ? c->start->binary : "";
}

/* Only core has accounts whose quota we can move, and takes its own word only
 * for what a PD starts with. */
static bool env_cores(enum env_kind kind)
{
	return kind == ENV_PD || kind == ENV_HOST;
}

/* Routed, but not yet asked for. */
static enum fief_err env_make(struct child *c, enum env_kind kind, uint64_t ram,
                              uint64_t caps)
{
	const struct session_ask ask = {
		.env = kind,
		.service = capnp_text_of(env_service[kind].service),
		.label = capnp_text_of(env_label(c, kind)),
		.ram = ram,
		.caps = (uint32_t)caps,
	};
	struct session *s;
	enum fief_err e = session_create(c, &ask, &s);

	if (e)
		return e;
	c->env[kind] = s;
	if ((s->server || s->own) && env_cores(kind)) {
		fief_error("\"%s\" routes %s to \"%s\", expected <parent/>",
		           child_name(c), env_service[kind].service,
		           s->own ? "local" : child_name(s->server));
		return FIEF_UNSUPPORTED;
	}
	return FIEF_OK;
}

static enum fief_err objects_make(struct child *c)
{
	struct fief_env *env = c->sandbox->env;
	enum fief_err e;

	e = fief_entrypoint_manage(env->ep, &c->parent);
	if (!e)
		e = fief_signal_manage(env->ep, &c->death);
	if (!e)
		e = config_rom_init(&c->config, env, c->start->config);
	return e;
}

enum fief_err env_make_all(struct child *c)
{
	uint64_t ram, caps;
	enum fief_err e = costs(c, &ram, &caps);

	if (!e)
		e = quota_check(c, ram, caps);
	if (!e)
		e = objects_make(c);
	if (!e)
		e = env_make(c, ENV_PD, c->ram - ram, c->caps - caps);
	for (unsigned i = ENV_CPU; i < ENV_COUNT && !e; i++)
		if (env_needed(c, (enum env_kind)i))
			e = env_make(c, (enum env_kind)i, env_service[i].ram,
			             env_service[i].caps);
	return e;
}
