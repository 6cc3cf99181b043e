/* SPDX-License-Identifier: MIT */
/* The watchdog: cancels calls of threads whose deadline has come. */

#include <fief/deadline.h>

#include <stdalign.h>

#include <fief/kif_table.h>
#include <fief/mutex.h>

enum {
	STACK = 8192,
	RETRY_NS = 500000, /* a cancel that came before its call is lost */
	REACH_FIRST = 16,
};

/* One a PD, shared by its threads, started when first needed. */
static struct watchdog {
	struct fief_mutex mutex; /* guards all but `stack`; innermost rank */
	struct list armed;       /* borrowed: in the callers' frames */
	bool started;
	fief_thread thread;
	alignas(16) char stack[STACK];
} dog;

/* Never fails: the mutex is held for moments and never by ourselves. */
static void lock(void)
{
	while (fief_mutex_lock(&dog.mutex))
		;
}

/* Which of its calls the thread is in is known to itself only: cancel those
 * it can have made, ever more of them. Only the one it waits in is affected. */
static void bark(struct fief_deadline *d)
{
	if (!d->reach)
		d->reach = REACH_FIRST;
	else if (d->reach < FIEF_DEADLINE_CALLS)
		d->reach *= 2;
	/* Downwards: the last one kept is not for a call to come. */
	for (uint64_t i = d->reach; i; i--)
		fief_kif->cancel(d->thread, d->call_nr + i);
}

/* Serve all that is due. Returns when to look again. */
static uint64_t look(void)
{
	uint64_t next = FIEF_NEVER;

	lock();
	LIST_FOR_EACH(d, &dog.armed, struct fief_deadline, elem) {
		const uint64_t now = fief_kif->time();
		uint64_t at = d->at;

		if (at <= now) {
			bark(d);
			at = now + RETRY_NS;
		}
		if (at < next)
			next = at;
	}
	fief_mutex_unlock(&dog.mutex);
	return next;
}

static void watch(void *arg)
{
	(void)arg;
	for (;;)
		fief_kif->park(look());
}

static enum fief_err start_locked(void)
{
	enum fief_err e;

	if (dog.started)
		return FIEF_OK;
	e = fief_kif->thread_start(watch, NULL, dog.stack + STACK, &dog.thread);
	if (!e)
		dog.started = true;
	return e;
}

enum fief_err fief_deadline_arm(struct fief_deadline *d, uint64_t at_ns)
{
	enum fief_err e;

	*d = (struct fief_deadline){
		.at = at_ns,
		.call_nr = fief_kif->call_nr(),
		.thread = fief_kif->thread_self(),
	};
	lock();
	e = start_locked();
	if (!e)
		list_add_last(&dog.armed, &d->elem);
	fief_mutex_unlock(&dog.mutex);
	if (!e)
		fief_kif->unpark(dog.thread);
	return e;
}

bool fief_deadline_disarm(struct fief_deadline *d)
{
	lock();
	list_remove(&d->elem);
	fief_mutex_unlock(&dog.mutex);
	/* A kernel may have kept a cancel for a call yet to come: replace it
	 * by one for a call that is over. */
	if (d->reach)
		fief_kif->cancel(fief_kif->thread_self(), fief_kif->call_nr());
	return d->reach != 0;
}
