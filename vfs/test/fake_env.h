/* SPDX-License-Identifier: MIT */
/* ROM, LOG and signals of a component, as far as file systems use them. */
#pragma once

#include <stddef.h>

#include <fief/component.h>

extern struct fief_env fake_env;
extern struct fief_signal_handler *fake_managed; /* the last one */

/* The content of a module; `data` NULL: it has none. */
void fake_rom_set(const char *label, const void *data, size_t size);
/* Whoever asked for it is told that modules changed. */
void fake_rom_changed(void);
extern unsigned fake_roms_open;

/* What was written to LOG sessions, each write as "LABEL|text|". */
extern char fake_logged[4096];
/* LOG fails from now on; 0: it works. */
extern enum fief_err fake_log_fails;
extern enum fief_err fake_quota_fails; /* of the PD session */

/* Rtc sessions: the wall time when the clock of kif was 0; what opening one fails
 * with. */
extern int64_t fake_wall;
extern enum fief_err fake_rtc_fails;
/* Somebody sets the clock to that. */
void fake_wall_step(int64_t wall);
