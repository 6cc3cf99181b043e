/* SPDX-License-Identifier: MIT */
/* Deadlines: a call of a server that is silent ends, any other one does not;
 * under many schedules. */
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fief/deadline.h>
#include <fief/kif_table.h>

#include "fake.h"

enum {
	SEEDS = 200,
	ANSWERS = 1, /* methods of the server */
	SILENT = 2,
	PATIENCE_MS = 20,
};

static const uint64_t LONG_MS = 1000000, MS = 1000000 /* ns */;

const struct kif *fief_kif = &fake_kif;

static unsigned failures;
static uint64_t seed;
static fief_cap object;

#define EXPECT(condition)                                                      \
	((condition) ? (void)0 :                                               \
	               (void)(failures++,                                      \
	                      fprintf(stderr, "seed %llu, line %d: %s\n",      \
	                              (unsigned long long)seed, __LINE__,      \
	                              #condition)))

static void serve(void *arg)
{
	struct kif_wait w = { .deadline = FIEF_NEVER };
	struct kif_msg msg;

	(void)arg;
	for (;;) {
		w.flags |= KIF_WAIT;
		if (fief_kif->reply_wait(0, &msg, &w))
			return;
		w.flags = 0;
		if (w.event == KIF_EVENT_CALL && msg.label == ANSWERS)
			w.flags = KIF_REPLY;
		msg.label = msg.len = msg.ncaps = 0;
	}
}

static enum fief_err call(uint32_t method)
{
	struct kif_msg msg = { .label = method };

	return fief_kif->call(object, &msg);
}

static void client(void *arg)
{
	struct fief_deadline d, outer;
	uint64_t start;

	(void)arg;
	EXPECT(call(ANSWERS) == FIEF_OK);

	/* In time: nothing happens, also much later. */
	EXPECT(!fief_deadline_arm(&d, fief_kif->time() + LONG_MS * MS));
	for (unsigned i = 0; i < 10; i++)
		EXPECT(call(ANSWERS) == FIEF_OK);
	EXPECT(!fief_deadline_disarm(&d));

	/* Too late: ends, not before its time, and so does the next call. */
	start = fief_kif->time();
	EXPECT(!fief_deadline_arm(&d, start + PATIENCE_MS * MS));
	for (unsigned i = 0; i < 40; i++)
		EXPECT(call(ANSWERS) == FIEF_OK);
	EXPECT(call(SILENT) == FIEF_CANCELED);
	EXPECT(fief_kif->time() >= start + PATIENCE_MS * MS);
	EXPECT(call(SILENT) == FIEF_CANCELED);
	EXPECT(fief_deadline_disarm(&d));

	/* Afterwards calls are as they were. */
	for (unsigned i = 0; i < 200; i++)
		EXPECT(call(ANSWERS) == FIEF_OK);

	/* In the past, and nested: the earlier one counts. */
	EXPECT(!fief_deadline_arm(&outer, fief_kif->time() + LONG_MS * MS));
	EXPECT(!fief_deadline_arm(&d, 0));
	EXPECT(call(SILENT) == FIEF_CANCELED);
	EXPECT(fief_deadline_disarm(&d));
	EXPECT(call(ANSWERS) == FIEF_OK);
	EXPECT(!fief_deadline_disarm(&outer));
	EXPECT(!fief_deadline_disarm(&outer));
	fief_kif->exit(0);
}

static void run(void)
{
	const struct fake_options options = { .seed = seed };
	struct fake *w = fake_create(&options);
	struct fake_pd *s = fake_pd_create(w, "server");
	struct fake_pd *c = fake_pd_create(w, "client");
	fief_thread thread;
	fief_cap own;

	fake_enter(s);
	EXPECT(!fief_kif->export(0, 1, KIF_OBJECT_RPC, &own));
	fake_enter(NULL);
	EXPECT(!fake_grant(s, own, c, &object));
	EXPECT(!fake_start(s, serve, NULL, &thread));
	EXPECT(!fake_start(c, client, NULL, &thread));
	fake_join(c);
	EXPECT(fake_exit_code(c) == 0);
	fake_destroy(w);
}

/* The watchdog is one a PD, and here PDs share a process: each run takes a
 * process of its own. */
static void run_apart(void)
{
	const pid_t child = fork();
	int status = -1;

	if (!child) {
		run();
		_exit(failures != 0);
	}
	if (child < 0 || waitpid(child, &status, 0) != child || status) {
		fprintf(stderr, "seed %llu: status %d\n",
		        (unsigned long long)seed, status);
		failures++;
	}
}

int main(void)
{
	for (seed = 1; seed <= SEEDS && !failures; seed++)
		run_apart();
	return failures != 0;
}
