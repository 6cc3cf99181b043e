/* SPDX-License-Identifier: MIT */
/*
 * Checks of test components: the first that fails is logged, and ends the
 * component with 1. Included by one source of a program, or by several.
 */
#pragma once

#include <fief/component.h>
#include <fief/log.h>
#include <session/pd.h>

/* Whom a failure ends: set first. */
extern struct fief_env *check_env;

#define CHECK(condition)                                                       \
	((condition) ? (void)0 : check_failed(#condition, __FILE__, __LINE__))

/* The same for what returns an error. */
#define CHECK_OK(expression)                                                   \
	do {                                                                   \
		enum fief_err check_err_ = (expression);                       \
		if (check_err_)                                                \
			check_failed_by(#expression, check_err_, __FILE__,     \
			                __LINE__);                             \
	} while (0)

static inline void check_failed(const char *what, const char *file, int line)
{
	fief_error("%s:%d: %s", file, line, what);
	fief_exit(check_env, 1);
}

static inline void check_failed_by(const char *what, enum fief_err e,
                                   const char *file, int line)
{
	fief_error("%s:%d: %s: %s", file, line, what, fief_err_text(e));
	fief_exit(check_env, 1);
}

/* What the account of this component has in use. */
struct check_used {
	uint64_t ram;
	uint32_t caps;
};

static inline struct check_used check_used(void)
{
	struct check_used u = { 0 };
	uint64_t limit;
	uint32_t caps_limit;

	CHECK_OK(pd_quota((struct pd_cap){ check_env->pd }, &limit, &u.ram,
	                  &caps_limit, &u.caps));
	return u;
}
