/* SPDX-License-Identifier: MIT */
/* Rounds of an embedded sandbox. */

#include "rounds.h"

enum {
	SETTLED = 3
}; /* rounds until heap and tables are as large as they get */

static const char empty[] = "<config/>";

static bool kills(const struct rounds *r)
{
	return r->kill_us && r->round % 2;
}

static void round_end_soon(struct rounds *r)
{
	if (r->ending)
		return;
	r->ending = true;
	fief_signal_local_submit(&r->end);
}

static void on_exit(void *arg, int code)
{
	struct rounds *r = arg;

	CHECK(code == 0);
	if (++r->exited == r->exits)
		round_end_soon(r);
}

static void on_kill(struct fief_timeout *self, uint64_t late_ns)
{
	(void)late_ns;
	round_end_soon(FIEF_CONTAINER_OF(self, struct rounds, kill));
}

static void round_begin(struct rounds *r)
{
	const struct sandbox_hooks hooks = { .exited = on_exit, .arg = r };

	r->round++;
	r->exited = 0;
	r->ending = false;
	if (!r->sandbox)
		CHECK_OK(sandbox_create(&r->env, &hooks, &r->sandbox));
	CHECK_OK(sandbox_apply(r->sandbox, "round", r->text, r->len));
	/* Some at once, some in the midst of the start, some at the end. */
	if (kills(r))
		fief_timeout_once(&r->timeouts, &r->kill,
		                  1 + r->round * UINT64_C(7919) % r->kill_us);
}

static void on_end(struct fief_signal_handler *self, unsigned count)
{
	struct rounds *r = FIEF_CONTAINER_OF(self, struct rounds, end);

	(void)count;
	if (kills(r))
		fief_timeout_cancel(&r->timeouts, &r->kill);
	if (r->keep) {
		CHECK_OK(sandbox_apply(r->sandbox, "empty", empty,
		                       sizeof(empty) - 1));
	} else {
		sandbox_destroy(r->sandbox);
		r->sandbox = NULL;
	}
	fief_signal_local_submit(&r->next);
}

static struct rounds_books books(const struct rounds *r)
{
	const struct check_used now = check_used();
	const size_t chunks = r->heap.chunks.count + r->heap.big.count;

	return (struct rounds_books){ .heap = r->heap.used,
		                      .ram = now.ram - fief_heap_ram(&r->heap),
		                      .caps = now.caps - chunks };
}

static void books_check(struct rounds *r)
{
	const struct rounds_books now = books(r), *then = &r->settled;

	if (r->round <= SETTLED)
		r->settled = now;
	CHECK(r->keep || !now.heap);
	if (now.heap == then->heap && now.ram == then->ram &&
	    now.caps == then->caps)
		return;
	fief_error("round %u: %lld bytes, %lld of the heap, %lld caps more",
	           r->round, (long long)(now.ram - then->ram),
	           (long long)(now.heap - then->heap),
	           (long long)(now.caps - then->caps));
	fief_exit(check_env, 1);
}

static void on_next(struct fief_signal_handler *self, unsigned count)
{
	struct rounds *r = FIEF_CONTAINER_OF(self, struct rounds, next);

	(void)count;
	books_check(r);
	if (r->round < r->count)
		round_begin(r);
	else
		r->done();
}

void rounds_run(struct rounds *r)
{
	fief_heap_init(&r->heap, check_env->ram);
	r->env = *check_env;
	r->env.heap = &r->heap.alloc;
	r->end.handle = on_end;
	r->next.handle = on_next;
	r->kill.handle = on_kill;
	CHECK_OK(fief_signal_manage(check_env->ep, &r->end));
	CHECK_OK(fief_signal_manage(check_env->ep, &r->next));
	if (r->kill_us)
		CHECK_OK(fief_timeouts_open(&r->timeouts, check_env));
	round_begin(r);
}
