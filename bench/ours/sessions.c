/* SPDX-License-Identifier: MIT */
/* Opening and closing sessions of a sibling, through init. */

#include "bench_client.h"

static enum fief_err session_cycle(struct bench *b, unsigned batch)
{
	const struct fief_session_args args = {
		.service = BENCH_SERVICE,
		.ram = BENCH_RAM_QUOTA,
		.caps = BENCH_CAP_QUOTA,
	};
	struct fief_session s;
	enum fief_err e = FIEF_OK;

	for (unsigned i = 0; i < batch && !e; i++) {
		e = fief_session_open(b->env, &args, &s);
		if (!e)
			fief_session_close(b->env, &s);
	}
	return e;
}

void bench_group_session(struct bench *b)
{
	bench_run(b, "session_cycle", session_cycle, 1);
}
