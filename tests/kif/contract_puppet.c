/* SPDX-License-Identifier: MIT */
/* The server of the contract cases: does what it is told by each call. */

#include "contract.h"

enum { BADGE_ROOT = 1000 };

/* An operation turns c->msg into the reply; false if there is none yet. */
typedef bool (*operation)(struct contract_env *);

static uint64_t arg_slot(const struct contract_env *c)
{
	return c->msg.data[0] % CONTRACT_SLOTS;
}

static bool answer(struct contract_env *c, uint64_t word0, uint64_t word1)
{
	c->msg.label = FIEF_OK;
	c->msg.len = 2 * sizeof(uint64_t);
	c->msg.ncaps = 0;
	c->msg.data[0] = word0;
	c->msg.data[1] = word1;
	return true;
}

/* The message's capabilities are not wanted once the reply is sent. */
static void discard(struct contract_env *c)
{
	for (unsigned i = 0; i < c->msg.ncaps; i++)
		c->garbage[i] = c->msg.cap[i];
}

static bool op_echo(struct contract_env *c)
{
	c->msg.label = FIEF_OK;
	discard(c);
	return true;
}

static bool op_info(struct contract_env *c)
{
	uint64_t len = c->msg.len, ncaps = c->msg.ncaps, flags = c->msg.flags;
	uint64_t mask = 0;

	for (unsigned i = 0; i < ncaps; i++)
		mask |= (uint64_t)(c->msg.cap[i] != FIEF_CAP_NULL) << i;
	discard(c);
	answer(c, c->wait.badge, len);
	c->msg.len = 5 * sizeof(uint64_t);
	c->msg.data[2] = ncaps;
	c->msg.data[3] = flags;
	c->msg.data[4] = mask;
	return true;
}

static bool op_seed(struct contract_env *c)
{
	union {
		uint8_t byte[KIF_SEED];
		uint64_t word[KIF_SEED / 8];
	} seed = { { 0 } };
	const enum fief_err e = c->kif->seed(seed.byte);

	return answer(c, e,
	              seed.word[0] ^ seed.word[1] ^ seed.word[2] ^
	                      seed.word[3]);
}

static bool op_done(struct contract_env *c)
{
	c->done = true;
	return answer(c, 0, 0);
}

static bool op_exit(struct contract_env *c)
{
	c->kif->exit(7);
	return false;
}

static bool op_export(struct contract_env *c)
{
	uint64_t slot = arg_slot(c);
	enum kif_object kind =
		c->msg.data[1] ? KIF_OBJECT_SIGNAL : KIF_OBJECT_RPC;

	CHECK(c, !c->kif->export(c->ep, slot + 1, kind, &c->slot[slot]));
	answer(c, 0, 0);
	c->msg.ncaps = 1;
	c->msg.cap[0] = c->slot[slot];
	return true;
}

static bool op_revoke(struct contract_env *c)
{
	c->kif->revoke(c->slot[arg_slot(c)]);
	return answer(c, 0, 0);
}

static bool op_keep(struct contract_env *c)
{
	uint64_t slot = arg_slot(c);
	uint64_t flags = c->msg.flags, n = c->msg.ncaps;

	for (unsigned i = 0; i < n; i++)
		c->slot[(slot + i) % CONTRACT_SLOTS] = c->msg.cap[i];
	return answer(c, flags, n);
}

static bool op_give(struct contract_env *c)
{
	uint64_t slot = arg_slot(c), n = c->msg.data[1];

	answer(c, 0, 0);
	c->msg.ncaps = (uint8_t)n;
	for (unsigned i = 0; i < n; i++)
		c->msg.cap[i] = c->slot[(slot + i) % CONTRACT_SLOTS];
	return true;
}

static bool op_drop(struct contract_env *c)
{
	c->kif->drop(c->slot[arg_slot(c)], 1);
	return answer(c, 0, 0);
}

static bool op_call(struct contract_env *c)
{
	uint64_t slot = arg_slot(c), op = c->msg.data[1];
	fief_reply token = c->wait.reply;
	enum fief_err e;

	c->msg.ncaps = 0;
	e = contract_order(c, &c->msg, c->slot[slot], (enum contract_op)op, 0,
	                   0);
	c->wait.reply = token;
	if (e)
		return answer(c, e, 0);
	discard(c);
	return answer(c, e, c->msg.data[0]);
}

static bool op_signal(struct contract_env *c)
{
	fief_cap cap = c->slot[arg_slot(c)];

	for (uint64_t n = c->msg.data[1]; n; n--)
		c->kif->signal(cap);
	return answer(c, 0, 0);
}

static bool op_received(struct contract_env *c)
{
	return answer(c, c->received[arg_slot(c) + 1], 0);
}

static bool op_save(struct contract_env *c)
{
	c->token[arg_slot(c)] = c->wait.reply;
	return false;
}

static bool op_saved(struct contract_env *c)
{
	return answer(c, c->token[arg_slot(c)] != FIEF_REPLY_NULL, 0);
}

/* Send c->msg as the reply to a token. */
static void reply_to(struct contract_env *c, fief_reply token)
{
	struct kif_wait w = { .reply = token, .flags = KIF_REPLY };

	CHECK(c, !c->kif->reply_wait(c->ep, &c->msg, &w));
}

