/* SPDX-License-Identifier: MIT */
/* State of the test. */
#pragma once

#include <fief/session.h>
#include <session/cpu.h>
#include <session/pd.h>

#include "exceptions.h"

struct test {
	struct fief_env *env;
	struct fief_session cpu, pd; /* `pd` is that of the victim */
	struct fief_rpc_obj parent;
	struct fief_signal_handler death, crash;
	enum exceptions_way way;
	unsigned told; /* signals of crashes */
	unsigned checks, failed;
};

extern struct test test;

/* ---- checks.c ---- */
void check(bool ok, const char *what);
void check_none(void);
/* The victim crashed as told by `test.way`. */
void check_crash(void);
/* It waits, with its threads: list and kill it. */
void check_threads(void);
/* At the end: what is kept of all crashes. */
void check_kept(void);
