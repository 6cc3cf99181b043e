/* SPDX-License-Identifier: MIT */
/* Offers the services that its configuration names, and does nothing. */

#include <fief/config.h>
#include <fief/log.h>
#include <lib/mem.h>
#include <session/log.h>
#include <session/report.h>
#include <session/rom.h>
#include <session/shared_buffer.h>
#include <session/timer.h>

#include "black_hole.h"

static const struct {
	const char *name;
	void (*fill)(struct fief_service *s);
} kinds[] = {
	{ LOG_SERVICE, black_log },
	{ REPORT_SERVICE, black_report },
	{ ROM_SERVICE, black_rom },
	{ SHARED_BUFFER_SERVICE, black_shared_buffer },
	{ TIMER_SERVICE, black_timer },
};

enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

static struct main {
	struct fief_config config;
	struct fief_root root;
	struct fief_service service[KINDS];
} m;

static enum fief_err offer(const char *name)
{
	for (unsigned i = 0; i < KINDS; i++) {
		if (strcmp(kinds[i].name, name) != 0)
			continue;
		if (m.service[i].name)
			return FIEF_CONFLICT;
		kinds[i].fill(&m.service[i]);
		return fief_root_announce(&m.root, &m.service[i]);
	}
	return FIEF_NOT_FOUND;
}

static enum fief_err start(struct fief_env *env)
{
	enum fief_err e = fief_config_open(env, &m.config);

	if (!e)
		e = fief_root_init(&m.root, env);
	NODE_FOR_EACH(n, m.config.root, "service") {
		const char *name = node_attr(n, "name", "");

		if (!e)
			e = offer(name);
		if (e)
			fief_error("service \"%s\": %s", name,
			           fief_err_text(e));
	}
	return e;
}

void fief_component_construct(struct fief_env *env)
{
	enum fief_err e = start(env);

	if (e) {
		fief_error("cannot start: %s", fief_err_text(e));
		fief_exit(env, 1);
	}
}
