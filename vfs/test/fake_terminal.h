/* SPDX-License-Identifier: MIT */
/* The server of a Terminal session, as a test has it. */
#pragma once

#include <fief/session.h>

enum { FAKE_TERMINAL_BYTES = 16 };

extern struct fake_terminal {
	char in[64], out[64]; /* what comes; what was written */
	size_t in_len, out_len;
	size_t room;          /* for what is written */
	bool end, gone, lies; /* lies: of lengths */
	uint32_t columns, rows;
	unsigned calls;
	struct fief_signal_handler *read, *write, *size;
} fake_terminal;

/* Label "no" is refused. */
enum fief_err fake_terminal_open(const char *label, struct fief_session *out);
