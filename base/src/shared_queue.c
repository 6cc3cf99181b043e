/* SPDX-License-Identifier: MIT */
/* Queue in memory that is shared with a hostile peer. */

#include <fief/shared_queue.h>

#include <assert.h>
#include <stdalign.h>
#include <stdatomic.h>

#include <lib/mem.h>

/* Two lines, one for each writer. */
struct fief_queue_shared {
	alignas(FIEF_QUEUE_LINE) _Atomic uint32_t put; /* by the producer */
	_Atomic uint32_t waits_for_room;
	alignas(FIEF_QUEUE_LINE) _Atomic uint32_t taken; /* by the consumer */
	_Atomic uint32_t awake;
};

static_assert(sizeof(struct fief_queue_shared) == 2 * FIEF_QUEUE_LINE,
              "layout is known to the peer");
static_assert(offsetof(struct fief_queue_shared, taken) == FIEF_QUEUE_LINE,
              "layout is known to the peer");

size_t fief_queue_bytes(uint32_t capacity, uint32_t entry_bytes)
{
	const size_t line = FIEF_QUEUE_LINE;
	const size_t n = sizeof(struct fief_queue_shared) +
	                 (size_t)capacity * entry_bytes;

	return (n + line - 1) / line * line;
}

void fief_queue_init(struct fief_queue *q, void *shared, uint32_t capacity,
                     uint32_t entry_bytes)
{
	*q = (struct fief_queue){
		.shared = shared,
		.entries = (unsigned char *)shared +
		           sizeof(struct fief_queue_shared),
		.capacity = capacity,
		.entry_bytes = entry_bytes,
	};
}

static unsigned char *entry_at(const struct fief_queue *q, uint32_t position)
{
	return q->entries +
	       (size_t)(position & (q->capacity - 1)) * q->entry_bytes;
}

/* ---- producer ---- */

/* Entries in the queue, as the producer sees it. */
static uint32_t producer_fill(struct fief_queue *q)
{
	/* Acquire pairs with the release in fief_queue_release: the consumer
	 * has copied what we are going to overwrite. */
	q->other =
		atomic_load_explicit(&q->shared->taken, memory_order_acquire);
	if (q->own - q->other > q->capacity)
		q->broken = true;
	return q->own - q->other;
}

uint32_t fief_queue_room(struct fief_queue *q)
{
	const uint32_t fill = producer_fill(q);

	return q->broken ? 0 : q->capacity - fill;
}

void fief_queue_want_room(struct fief_queue *q)
{
	/* Fence: partner in fief_queue_release. */
	atomic_store(&q->shared->waits_for_room, 1);
}

/* Full as far as we know: look, ask for a bell, and look again, because the
 * consumer may have made room before it saw the wish. */
static bool full(struct fief_queue *q)
{
	if (q->own - q->other < q->capacity || producer_fill(q) != q->capacity)
		return false;
	fief_queue_want_room(q);
	return producer_fill(q) == q->capacity;
}

enum fief_err fief_queue_put(struct fief_queue *q, const void *entry)
{
	if (!q->broken && full(q))
		return FIEF_AGAIN;
	if (q->broken)
		return FIEF_INVALID;
	memcpy(entry_at(q, q->own), entry, q->entry_bytes);
	q->own++;
	return FIEF_OK;
}

bool fief_queue_publish(struct fief_queue *q)
{
	/* Fence between the entries and the look at `awake`; partner: the
	 * store in fief_queue_sleep before it looks at `put`. */
	atomic_exchange(&q->shared->put, q->own);
	return !q->broken && !atomic_load(&q->shared->awake);
}

/* ---- consumer ---- */

void fief_queue_awake(struct fief_queue *q)
{
	atomic_store_explicit(&q->shared->awake, 1, memory_order_relaxed);
}

/* Entries that wait, as the consumer sees it. */
static uint32_t consumer_fill(struct fief_queue *q)
{
	/* Acquire pairs with the exchange in fief_queue_publish. */
	q->other = atomic_load_explicit(&q->shared->put, memory_order_acquire);
	if (q->other - q->own > q->capacity)
		q->broken = true;
	return q->other - q->own;
}

enum fief_err fief_queue_get(struct fief_queue *q, void *entry)
{
	if (!q->broken && q->other == q->own && !consumer_fill(q))
		return FIEF_AGAIN;
	if (q->broken)
		return FIEF_INVALID;
	memcpy(entry, entry_at(q, q->own), q->entry_bytes);
	q->own++;
	return FIEF_OK;
}

bool fief_queue_release(struct fief_queue *q)
{
	/* Fence between the new position and the look at the wish for room;
	 * partner: full(). */
	atomic_exchange(&q->shared->taken, q->own);
	/* Taken in one step: cleared after a look, it could swallow a wish that
	 * came in between, and the producer would sleep on. */
	if (!atomic_load_explicit(&q->shared->waits_for_room,
	                          memory_order_relaxed) ||
	    !atomic_exchange(&q->shared->waits_for_room, 0))
		return false;
	return !q->broken;
}

bool fief_queue_sleep(struct fief_queue *q)
{
	/* Fence: partner in fief_queue_publish. */
	atomic_store(&q->shared->awake, 0);
	return q->broken || !consumer_fill(q) || q->broken;
}