static bool op_answer(struct contract_env *c)
{
	uint64_t slot = arg_slot(c), with = c->msg.data[1];

	answer(c, slot + 100, 0);
	if (with) {
		c->msg.ncaps = 1;
		c->msg.cap[0] = c->slot[(with - 1) % CONTRACT_SLOTS];
	}
	reply_to(c, c->token[slot]); /* the token stays for OP_TWICE */
	return answer(c, 0, 0);
}

static bool op_twice(struct contract_env *c)
{
	fief_reply old = c->token[arg_slot(c)];

	answer(c, 666, 0);
	reply_to(c, old);
	reply_to(c, FIEF_REPLY_NULL);
	reply_to(c, UINT64_C(0x123456789abcdef));
	answer(c, 1, 0);
	reply_to(c, c->wait.reply);
	answer(c, 2, 0); /* by the loop: the second one */
	return true;
}

static bool op_window(struct contract_env *c)
{
	return answer(c, c->kif->recv_window((unsigned)c->msg.data[0]), 0);
}

static bool op_stall(struct contract_env *c)
{
	c->stalled = (unsigned)c->msg.data[0] + 1;
	c->stall_arg = c->msg.data[1];
	return answer(c, 0, 0);
}

static bool op_badge(struct contract_env *c)
{
	uint64_t badge = 0;
	enum fief_err e = c->kif->badge(c->slot[arg_slot(c)], &badge);

	return answer(c, e, badge);
}

static bool op_peek(struct contract_env *c)
{
	uint64_t value = c->msg.data[1], old = 0;
	enum fief_err e;
	void *at;

	e = c->kif->map(c->slot[arg_slot(c)], 0, KIF_PAGE, NULL,
	                KIF_READ | KIF_WRITE, &at);
	CHECK(c, !e);
	if (!e) {
		old = *(volatile uint64_t *)at;
		*(volatile uint64_t *)at = value;
		CHECK(c, !c->kif->unmap(at, KIF_PAGE));
	}
	return answer(c, old, 0);
}

static bool op_oversize(struct contract_env *c)
{
	answer(c, 0, 0);
	c->msg.len = KIF_DATA_MAX + 1;
	return true;
}

static bool op_chase(struct contract_env *c)
{
	c->chased = c->slot[arg_slot(c)];
	c->chases = c->msg.data[1];
	c->kif->signal(c->chased);
	return answer(c, 0, 0);
}

static const operation operations[OP_COUNT] = {
	[OP_ECHO] = op_echo,         [OP_INFO] = op_info,
	[OP_DONE] = op_done,         [OP_EXIT] = op_exit,
	[OP_EXPORT] = op_export,     [OP_REVOKE] = op_revoke,
	[OP_KEEP] = op_keep,         [OP_GIVE] = op_give,
	[OP_DROP] = op_drop,         [OP_CALL] = op_call,
	[OP_SIGNAL] = op_signal,     [OP_RECEIVED] = op_received,
	[OP_SAVE] = op_save,         [OP_SAVED] = op_saved,
	[OP_ANSWER] = op_answer,     [OP_TWICE] = op_twice,
	[OP_WINDOW] = op_window,     [OP_STALL] = op_stall,
	[OP_BADGE] = op_badge,       [OP_PEEK] = op_peek,
	[OP_OVERSIZE] = op_oversize, [OP_CHASE] = op_chase,
	[OP_SEED] = op_seed,
};

/* ---- events ---- */

static void signaled(struct contract_env *c)
{
	unsigned action = c->stalled;

	CHECK(c, c->wait.count >= 1);
	CHECK(c, c->wait.badge >= 1 && c->wait.badge <= CONTRACT_SLOTS);
	if (c->wait.badge <= CONTRACT_SLOTS)
		c->received[c->wait.badge] += c->wait.count;
	c->stalled = 0;
	if (c->chases) {
		c->chases--;
		c->kif->signal(c->chased);
	}
	if (!action)
		return;
	if (action - 1 == STALL_EXIT)
		c->kif->exit(8);
	if (action - 1 == STALL_REVOKE)
		c->kif->revoke(c->slot[c->stall_arg % CONTRACT_SLOTS]);
}

static bool called(struct contract_env *c)
{
	uint32_t op = c->msg.label;

	CHECK(c, c->wait.reply != FIEF_REPLY_NULL);
	if (op >= OP_COUNT || !operations[op]) {
		c->failed(c, "unknown operation", op);
		return answer(c, 0, 0);
	}
	return operations[op](c);
}

static void wait_event(struct contract_env *c, uint32_t reply)
{
	uint32_t signals = c->stalled ? KIF_SIGNALS : 0;

	c->wait.flags = KIF_WAIT | reply | signals;
	c->wait.deadline = FIEF_NEVER;
	CHECK(c, !c->kif->reply_wait(c->ep, &c->msg, &c->wait));
	for (unsigned i = 0; i < KIF_CAPS_MAX; i++) {
		c->kif->drop(c->garbage[i], 1);
		c->garbage[i] = FIEF_CAP_NULL;
	}
}

void contract_puppet(struct contract_env *c)
{
	uint32_t reply = 0;
	fief_cap root;

	CHECK(c, !c->kif->export(c->ep, BADGE_ROOT, KIF_OBJECT_RPC, &root));
	c->offer(c, root);
	while (!c->done) {
		wait_event(c, reply);
		if (c->wait.event == KIF_EVENT_CALL) {
			reply = called(c) ? KIF_REPLY : KIF_SAVE;
		} else {
			CHECK(c, c->wait.event == KIF_EVENT_SIGNAL);
			signaled(c);
			reply = 0;
		}
	}
	reply_to(c, c->wait.reply);
}
