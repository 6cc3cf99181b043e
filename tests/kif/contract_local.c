/* SPDX-License-Identifier: MIT */
/* Cases: what concerns one PD alone: threads, parking, memory. */

#include "contract.h"

enum { THREADS = 3, SIZE = 4 * KIF_PAGE };

/* ---- threads ---- */

static void own_word(struct contract_task *t)
{
	const struct kif *kif = t->c->kif;
	void **slot = kif->thread_local_slot();

	CHECK(t->c, *slot == NULL);
	*slot = t;
	CHECK(t->c, kif->thread_self() != t->parent);
	CHECK(t->c, kif->call_nr() == 0);
	for (unsigned i = 0; i < 5; i++) {
		kif->park(1); /* over */
		CHECK(t->c, *kif->thread_local_slot() == t);
	}
	t->word = kif->thread_self();
}

void contract_threads(struct contract_env *c)
{
	struct contract_task task[THREADS];
	void **slot = c->kif->thread_local_slot();

	*slot = c;
	for (unsigned i = 0; i < THREADS; i++) {
		task[i] = (struct contract_task){ .c = c, .fn = own_word };
		contract_start(&task[i]);
	}
	for (unsigned i = 0; i < THREADS; i++) {
		contract_finish(&task[i]);
		CHECK(c, task[i].word == task[i].thread);
	}
	CHECK(c, *c->kif->thread_local_slot() == c);
	*slot = NULL;
}

static void unpark_twice(struct contract_task *t)
{
	t->c->kif->unpark(t->parent);
	t->c->kif->unpark(t->parent);
	atomic_store(&t->ended, 1);
}

void contract_park(struct contract_env *c)
{
	const struct kif *kif = c->kif;
	struct contract_task t = { .c = c, .fn = unpark_twice };
	fief_thread self = kif->thread_self();
	uint64_t start = kif->time();

	/* Remembered, once. */
	kif->unpark(self);
	kif->unpark(self);
	kif->park(FIEF_NEVER);
	kif->park(start + 2000000);
	CHECK(c, kif->time() >= start + 2000000);
	/* Over already: does not block. */
	kif->park(0);
	kif->park(start);
	kif->unpark(self + 1000); /* nobody */
	contract_start(&t);
	while (!atomic_load(&t.ended))
		kif->park(FIEF_NEVER);
	contract_finish(&t);
}

/* ---- the seed ---- */

/* That of a PD is there once; those of three have nothing in common. */
void contract_seed(struct contract_env *c)
{
	union {
		uint8_t byte[KIF_SEED];
		uint64_t word[KIF_SEED / 8];
	} seed = { { 0 } }, again = { { 0 } };
	uint64_t mix = 0, other, third;

	CHECK(c, c->kif->seed(seed.byte) == FIEF_OK);
	for (unsigned i = 0; i < KIF_SEED / 8; i++) {
		CHECK(c, seed.word[i] != 0);
		mix ^= seed.word[i];
	}
	CHECK(c, c->kif->seed(again.byte) == FIEF_GONE);
	for (unsigned i = 0; i < KIF_SEED / 8; i++)
		CHECK(c, again.word[i] == 0);
	CHECK(c, contract_do(c, c->server, OP_SEED, 0, 0) == FIEF_OK);
	other = c->msg.data[1];
	CHECK(c, contract_do(c, c->third, OP_SEED, 0, 0) == FIEF_OK);
	third = c->msg.data[1];
	CHECK(c, mix != other && mix != third && other != third);
	CHECK(c, contract_do(c, c->server, OP_SEED, 0, 0) == FIEF_GONE);
	CHECK(c, c->msg.data[1] == 0);
}

/* ---- memory ---- */

static enum fief_err map(struct contract_env *c, fief_cap ds, size_t off,
                         size_t len, void *at, unsigned rights)
{
	void *out = c;
	enum fief_err e = c->kif->map(ds, off, len, at, rights, &out);

	CHECK(c, e ? out == c : !at || out == at);
	if (!e)
		CHECK(c, !c->kif->unmap(out, len));
	return e;
}

