/* SPDX-License-Identifier: MIT */
/*
 * Two entrypoints: the component's own, which serves the session and waits for
 * input within an operation; and one that a thread makes and destroys again and
 * again, with its objects and open calls.
 */

#include <fief/entrypoint_loop.h>
#include <fief/kif_table.h>
#include <fief/root.h>
#include <fief/semaphore.h>
#include <lib/label.h>
#include <lib/mem.h>
#include <session/dataspace.h>
#include <session/shared_buffer.h>

#include "test.h"

enum { WAIT_NS = 20000000, SETTLED = 5 };

static struct {
	/* the entrypoint that comes and goes */
	struct fief_worker worker;
	struct fief_semaphore begin, ready;
	struct fief_entrypoint ep;
	struct fief_rpc_obj answers, keeps;
	bool kept; /* a call is open */
	uint64_t answered;
	unsigned rounds;
	struct check_used settled;
	/* the component's own */
	struct fief_root root;
	struct fief_service service;
	struct fief_rpc_obj outer, inner;
	struct fief_signal_handler input; /* I/O level */
	struct fief_worker sender;
	struct fief_semaphore entered;
	bool in_outer, came;
} s;

/* ---- the entrypoint that comes and goes ---- */

/* The last answer is never sent: it would go out with the next step. */
static enum fief_err op_answer(struct fief_rpc_obj *self, uint64_t *number)
{
	(void)self;
	*number = ++s.answered;
	return FIEF_OK;
}

static enum fief_err op_keep(struct fief_rpc_obj *self, uint64_t *number)
{
	(void)self, (void)number;
	s.kept = true;
	return FIEF_LATE;
}

static const struct dataspace_ops answer_ops = { .size = op_answer };
static const struct dataspace_ops keep_ops = { .size = op_keep };

static void manage(struct fief_entrypoint *ep, struct fief_rpc_obj *obj,
                   const struct dataspace_ops *ops)
{
	*obj = (struct fief_rpc_obj){ .type = &dataspace_rpc_type, .ops = ops };
	CHECK_OK(fief_entrypoint_manage(ep, obj));
}

static void life(void)
{
	fief_ep ep;

	s.kept = false;
	s.answered = 0;
	CHECK_OK(fief_kif->ep_create(&ep));
	fief_entrypoint_init(&s.ep, ep);
	manage(&s.ep, &s.answers, &answer_ops);
	manage(&s.ep, &s.keeps, &keep_ops);
	fief_semaphore_up(&s.ready);
	while (!s.kept || s.answered < CALLS)
		fief_entrypoint_step(&s.ep, FIEF_NEVER);
	fief_kif->ep_destroy(ep);
}

static void worker_run(struct fief_worker *self)
{
	(void)self;
	for (unsigned i = 0; i < ROUNDS; i++) {
		CHECK_OK(fief_semaphore_down(&s.begin, FIEF_NEVER));
		life();
	}
}

/* ---- input while an operation waits ---- */

static void on_input(struct fief_signal_handler *self, unsigned count)
{
	(void)self, (void)count;
	CHECK(s.in_outer);
	s.came = true;
}

static enum fief_err op_outer(struct fief_rpc_obj *self, uint64_t *number)
{
	(void)self;
	s.in_outer = true;
	fief_semaphore_up(&s.entered);
	while (!s.came)
		fief_entrypoint_wait_io(check_env->ep);
	s.in_outer = false;
	*number = OUTER;
	return FIEF_OK;
}

static enum fief_err op_inner(struct fief_rpc_obj *self, uint64_t *number)
{
	(void)self;
	CHECK(!s.in_outer); /* no call within the other */
	*number = s.came ? INNER : 0;
	return FIEF_OK;
}

static const struct dataspace_ops outer_ops = { .size = op_outer };
static const struct dataspace_ops inner_ops = { .size = op_inner };

/* Input comes when the other call had its time to come, and wait. */
static void sender_run(struct fief_worker *self)
{
	uint64_t until;

	(void)self;
	CHECK_OK(fief_semaphore_down(&s.entered, FIEF_NEVER));
	until = fief_kif->time() + WAIT_NS;
	while (fief_kif->time() < until)
		fief_kif->park(until);
	fief_kif->signal(s.input.cap);
}

/* ---- the session ---- */

struct session {
	struct fief_service_session base;
	struct label label;
};

static void books_check(void)
{
	const struct check_used now = check_used();

	if (s.rounds == SETTLED)
		s.settled = now;
	if (s.rounds != ROUNDS)
		return;
	CHECK(now.ram == s.settled.ram && now.caps == s.settled.caps);
	fief_log("server: %d entrypoints destroyed, nothing is lost", ROUNDS);
}

static fief_cap object_next(const char *label)
{
	if (!strcmp(label, LABEL_OUTER))
		return s.outer.cap;
	if (!strcmp(label, LABEL_INNER))
		return s.inner.cap;
	if (!strcmp(label, LABEL_KEEPS))
		return s.keeps.cap;
	s.rounds++;
	books_check();
	fief_semaphore_up(&s.begin);
	CHECK_OK(fief_semaphore_down(&s.ready, FIEF_NEVER));
	return s.answers.cap;
}

static enum fief_err op_map(struct fief_rpc_obj *self, struct dataspace_cap *ds,
                            uint64_t *size)
{
	const struct session *session = FIEF_SESSION_OF(self, struct session);

	ds->cap = object_next(label_last(session->label.text));
	*size = 0;
	return FIEF_OK;
}

static const struct shared_buffer_ops session_ops = { .map = op_map };

static enum fief_err session_init(struct fief_service_session *base,
                                  const struct fief_service_request *request)
{
	return label_set(&((struct session *)base)->label, request->label);
}

void server_run(void)
{
	s.input.handle = on_input;
	s.input.level = FIEF_SIGNAL_IO;
	CHECK_OK(fief_signal_manage(check_env->ep, &s.input));
	manage(check_env->ep, &s.outer, &outer_ops);
	manage(check_env->ep, &s.inner, &inner_ops);
	worker_start(&s.worker, "entrypoint", worker_run);
	worker_start(&s.sender, "input", sender_run);
	s.service = (struct fief_service){
		.name = SHARED_BUFFER_SERVICE,
		.type = &shared_buffer_rpc_type,
		.ops = &session_ops,
		.size = sizeof(struct session),
		.init = session_init,
	};
	CHECK_OK(fief_root_init(&s.root, check_env));
	CHECK_OK(fief_root_announce(&s.root, &s.service));
}
