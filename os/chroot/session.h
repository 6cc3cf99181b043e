/* SPDX-License-Identifier: MIT */
/*
 * Sessions that are passed through: ours at the server behind is what the client
 * gets. Its packets never come by; what comes by are donations, and the end.
 */
#pragma once

#include <fief/config.h>
#include <fief/id_space.h>
#include <lib/rate_limit.h>
#include <session/parent.h>

struct chroot {
	struct fief_env *env; /* borrowed */
	struct fief_config config;
	struct fief_signal_handler config_changed;
	struct fief_signal_handler requests, news;
	struct fief_id_space sessions; /* owned: struct passed, by our name */
	struct rate_limit refused;
};

/* Be asked for sessions from now on. Errors: those of the parent. */
FIEF_MUST enum fief_err sessions_serve(struct chroot *);
