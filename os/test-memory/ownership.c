/* SPDX-License-Identifier: MIT */
/* Memory is freed by the PD that allocated it, by no other. */

#include <fief/attached.h>
#include <fief/kif_table.h>
#include <fief/session.h>

#include "roles.h"

enum { BYTES = 3 * KIF_PAGE, EXTRA = 64 << 10, ROUNDS = 20 };

static uint64_t ram_used(struct pd_cap pd)
{
	uint64_t limit, used;
	uint32_t caps, caps_used;

	CHECK_OK(pd_quota(pd, &limit, &used, &caps, &caps_used));
	return used;
}

static struct pd_cap pd_open(struct fief_session *s)
{
	const struct fief_session_args args = { .service = PD_SERVICE,
		                                .ram = PD_RAM_QUOTA + EXTRA,
		                                .caps = PD_CAP_QUOTA + 8 };

	CHECK_OK(fief_session_open(check_env, &args, s));
	return (struct pd_cap){ s->cap };
}

static void round_run(struct pd_cap owner, struct pd_cap other)
{
	const uint64_t before = ram_used(owner), before_other = ram_used(other);
	struct dataspace_cap ds;
	struct fief_attached a;

	CHECK_OK(pd_alloc_ram(owner, BYTES, &ds));
	CHECK(ram_used(owner) >= before + BYTES);
	/* Who does not own it cannot free it, and gets nothing for trying. */
	CHECK(pd_free_ram(other, ds) == FIEF_NOT_FOUND);
	CHECK(pd_free_ram((struct pd_cap){ check_env->pd }, ds) ==
	      FIEF_NOT_FOUND);
	CHECK(ram_used(other) == before_other);
	fief_kif->ref(ds.cap);
	CHECK_OK(fief_attach(&a, ds.cap, BYTES, KIF_READ | KIF_WRITE));
	*(volatile unsigned *)a.addr = 7;
	CHECK(*(volatile unsigned *)a.addr == 7);
	fief_detach(&a);

	CHECK_OK(pd_free_ram(owner, ds));
	CHECK(pd_free_ram(owner, ds) != FIEF_OK); /* once is enough */
	CHECK(ram_used(owner) == before);
	fief_kif->ref(ds.cap);
	CHECK(fief_attach(&a, ds.cap, BYTES, KIF_READ) != FIEF_OK);
	fief_kif->drop(ds.cap, 1);
}

void ownership_run(void)
{
	struct fief_session a, b;
	struct pd_cap owner = pd_open(&a), other = pd_open(&b);

	for (unsigned i = 0; i < ROUNDS; i++)
		round_run(owner, other);
	fief_log("ownership test succeeded");
	fief_exit(check_env, 0);
}
