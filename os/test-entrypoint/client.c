/* SPDX-License-Identifier: MIT */
/* Calls objects whose entrypoint goes, and two at once where one waits. */

#include <fief/kif_table.h>
#include <fief/semaphore.h>
#include <fief/session.h>
#include <session/dataspace.h>
#include <session/shared_buffer.h>

#include "test.h"

static struct {
	struct fief_session answers, keeps, outer, inner;
	struct fief_worker caller;
	struct fief_semaphore call, called;
	fief_cap target;       /* of the caller thread */
	enum fief_err outcome; /* of its call */
	uint64_t number;
} c;

static void session_open(const char *label, struct fief_session *out)
{
	const struct fief_session_args args = {
		.service = SHARED_BUFFER_SERVICE,
		.label = label,
		.ram = SHARED_BUFFER_RAM_QUOTA,
		.caps = SHARED_BUFFER_CAP_QUOTA,
	};

	CHECK_OK(fief_session_open(check_env, &args, out));
}

static fief_cap object_get(const struct fief_session *session)
{
	struct dataspace_cap object;
	uint64_t size;

	CHECK_OK(shared_buffer_map((struct shared_buffer_cap){ session->cap },
	                           &object, &size));
	return object.cap;
}

static enum fief_err ask(fief_cap cap, uint64_t *number)
{
	return dataspace_size((struct dataspace_cap){ cap }, number);
}

/* ---- a call beside those of the initial thread ---- */

static void caller_run(struct fief_worker *self)
{
	(void)self;
	for (unsigned i = 0; i <= ROUNDS; i++) {
		CHECK_OK(fief_semaphore_down(&c.call, FIEF_NEVER));
		c.outcome = ask(c.target, &c.number);
		fief_semaphore_up(&c.called);
	}
}

static void call_begin(fief_cap target)
{
	c.target = target;
	fief_semaphore_up(&c.call);
}

static enum fief_err call_end(void)
{
	CHECK_OK(fief_semaphore_down(&c.called, FIEF_NEVER));
	return c.outcome;
}

/* ---- destruction ---- */

/* Each call is answered with the next number until one reads GONE. */
static void round_run(void)
{
	const fief_cap answers = object_get(&c.answers);
	const fief_cap keeps = object_get(&c.keeps);
	enum fief_err e;
	uint64_t i = 0, number;

	call_begin(keeps);
	while (!(e = ask(answers, &number)))
		CHECK(number == ++i);
	CHECK(e == FIEF_GONE);
	CHECK(i >= CALLS - 1);
	CHECK(call_end() == FIEF_GONE);
	CHECK(ask(answers, &number) == FIEF_GONE);
	fief_kif->drop(answers, 1);
	fief_kif->drop(keeps, 1);
}

/* ---- nesting ---- */

static void nesting(void)
{
	const fief_cap outer = object_get(&c.outer);
	const fief_cap inner = object_get(&c.inner);
	uint64_t number;

	call_begin(outer);
	/* Before the outer one is there the inner one answers 0. */
	do
		CHECK_OK(ask(inner, &number));
	while (!number);
	CHECK(number == INNER);
	CHECK(!call_end() && c.number == OUTER);
}

void client_run(void)
{
	session_open(LABEL_ANSWERS, &c.answers);
	session_open(LABEL_KEEPS, &c.keeps);
	session_open(LABEL_OUTER, &c.outer);
	session_open(LABEL_INNER, &c.inner);
	worker_start(&c.caller, "caller", caller_run);
	for (unsigned i = 0; i < ROUNDS; i++)
		round_run();
	fief_log("client: open calls read GONE, %d times", ROUNDS);
	nesting();
	fief_log("client: input came in, the other call had to wait");
	fief_log("entrypoint test succeeded");
	fief_exit(check_env, 0);
}
