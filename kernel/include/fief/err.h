/* SPDX-License-Identifier: MIT */
/*
 * The closed list of causes that every fallible function of the framework
 * returns. Causes differ by what the caller can do about them. The numbers
 * travel in messages and never change; a number that is not listed here is
 * treated as FIEF_INVALID by the receiver.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <fief/compiler.h>

#define FIEF_ERR_LIST(X)                                                       \
	X(OK, 0, "success")                                                    \
	X(OUT_OF_RAM, 1, "RAM quota exhausted; upgrade and retry")             \
	X(OUT_OF_CAPS, 2, "capability quota exhausted; upgrade and retry")     \
	X(INSUFFICIENT_RAM, 3, "session donation lacks RAM; donate more")      \
	X(INSUFFICIENT_CAPS, 4, "session donation lacks caps; donate more")    \
	X(DENIED, 5, "refused by policy; retrying cannot help")                \
	X(GONE, 6, "the object or its owner no longer exists")                 \
	X(CANCELED, 7, "the call was canceled, for example by its deadline")   \
	X(INVALID, 8, "malformed message or argument; fix the caller")         \
	X(LIMIT, 9, "a fixed limit was hit; the log names it")                 \
	X(UNSUPPORTED, 10, "the object does not implement this operation")     \
	X(NOT_FOUND, 11, "no object of that name")                             \
	X(CONFLICT, 12, "the name, range or id is already in use")             \
	X(AGAIN, 13, "not possible now; retry after the next signal")          \
	X(PENDING, 14, "accepted; the outcome arrives by signal")              \
	X(TOO_LONG, 15, "an argument exceeds the limit of its type")           \
	X(DEADLOCK, 16, "waiting would deadlock")                              \
	X(LATE, 17, "handler keeps the request and answers later; local only")

enum fief_err {
#define X(id, number, text) FIEF_##id = number,
	FIEF_ERR_LIST(X)
#undef X
		FIEF_ERR_COUNT
};

/* Lower-case name of a cause, for example "out_of_ram"; "?" if unknown. */
const char *fief_err_name(enum fief_err e);

/* One-sentence explanation of a cause; "unknown error" if unknown. */
const char *fief_err_text(enum fief_err e);

/* Cause for a number that came from a peer; unknown numbers are INVALID. */
static inline enum fief_err fief_err_from_wire(uint32_t number)
{
	return number < FIEF_ERR_COUNT ? (enum fief_err)number : FIEF_INVALID;
}
