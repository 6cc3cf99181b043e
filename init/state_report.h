/* SPDX-License-Identifier: MIT */
/* Init's state report, sent to its own parent's Report service. That server is
 * waited for: init trusts it, as it does the one of its log. */
#pragma once

#include <fief/reporter.h>
#include <fief/rom.h>
#include <init/sandbox.h>

struct state_report {
	struct fief_env *env;         /* borrowed: outlives us */
	struct sandbox *sandbox;      /* borrowed, as above */
	const struct fief_rom *other; /* borrowed: the other session there is */
	struct fief_reporter reporter;
	enum fief_err failed; /* the last one, as it was told */
	bool refused;         /* no session, until another config */
};

/* It is due. What fails is logged, once. */
void state_report_send(struct state_report *);

/* There is another config: what was refused is tried again; where it wants no
 * report, the session ends. */
void state_report_configured(struct state_report *);
