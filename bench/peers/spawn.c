/* SPDX-License-Identifier: MIT */
/* Processes: start `true` and wait for its end; many that sleep. */
#include <spawn.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "peers.h"

static char true_name[] = "true";
static char *const true_argv[] = { true_name, NULL };
static char *const no_env[] = { NULL };
static const char true_path[] = "/bin/true";

static void reap(pid_t pid)
{
	int status;

	bench_must(pid, "start");
	bench_must(waitpid(pid, &status, 0), "waitpid");
	if (status)
		bench_fail(true_path);
}

static void with_fork(void *context)
{
	pid_t pid = fork();

	(void)context;
	if (pid == 0) {
		execve(true_path, true_argv, no_env);
		_exit(127);
	}
	reap(pid);
}

static void with_vfork(void *context)
{
	/* Vfork on purpose: it is one of the things that are compared. */
	pid_t pid = vfork(); /* NOLINT */

	(void)context;
	if (pid == 0) {
		execve(true_path, true_argv, no_env);
		_exit(127);
	}
	reap(pid);
}

static void with_spawn(void *context)
{
	pid_t pid;

	(void)context;
	if (posix_spawn(&pid, true_path, NULL, NULL, true_argv, no_env) != 0)
		bench_fail("posix_spawn");
	reap(pid);
}

static void measure(const struct bench_args *args, void (*run)(void *))
{
	bench_pin(args, BENCH_CLIENT);
	bench_measure(args,
	              &(struct bench_job){ .name = args->name, .run = run });
}

void peer_fork_exec(const struct bench_args *args)
{
	measure(args, with_fork);
}

void peer_vfork_exec(const struct bench_args *args)
{
	measure(args, with_vfork);
}

void peer_posix_spawn(const struct bench_args *args)
{
	measure(args, with_spawn);
}

/*
 * Start rate: two loops, each on its CPU.
 */

static void start_loop(void *context)
{
	_Atomic unsigned *starts = context;

	for (;;) {
		with_fork(NULL);
		/* A statistic: read while this goes on. */
		atomic_fetch_add_explicit(starts, 1, memory_order_relaxed);
	}
}

void peer_start_rate(const struct bench_args *args)
{
	_Atomic unsigned *starts = bench_shared(sizeof(*starts));
	struct bench_args pinned = *args;
	unsigned before, after;
	double begin, seconds;

	pinned.place = BENCH_SAME;
	for (unsigned i = 0; i < 2; i++) {
		pinned.cpu[BENCH_CLIENT] = args->cpu[i];
		bench_child(&pinned, start_loop, starts);
	}
	usleep(args->run_ms * 100);
	before = atomic_load_explicit(starts, memory_order_relaxed);
	begin = bench_now();
	usleep(args->run_ms * 1000);
	seconds = bench_now() - begin;
	after = atomic_load_explicit(starts, memory_order_relaxed);
	bench_print("start_rate", (after - before) / seconds, "1/s");
}

/*
 * Sleepers: as many processes as asked for, until standard input ends.
 */

void peer_sleepers(const struct bench_args *args)
{
	static char name[] = "sleep", seconds[] = "1000";
	char *const argv[] = { name, seconds, NULL };
	pid_t parent = getpid();
	char byte;

	for (unsigned i = 0; i < args->count; i++) {
		pid_t pid = (pid_t)bench_must(fork(), "fork");

		if (pid == 0) {
			bench_die_with_parent(parent);
			execve("/bin/sleep", argv, no_env);
			_exit(127);
		}
	}
	printf("ready %u\n", args->count);
	fflush(stdout);
	while (read(STDIN_FILENO, &byte, 1) > 0)
		;
}
