/* SPDX-License-Identifier: MIT */
/* Entrypoint: whose turn it is when there is always a call. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fief/entrypoint_loop.h>
#include <fief/kif_table.h>

static unsigned calls, replies, ran;
static struct fief_rpc_obj obj;

/* There is a call, always; each is answered before the next one comes. */
static enum fief_err reply_wait(fief_ep ep, struct kif_msg *msg,
                                struct kif_wait *w)
{
	(void)ep;
	if (w->flags & KIF_REPLY) {
		assert_int_equal(w->reply, calls);
		assert_int_equal(msg->len, calls % 100);
		replies++;
	}
	if (!(w->flags & KIF_WAIT))
		return FIEF_OK;
	assert_int_equal(replies, calls);
	w->event = KIF_EVENT_CALL;
	w->badge = (uint64_t)(uintptr_t)&obj;
	w->reply = ++calls;
	return FIEF_OK;
}

static uint64_t now(void)
{
	return 0;
}

static enum fief_err export(fief_ep ep, uint64_t badge, enum kif_object kind,
                            fief_cap *cap) {
	(void)ep, (void)badge, (void)kind; *cap = 1; return FIEF_OK;
}

static void revoke(fief_cap cap)
{
	(void)cap;
}

static const struct kif table = {
	.reply_wait = reply_wait,
	.time = now,
	.export = export,
	.revoke = revoke,
};

const struct kif *fief_kif = &table;

static enum fief_err dispatch(struct fief_rpc_obj *self, struct kif_msg *in,
                              struct kif_msg *out)
{
	(void)self, (void)in;
	out->len = (uint16_t)(calls % 100);
	return FIEF_OK;
}

static void handle(struct fief_signal_handler *self, unsigned count)
{
	(void)count;
	ran++;
	fief_signal_local_submit(self); /* and again */
}

static void flood(void **state)
{
	static const struct fief_rpc_type type = { "Test", 1, dispatch };
	struct fief_signal_handler h = { .handle = handle };
	struct fief_entrypoint ep;

	(void)state;
	obj.type = &type;
	fief_entrypoint_init(&ep, 1);
	assert_int_equal(fief_signal_manage(&ep, &h), FIEF_OK);
	fief_signal_local_submit(&h);
	for (unsigned i = 0; i < 1000; i++)
		assert_true(fief_entrypoint_step(&ep, FIEF_NEVER));
	assert_in_range(ran, 1000 / 20, 1000 / 10);
	assert_int_equal(ran + calls, 1000);
	fief_signal_dissolve(&ep, &h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(flood),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
