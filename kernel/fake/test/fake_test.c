/* SPDX-License-Identifier: MIT */
/* The fake itself, beyond the contract: schedules, quotas, faults, death. */

#include "fake.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SEEDS = 40, PAGES = 4, SECOND = 1000000000 };

static unsigned failures;

#define EXPECT(condition)                                                      \
	((condition) ? (void)0 :                                               \
	               (void)(failures++, fprintf(stderr, "line %d: %s\n",     \
	                                          __LINE__, #condition)))

static const struct kif *const kif = &fake_kif;

static struct fake *world(uint64_t seed)
{
	const struct fake_options options = { .seed = seed };
	struct fake *w = fake_create(&options);

	if (!w)
		exit(1);
	return w;
}

/* ---- schedules ---- */

/* Who ran in which order, by two threads. */
static char trace[64];
static unsigned traced;

static void tracer(void *arg)
{
	for (unsigned i = 0; i < 8; i++) {
		trace[traced++] = *(char *)arg;
		fake_yield();
	}
}

static uint64_t trace_run(uint64_t seed)
{
	char a = 'a', b = 'b';
	struct fake *w = world(seed);
	struct fake_pd *pd = fake_pd_create(w, "pd");
	fief_thread thread;
	uint64_t schedule;

	traced = 0;
	EXPECT(!fake_start(pd, tracer, &a, &thread));
	EXPECT(!fake_start(pd, tracer, &b, &thread));
	fake_join(pd);
	schedule = fake_schedule(w);
	fake_destroy(w);
	return schedule;
}

static void test_schedules(void)
{
	unsigned different = 0;
	uint64_t first = trace_run(1), again = trace_run(1);

	EXPECT(first == again);
	EXPECT(traced == 16);
	for (uint64_t seed = 2; seed < SEEDS; seed++)
		different += trace_run(seed) != first;
	EXPECT(different > SEEDS / 2);
}

static void wait_for_nothing(void *arg)
{
	struct kif_wait w = { .flags = KIF_WAIT, .deadline = FIEF_NEVER };
	struct kif_msg msg;

	(void)arg;
	EXPECT(!kif->reply_wait(0, &msg, &w));
}

static void test_deadlock(void)
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		struct fake *w = world(3);
		struct fake_pd *pd = fake_pd_create(w, "stuck");
		fief_thread thread;

		if (!freopen("/dev/null", "w", stderr) ||
		    fake_start(pd, wait_for_nothing, NULL, &thread))
			_exit(1);
		fake_join(pd);
		_exit(0);
	}
	EXPECT(waitpid(pid, &status, 0) == pid);
	EXPECT(WIFEXITED(status) && WEXITSTATUS(status) == FAKE_EXIT_DEADLOCK);
}

/* A second of virtual time takes none. */
static void test_clock(void)
{
	struct fake *w = world(5);
	uint64_t start;

	fake_enter(fake_pd_create(w, "pd"));
	start = kif->time();
	kif->park(start + SECOND);
	EXPECT(kif->time() >= start + SECOND);
	EXPECT(kif->time() < start + SECOND + SECOND / 1000);
	fake_destroy(w);
}

/* ---- quotas and faults ---- */

static void test_quotas(void)
{
	struct fake *w = world(1);
	struct fake_pd *pd = fake_pd_create(w, "poor");
	struct fake_pd *rich = fake_pd_create(w, "rich");
	struct fake_limits limits = FAKE_UNLIMITED;
	fief_cap cap = 0, ds = 0, held[2];

	limits.caps = 1;
	limits.handles = 1;
	fake_limit(pd, limits);
	fake_enter(pd);
	EXPECT(!kif->export(0, 1, KIF_OBJECT_RPC, &cap));
	EXPECT(kif->export(0, 2, KIF_OBJECT_RPC, &ds) == FIEF_OUT_OF_CAPS);
	kif->revoke(cap);
	EXPECT(fake_used(pd).caps == 0);
	fake_enter(rich);
	for (unsigned i = 0; i < 2; i++)
		EXPECT(!kif->export(0, i + 1, KIF_OBJECT_RPC, &held[i]));
	EXPECT(!fake_grant(rich, held[0], pd, &cap));
	EXPECT(fake_grant(rich, held[1], pd, &ds) == FIEF_LIMIT);
	EXPECT(fake_grant(pd, FIEF_CAP_NULL, rich, &ds) == FIEF_INVALID);
	fake_enter(pd);
	kif->drop(cap, 1);
	limits.ram = fake_used(pd).ram + (size_t)(PAGES - 1) * KIF_PAGE;
	fake_limit(pd, limits);
	EXPECT(fake_ds_create(pd, (size_t)PAGES * KIF_PAGE, KIF_READ, &ds) ==
	       FIEF_OUT_OF_RAM);
	EXPECT(!fake_ds_create(pd, KIF_PAGE, KIF_READ, &ds));
	fake_ds_destroy(pd, ds);
	EXPECT(kif->map(ds, 0, KIF_PAGE, NULL, KIF_READ, (void **)&held) ==
	       FIEF_GONE);
	fake_destroy(w);
}

/* Each allocation fails once; afterwards all is as before. */
static void test_faults(void)
{
	struct fake *w = world(1);
	struct fake_pd *pd = fake_pd_create(w, "pd");
	enum fief_err e = FIEF_OUT_OF_RAM;
	fief_cap cap = 77;
	unsigned n;

	fake_enter(pd);
	for (n = 1; e; n++) {
		fake_fail(pd, n);
		e = kif->export(0, 1, KIF_OBJECT_RPC, &cap);
		EXPECT(!e || (e == FIEF_OUT_OF_RAM && cap == 77));
		EXPECT(!e || fake_used(pd).caps == 0);
	}
	fake_fail(pd, 0);
	EXPECT(n > 2);
	EXPECT(fake_allocations(pd) >= 2);
	kif->revoke(cap);
	fake_destroy(w);
}

/* ---- death ---- */

static void leave(void *arg)
{
	(void)arg;
	kif->exit(42);
}

static void test_death(void)
{
	struct fake *w = world(2);
	struct fake_pd *pd = fake_pd_create(w, "pd");
	struct fake_pd *other = fake_pd_create(w, "other");
	struct kif_msg msg = { 0 };
	fief_thread thread;
	fief_cap cap, held;

	fake_enter(pd);
	EXPECT(!kif->export(0, 1, KIF_OBJECT_RPC, &cap));
	EXPECT(!fake_grant(pd, cap, other, &held));
	EXPECT(!fake_grant(other, held, pd, &cap));
	EXPECT(kif->badge(cap, &(uint64_t){ 0 }) == FIEF_OK);
	EXPECT(fake_exit_code(pd) == -1 && !fake_dead(pd));
	EXPECT(!fake_start(pd, leave, NULL, &thread));
	fake_join(pd);
	EXPECT(fake_exit_code(pd) == 42 && fake_dead(pd));
	/* The driver is still in the dead PD. */
	EXPECT(kif->export(0, 1, KIF_OBJECT_RPC, &cap) == FIEF_GONE);
	EXPECT(fake_start(pd, leave, NULL, &thread) == FIEF_GONE);
	EXPECT(fake_grant(other, held, pd, &cap) == FIEF_GONE);
	EXPECT(fake_enter(other) == pd);
	EXPECT(kif->call(held, &msg) == FIEF_GONE);
	kif->drop(held, 1);
	EXPECT(kif->call(held, &msg) == FIEF_INVALID);
	fake_kill(other);
	fake_kill(other);
	EXPECT(fake_exit_code(other) == -1 && fake_dead(other));
	fake_destroy(w);
}

/* A receiver without room: the caller is told, the server never sees it. */
static void serve_once(void *arg)
{
	struct kif_wait w = { .flags = KIF_WAIT, .deadline = FIEF_NEVER };
	struct kif_msg msg;

	(void)arg;
	EXPECT(!kif->reply_wait(0, &msg, &w));
	EXPECT(msg.label == 2 && msg.ncaps == 0);
	w.flags = KIF_REPLY;
	EXPECT(!kif->reply_wait(0, &msg, &w));
}

static void test_no_room(void)
{
	struct fake *w = world(4);
	struct fake_pd *server = fake_pd_create(w, "server");
	struct fake_pd *client = fake_pd_create(w, "client");
	struct fake_limits limits = FAKE_UNLIMITED;
	struct kif_msg msg = { .label = 1, .ncaps = 1 };
	fief_thread thread;
	fief_cap cap, held;

	limits.handles = 0;
	fake_limit(server, limits);
	fake_enter(server);
	EXPECT(!kif->export(0, 1, KIF_OBJECT_RPC, &cap));
	EXPECT(!fake_grant(server, cap, client, &held));
	fake_enter(client);
	EXPECT(!kif->export(0, 1, KIF_OBJECT_RPC, &msg.cap[0]));
	EXPECT(!fake_start(server, serve_once, NULL, &thread));
	EXPECT(kif->call(held, &msg) == FIEF_LIMIT);
	msg = (struct kif_msg){ .label = 2 };
	EXPECT(!kif->call(held, &msg));
	fake_join(server);
	fake_destroy(w);
}

int main(void)
{
	test_schedules();
	test_deadlock();
	test_clock();
	test_quotas();
	test_faults();
	test_death();
	test_no_room();
	printf("%u failures\n", failures);
	return failures != 0;
}
