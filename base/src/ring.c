/* SPDX-License-Identifier: MIT */
/* Asynchronous ring: a queue in each direction, at most as many requests open
 * as the way back holds. */

#include <fief/ring.h>

#include <assert.h>

#include <fief/kif_table.h>

static_assert(sizeof(struct fief_submission) == 64, "known to the peer");
static_assert(sizeof(struct fief_completion) == 32, "known to the peer");

static size_t submission_bytes(uint32_t entries)
{
	return fief_queue_bytes(entries, sizeof(struct fief_submission));
}

size_t fief_ring_bytes(uint32_t entries)
{
	if (!entries || entries > FIEF_RING_MAX || entries & (entries - 1))
		return 0;
	return submission_bytes(entries) +
	       fief_queue_bytes(entries, sizeof(struct fief_completion));
}

enum fief_err fief_ring_init(struct fief_ring *r, void *at, size_t bytes,
                             uint32_t entries, fief_cap peer)
{
	const size_t needed = fief_ring_bytes(entries);

	if (!needed || bytes < needed)
		return FIEF_INVALID;
	*r = (struct fief_ring){ .peer = peer };
	fief_queue_init(&r->submissions, at, entries,
	                sizeof(struct fief_submission));
	fief_queue_init(&r->completions, (char *)at + submission_bytes(entries),
	                entries, sizeof(struct fief_completion));
	return FIEF_OK;
}

/* ---- client ---- */

enum fief_err fief_ring_submit(struct fief_ring *r,
                               const struct fief_submission *s)
{
	enum fief_err e;

	if (r->open == r->submissions.capacity)
		return FIEF_AGAIN; /* so that each completion has room */
	e = fief_queue_put(&r->submissions, s);
	if (!e)
		r->open++;
	return e;
}

enum fief_err fief_ring_complete(struct fief_ring *r, struct fief_completion *c)
{
	struct fief_completion got;
	enum fief_err e = fief_queue_get(&r->completions, &got);

	if (e)
		return e;
	if (!r->open) {
		r->completions.broken = true;
		return FIEF_INVALID;
	}
	r->open--;
	got.status = fief_err_from_wire(got.status);
	*c = got;
	return FIEF_OK;
}

void fief_ring_client_flush(struct fief_ring *r)
{
	const bool news = fief_queue_publish(&r->submissions);
	const bool room = fief_queue_release(&r->completions);

	if (news || room)
		fief_kif->signal(r->peer);
}

void fief_ring_client_awake(struct fief_ring *r)
{
	fief_queue_awake(&r->completions);
}

bool fief_ring_client_sleep(struct fief_ring *r)
{
	return fief_queue_sleep(&r->completions);
}

/* ---- server ---- */

/* Can one more be answered than is open? */
static bool answerable(struct fief_ring *r)
{
	return fief_queue_room(&r->completions) > r->open;
}

enum fief_err fief_ring_take(struct fief_ring *r, struct fief_submission *s)
{
	enum fief_err e;

	if (!answerable(r))
		return r->completions.broken ? FIEF_INVALID : FIEF_AGAIN;
	e = fief_queue_get(&r->submissions, s);
	if (!e)
		r->open++;
	return e;
}

enum fief_err fief_ring_answer(struct fief_ring *r,
                               const struct fief_completion *c)
{
	enum fief_err e;

	if (!r->open)
		return FIEF_INVALID;
	e = fief_queue_put(&r->completions, c);
	if (!e)
		r->open--;
	return e;
}

void fief_ring_server_flush(struct fief_ring *r)
{
	/* In this order: who has the completion may submit at once. */
	const bool room = fief_queue_release(&r->submissions);
	const bool news = fief_queue_publish(&r->completions);

	if (news || room)
		fief_kif->signal(r->peer);
}

void fief_ring_server_awake(struct fief_ring *r)
{
	fief_queue_awake(&r->submissions);
}

bool fief_ring_server_sleep(struct fief_ring *r)
{
	const bool none = fief_queue_sleep(&r->submissions);

	if (none || answerable(r))
		return none;
	/* Until the client collects: it rings when it does. */
	fief_queue_want_room(&r->completions);
	return !answerable(r);
}
