/* SPDX-License-Identifier: MIT */
/* Labels of the raw object that ipc-parent serves to ipc-child. */
#pragma once

enum echo_label {
	ECHO_NULL = 1, /* 32 bytes there and back */
	ECHO_OBJECT,   /* returns a new capability of the parent */
	ECHO_BADGE,  /* takes a capability, tells whether it is the parent's */
	ECHO_SIGNAL, /* takes a signal capability, submits it 3 times */
	ECHO_TAKE,   /* takes any capability, keeps it not */
};