static void map_refusals(struct contract_env *c, fief_cap ds, void *at)
{
	const unsigned rw = KIF_READ | KIF_WRITE;

	CHECK(c, map(c, ds, 1, KIF_PAGE, NULL, rw) == FIEF_INVALID);
	CHECK(c, map(c, ds, 0, KIF_PAGE + 8, NULL, rw) == FIEF_INVALID);
	CHECK(c, map(c, ds, 0, KIF_PAGE, (char *)at + 1, rw) == FIEF_INVALID);
	CHECK(c, map(c, ds, SIZE, KIF_PAGE, NULL, rw) == FIEF_INVALID);
	CHECK(c, map(c, ds, 0, SIZE + KIF_PAGE, NULL, rw) == FIEF_INVALID);
	CHECK(c, map(c, ds, KIF_PAGE, SIZE, NULL, rw) == FIEF_INVALID);
	CHECK(c, map(c, ds, KIF_PAGE, SIZE_MAX - KIF_PAGE + 1, NULL, rw) ==
	                 FIEF_INVALID);
	CHECK(c, map(c, FIEF_CAP_NULL, 0, KIF_PAGE, NULL, rw) == FIEF_INVALID);
	CHECK(c, map(c, c->server, 0, KIF_PAGE, NULL, rw) == FIEF_INVALID);
	CHECK(c, map(c, ds, 0, KIF_PAGE, at, rw) == FIEF_CONFLICT);
}

void contract_map(struct contract_env *c)
{
	const struct kif *kif = c->kif;
	fief_cap ds = c->dataspace(c, SIZE, KIF_READ | KIF_WRITE);
	fief_cap read = c->dataspace(c, KIF_PAGE, KIF_READ);
	void *whole, *last;

	if (ds != FIEF_CAP_NULL) {
		CHECK(c, !kif->map(ds, 0, SIZE, NULL, KIF_READ | KIF_WRITE,
		                   &whole));
		CHECK(c, !kif->map(ds, SIZE - KIF_PAGE, KIF_PAGE, NULL,
		                   KIF_READ, &last));
		CHECK(c, *(volatile char *)last == 0);
		((volatile char *)whole)[SIZE - KIF_PAGE] = 'x';
		CHECK(c, *(volatile char *)last == 'x');
		map_refusals(c, ds, whole);
		CHECK(c, !kif->unmap(last, KIF_PAGE));
		/* The address is free again. */
		CHECK(c, !map(c, ds, 0, KIF_PAGE, last, KIF_READ));
		CHECK(c, !kif->unmap(whole, SIZE));
		kif->drop(ds, 1);
		CHECK(c, map(c, ds, 0, KIF_PAGE, NULL, KIF_READ));
	}
	if (read != FIEF_CAP_NULL) {
		CHECK(c, map(c, read, 0, KIF_PAGE, NULL,
		             KIF_READ | KIF_WRITE) == FIEF_DENIED);
		CHECK(c, !map(c, read, 0, KIF_PAGE, NULL, KIF_READ));
		kif->drop(read, 1);
	}
}

/* One dataspace, two PDs. */
void contract_map_shared(struct contract_env *c)
{
	fief_cap ds = c->dataspace(c, KIF_PAGE, KIF_READ | KIF_WRITE);
	volatile uint64_t *word;
	void *at;

	if (ds == FIEF_CAP_NULL)
		return;
	CHECK(c,
	      !c->kif->map(ds, 0, KIF_PAGE, NULL, KIF_READ | KIF_WRITE, &at));
	word = at;
	*word = 41;
	contract_send(c, c->server, OP_KEEP, 0, ds);
	CHECK(c, contract_do(c, c->server, OP_PEEK, 0, 42) == 41);
	CHECK(c, *word == 42);
	/* A mapping outlives the capability. */
	c->kif->drop(ds, 1);
	CHECK(c, *word == 42);
	CHECK(c, contract_do(c, c->server, OP_PEEK, 0, 43) == 42);
	CHECK(c, *word == 43);
	CHECK(c, !c->kif->unmap(at, KIF_PAGE));
}
