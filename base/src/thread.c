/* SPDX-License-Identifier: MIT */
/* Threads with a stack of their own. */

#include <fief/thread.h>

#include <fief/kif_table.h>

static void worker_main(void *arg)
{
	struct fief_worker *w = arg;

	if (w->name)
		fief_kif->thread_name(w->name);
	w->run(w);
	fief_blockade_wake(&w->ended);
	fief_kif->thread_exit();
}

enum fief_err fief_worker_start(struct fief_worker *w, struct fief_ram *ram,
                                size_t stack_bytes)
{
	enum fief_err e = fief_attached_ram_init(&w->stack, ram, stack_bytes);

	if (e)
		return e;
	e = fief_kif->thread_start(worker_main, w,
	                           (char *)w->stack.addr + stack_bytes,
	                           &w->thread);
	if (e)
		fief_attached_ram_fini(&w->stack);
	return e;
}

enum fief_err fief_worker_wait(struct fief_worker *w, uint64_t deadline)
{
	return fief_blockade_wait(&w->ended, deadline);
}
