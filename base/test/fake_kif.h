/* SPDX-License-Identifier: MIT */
/* The part of kif that base needs in unit tests, over POSIX threads. */
#pragma once

#include <setjmp.h>

#include <fief/kif_table.h>

/* Bytes logged so far, by all threads. */
extern _Atomic unsigned fake_kif_logged;

/* Run fn(arg) and tell the exit code if it ended the PD; -1 if it returned. */
int fake_kif_exit_of(void (*fn)(void *), void *arg);
