/* SPDX-License-Identifier: MIT */
/* Signals: nothing is lost, nothing comes too much, nothing comes too late. */

#include "test.h"

enum {
	FAST = 100000,
	STRESS = 50000, /* of each of two senders to each of three counters */
	MANY = 300,
	ROUNDS = 200,
};

struct fief_env *check_env;

/* ---- counters, senders ---- */

static void on_counter(struct fief_signal_handler *self, unsigned count)
{
	struct counter *c = FIEF_CONTAINER_OF(self, struct counter, handler);

	c->received += count;
	c->calls++;
}

void counter_init(struct counter *c)
{
	c->handler.handle = on_counter;
	c->handler.level = FIEF_SIGNAL_IO;
	CHECK_OK(fief_signal_manage(check_env->ep, &c->handler));
}

void counter_wait(const struct counter *c, uint64_t sent)
{
	while (c->received < sent)
		fief_entrypoint_wait_io(check_env->ep);
	CHECK(c->received == sent);
}

static void send(struct fief_worker *self)
{
	const struct sender *s = FIEF_CONTAINER_OF(self, struct sender, worker);

	for (uint64_t i = 0; i < s->count; i++)
		for (unsigned t = 0; t < s->targets; t++)
			fief_kif->signal(s->target[t]);
}

void sender_start(struct sender *s)
{
	s->worker.name = "sender";
	s->worker.run = send;
	CHECK_OK(fief_worker_start(&s->worker, check_env->ram,
	                           FIEF_THREAD_STACK));
}

/* ---- 1: sender that is faster than its receiver ---- */

static void fast_sender(void)
{
	static struct counter c;
	static struct sender s;

	counter_init(&c);
	s.target[0] = c.handler.cap;
	s.targets = 1;
	s.count = FAST;
	sender_start(&s);
	counter_wait(&c, FAST);
	CHECK_OK(fief_worker_wait(&s.worker, FIEF_NEVER));
	CHECK(c.calls <= FAST);
	fief_signal_dissolve(check_env->ep, &c.handler);
	fief_log("1: fast sender: %d sent, %llu received", FAST,
	         (unsigned long long)c.received);
}

/* ---- 2: throughput ---- */

static void stress(void)
{
	static struct counter c[3];
	static struct sender s[2];

	for (unsigned i = 0; i < 3; i++)
		counter_init(&c[i]);
	for (unsigned i = 0; i < 2; i++) {
		for (unsigned t = 0; t < 3; t++)
			s[i].target[t] = c[t].handler.cap;
		s[i].targets = 3;
		s[i].count = STRESS;
		sender_start(&s[i]);
	}
	for (unsigned i = 0; i < 3; i++)
		counter_wait(&c[i], 2 * STRESS);
	for (unsigned i = 0; i < 2; i++)
		CHECK_OK(fief_worker_wait(&s[i].worker, FIEF_NEVER));
	for (unsigned i = 0; i < 3; i++) {
		CHECK(c[i].received == 2 * STRESS);
		fief_signal_dissolve(check_env->ep, &c[i].handler);
	}
	fief_log("2: stress: %d sent, all received", 6 * STRESS);
}

/* ---- 3: receiver that is late: signals wait for it, coalesced ---- */

static void lazy_receiver(void)
{
	static struct counter a, b;

	counter_init(&a);
	counter_init(&b);
	for (unsigned i = 0; i < 10; i++) {
		fief_kif->signal(a.handler.cap);
		if (i & 1)
			fief_kif->signal(b.handler.cap);
	}
	CHECK(!a.received && !b.received);
	counter_wait(&b, 5);
	counter_wait(&a, 10);
	CHECK(a.calls == 1 && b.calls == 1);
	fief_signal_dissolve(check_env->ep, &a.handler);
	fief_signal_dissolve(check_env->ep, &b.handler);
	fief_log("3: lazy receiver: 10 and 5 received, by one call each");
}

/* ---- 4: a context goes while signals to it are on their way ---- */

static void context_removal(void)
{
	static struct counter gone, stays;
	fief_cap cap;

	counter_init(&gone);
	counter_init(&stays);
	cap = gone.handler.cap;
	fief_kif->signal(cap);
	fief_kif->signal(stays.handler.cap);
	fief_signal_dissolve(check_env->ep, &gone.handler);
	fief_kif->signal(cap); /* to nobody */
	counter_wait(&stays, 1);
	CHECK(!gone.received);
	/* The same object as a new context gets nothing of the old one's. */
	counter_init(&gone);
	fief_kif->signal(stays.handler.cap);
	counter_wait(&stays, 2);
	CHECK(!gone.received);
	fief_signal_dissolve(check_env->ep, &gone.handler);
	fief_signal_dissolve(check_env->ep, &stays.handler);
	fief_log("4: context removal: no signal after it");
}

/* ---- 5: contexts come and go under a sender that does not stop ---- */

static struct {
	struct fief_worker worker;
	struct counter counter;
	_Atomic fief_cap target;
	_Atomic bool stop;
} hail;

static void hail_run(struct fief_worker *self)
{
	(void)self;
	while (!atomic_load(&hail.stop))
		fief_kif->signal(atomic_load(&hail.target));
}

static void sync_destruction(void)
{
	struct counter *c = &hail.counter;

	hail.worker.name = "hail";
	hail.worker.run = hail_run;
	CHECK_OK(fief_worker_start(&hail.worker, check_env->ram,
	                           FIEF_THREAD_STACK));
	for (unsigned i = 0; i < ROUNDS; i++) {
		memset(c, 0, sizeof(*c));
		counter_init(c);
		atomic_store(&hail.target, c->handler.cap);
		while (!c->received)
			fief_entrypoint_wait_io(check_env->ep);
		fief_signal_dissolve(check_env->ep, &c->handler);
		/* A signal that still came would count in this. */
		memset(c, 0, sizeof(*c));
	}
	atomic_store(&hail.stop, true);
	CHECK_OK(fief_worker_wait(&hail.worker, FIEF_NEVER));
	fief_log("5: synchronous destruction: %d times under fire", ROUNDS);
}

/* ---- 6: many contexts ---- */

static void many_contexts(void)
{
	static struct counter c[MANY];

	memset(c, 0, sizeof(c));
	for (unsigned i = 0; i < MANY; i++)
		counter_init(&c[i]);
	for (unsigned round = 1; round <= 3; round++) {
		for (unsigned i = 0; i < MANY; i++)
			for (unsigned n = 0; n <= i % 3; n++)
				fief_kif->signal(c[i].handler.cap);
		for (unsigned i = 0; i < MANY; i++)
			counter_wait(&c[i], (i % 3 + 1) * (uint64_t)round);
	}
	for (unsigned i = 0; i < MANY; i++)
		fief_signal_dissolve(check_env->ep, &c[i].handler);
}

/* ---- all ---- */

static void done(void)
{
	fief_log("signal test succeeded");
	fief_exit(check_env, 0);
}

void fief_component_construct(struct fief_env *env)
{
	struct check_used before, after;

	check_env = env;
	lazy_receiver();
	context_removal();
	many_contexts(); /* kif keeps what its tables grew by */
	before = check_used();
	for (unsigned i = 0; i < 10; i++)
		many_contexts();
	after = check_used();
	CHECK(after.ram == before.ram && after.caps == before.caps);
	fief_log("6: many contexts: %d, ten times, nothing is lost", MANY);
	fast_sender();
	stress();
	sync_destruction();
	nested_start(done);
}
