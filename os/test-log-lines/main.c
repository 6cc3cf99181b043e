/* SPDX-License-Identifier: MIT */
/* Lines of all kinds. */

#include <fief/kif_table.h>
#include <lib/mem.h>
#include <os/check.h>
#include <session/log.h>

enum { TOO_LONG = KIF_DATA_MAX, LONG = 460 };

struct fief_env *check_env;

static void conversions(void)
{
	fief_log("signed %d %i, unsigned %u, large %llu", -5, 7, 8u,
	         (unsigned long long)UINT64_MAX);
	fief_log("hex %x %X %#x, padded [%4d] [%-4d] [%04d]", 0xbeefu, 0xbeefu,
	         255u, 42, 42, 42);
	fief_log("text [%s] [%5s] [%-5s] [%.2s], char %c, percent %%", "abc",
	         "abc", "abc", "abc", 'x');
	fief_warning("of something");
	fief_error("of something else");
}

static void lengths(struct log_cap log)
{
	static char text[TOO_LONG + 1];

	memset(text, 'x', TOO_LONG);
	/* The longest that is not cut, and one more. */
	fief_log("%.*s", FIEF_LOG_LINE - 1, text);
	fief_log("%.*s", FIEF_LOG_LINE, text);
	memset(text, 'y', TOO_LONG);
	CHECK_OK(log_write(log, (struct capnp_text){ text, LONG }));
	CHECK(log_write(log, (struct capnp_text){ text, TOO_LONG }) ==
	      FIEF_TOO_LONG);
}

void fief_component_construct(struct fief_env *env)
{
	const struct log_cap log = { env->log };

	check_env = env;
	conversions();
	lengths(log);
	CHECK_OK(log_write(log, capnp_text_of("first\nsecond\n\nfourth")));
	CHECK_OK(log_write(log, capnp_text_of("a line of its own")));
	fief_log("log test succeeded");
	fief_exit(env, 0);
}
