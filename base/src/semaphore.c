/* SPDX-License-Identifier: MIT */
/* Semaphore: a count and a list of waiters under a mutex. */
#include <fief/semaphore.h>

#include "alloc_fault.h"
#include "waiter.h"

static void lock(struct fief_semaphore *s)
{
	if (fief_mutex_lock(&s->mutex))
		alloc_fault("semaphore: used from within itself");
}

/* Take one off or become a waiter; true if taken. */
static bool take_or_list(struct fief_semaphore *s, struct fief_waiter *w)
{
	bool taken;

	lock(s);
	taken = s->count > 0;
	if (taken)
		s->count--;
	else
		list_add_last(&s->waiters, &w->elem);
	fief_mutex_unlock(&s->mutex);
	return taken;
}

/* Stop waiting; true unless a grant came first. */
static bool withdraw(struct fief_semaphore *s, struct fief_waiter *w)
{
	bool listed;

	lock(s);
	listed = list_linked(&w->elem);
	list_remove(&w->elem);
	fief_mutex_unlock(&s->mutex);
	return listed;
}

enum fief_err fief_semaphore_down(struct fief_semaphore *s, uint64_t deadline)
{
	struct fief_waiter w = { .thread = fief_kif->thread_self() };

	if (take_or_list(s, &w))
		return FIEF_OK;
	while (!waiter_granted(&w)) {
		if (deadline != FIEF_NEVER && fief_kif->time() >= deadline &&
		    withdraw(s, &w))
			return FIEF_CANCELED;
		fief_kif->park(deadline);
	}
	return FIEF_OK;
}

void fief_semaphore_up(struct fief_semaphore *s)
{
	struct fief_waiter *w;

	lock(s);
	w = LIST_OBJECT(list_take_first(&s->waiters), struct fief_waiter, elem);
	if (!w)
		s->count++;
	fief_mutex_unlock(&s->mutex);
	if (w)
		waiter_grant(w);
}
