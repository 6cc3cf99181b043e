/* SPDX-License-Identifier: MIT */
/*
 * Binaries from ROM servers that may not answer. A call to one could make us
 * wait for ever, so a second thread makes it, one at a time and with a
 * deadline. The thread reads `rom` after `go` and writes `binary` and `result`
 * before it signals `done`; all else belongs to the entrypoint. One a PD,
 * because a thread cannot be ended; started when first needed.
 */

#include "internal.h"

#include <fief/deadline.h>
#include <fief/thread.h>
#include <session/rom.h>

enum { ANSWER_NS = 1000000000 };

static struct loader {
	struct fief_worker worker;
	struct fief_blockade go;
	struct fief_signal_handler done;
	bool started, busy;
	struct child *owner;   /* borrowed: who gets the result; or NULL */
	struct sandbox *waits; /* borrowed: to be told when not busy; or NULL */
	fief_cap rom;          /* owned reference */
	struct dataspace_cap binary;
	enum fief_err result;
} loader;

static void fetch(struct loader *l)
{
	struct fief_deadline d = { 0 };
	uint64_t size;

	l->binary.cap = FIEF_CAP_NULL;
	l->result = fief_deadline_arm(&d, fief_kif->time() + ANSWER_NS);
	if (l->result)
		return;
	l->result =
		rom_dataspace((struct rom_cap){ l->rom }, &l->binary, &size);
	fief_deadline_disarm(&d);
}

static void loader_main(struct fief_worker *self)
{
	struct loader *l = FIEF_CONTAINER_OF(self, struct loader, worker);

	for (;;) {
		if (fief_blockade_wait(&l->go, FIEF_NEVER))
			continue;
		fetch(l);
		fief_kif->signal(l->done.cap);
	}
}

static void on_done(struct fief_signal_handler *self, unsigned count)
{
	struct loader *l = FIEF_CONTAINER_OF(self, struct loader, done);
	struct child *c = l->owner;

	(void)count;
	if (!l->busy)
		return;
	l->busy = false;
	l->owner = NULL;
	fief_kif->drop(l->rom, 1);
	if (c)
		child_binary(c, l->binary.cap, l->result);
	else
		fief_kif->drop(l->binary.cap, 1);
	if (l->waits)
		sandbox_work_soon(l->waits);
}

static enum fief_err start(struct loader *l, struct fief_env *env)
{
	enum fief_err e = FIEF_OK;

	if (l->started)
		return FIEF_OK;
	l->done.handle = on_done;
	l->worker.name = "loader";
	l->worker.run = loader_main;
	e = fief_signal_manage(env->ep, &l->done);
	if (e)
		return e;
	e = fief_worker_start(&l->worker, env->ram, FIEF_THREAD_STACK);
	l->started = !e;
	if (e)
		fief_signal_dissolve(env->ep, &l->done);
	return e;
}

enum fief_err loader_fetch(struct child *c, fief_cap rom)
{
	struct loader *l = &loader;
	enum fief_err e;

	l->waits = c->sandbox;
	if (l->busy)
		return FIEF_AGAIN;
	e = start(l, c->sandbox->env);
	if (e)
		return e;
	fief_kif->ref(rom);
	l->rom = rom;
	l->owner = c;
	l->busy = true;
	fief_blockade_wake(&l->go);
	return FIEF_OK;
}

void loader_forget_child(const struct child *c)
{
	if (loader.owner == c)
		loader.owner = NULL;
}

void loader_forget_sandbox(const struct sandbox *b)
{
	if (loader.waits == b)
		loader.waits = NULL;
}
