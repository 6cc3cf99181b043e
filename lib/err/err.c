/* SPDX-License-Identifier: MIT */
/* Names and texts of the causes in <fief/err.h>. */
#include <fief/err.h>

static const char *const err_name[FIEF_ERR_COUNT] = {
	[FIEF_OK] = "ok",
	[FIEF_OUT_OF_RAM] = "out_of_ram",
	[FIEF_OUT_OF_CAPS] = "out_of_caps",
	[FIEF_INSUFFICIENT_RAM] = "insufficient_ram",
	[FIEF_INSUFFICIENT_CAPS] = "insufficient_caps",
	[FIEF_DENIED] = "denied",
	[FIEF_GONE] = "gone",
	[FIEF_CANCELED] = "canceled",
	[FIEF_INVALID] = "invalid",
	[FIEF_LIMIT] = "limit",
	[FIEF_UNSUPPORTED] = "unsupported",
	[FIEF_NOT_FOUND] = "not_found",
	[FIEF_CONFLICT] = "conflict",
	[FIEF_AGAIN] = "again",
	[FIEF_PENDING] = "pending",
	[FIEF_TOO_LONG] = "too_long",
	[FIEF_DEADLOCK] = "deadlock",
	[FIEF_LATE] = "late",
};

static const char *const err_text[FIEF_ERR_COUNT] = {
#define X(id, number, text) [number] = text,
	FIEF_ERR_LIST(X)
#undef X
};

const char *fief_err_name(enum fief_err e)
{
	return (unsigned)e < FIEF_ERR_COUNT ? err_name[e] : "?";
}

const char *fief_err_text(enum fief_err e)
{
	return (unsigned)e < FIEF_ERR_COUNT ? err_text[e] : "unknown error";
}
