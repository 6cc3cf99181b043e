/* SPDX-License-Identifier: MIT */
/* Arguments, placement and child processes of measuring programs. */
#include <bench/lib/bench.h>

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "internal.h"

struct bench_children bench_children;

void bench_fail(const char *what)
{
	fprintf(stderr, "bench: %s: %s\n", what, strerror(errno));
	exit(1);
}

long bench_must(long result, const char *what)
{
	if (result < 0)
		bench_fail(what);
	return result;
}

double bench_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

void bench_print(const char *name, double value, const char *unit)
{
	printf("%s %.6g %s\n", name, value, unit);
	fflush(stdout);
}

static bool parse_place(enum bench_place *place, const char *text)
{
	static const char *const names[] = { "same", "cross", "free" };

	for (unsigned i = 0; i < 3; i++) {
		if (strcmp(text, names[i]) == 0) {
			*place = (enum bench_place)i;
			return true;
		}
	}
	return false;
}

static bool parse_cpus(int cpu[2], const char *text)
{
	char *end;

	cpu[0] = (int)strtol(text, &end, 10);
	if (*end != ',')
		return false;
	cpu[1] = (int)strtol(end + 1, &end, 10);
	return !*end && cpu[0] >= 0 && cpu[1] >= 0;
}

static bool parse_number(unsigned *number, const char *text)
{
	char *end;
	unsigned long value = strtoul(text, &end, 10);

	*number = (unsigned)value;
	return *text && !*end && value <= 1000000;
}

static bool parse_one(struct bench_args *args, const char *text)
{
	if (strncmp(text, "place=", 6) == 0)
		return parse_place(&args->place, text + 6);
	if (strncmp(text, "cpus=", 5) == 0)
		return parse_cpus(args->cpu, text + 5);
	if (strncmp(text, "ms=", 3) == 0)
		return parse_number(&args->run_ms, text + 3);
	if (strncmp(text, "count=", 6) == 0)
		return parse_number(&args->count, text + 6);
	return false;
}

bool bench_args_parse(struct bench_args *args, int argc, char **argv)
{
	*args = (struct bench_args){ .place = BENCH_FREE,
		                     .cpu = { 0, 1 },
		                     .run_ms = 100 };
	if (argc < 2) {
		fprintf(stderr,
		        "usage: %s NAME [place=same|cross|free] "
		        "[cpus=A,B] [ms=N] [count=N]\n",
		        argv[0]);
		return false;
	}
	args->name = argv[1];
	for (int i = 2; i < argc; i++) {
		if (!parse_one(args, argv[i])) {
			fprintf(stderr, "bench: bad argument %s\n", argv[i]);
			return false;
		}
	}
	alarm(60 + args->run_ms / 100);
	return true;
}

void bench_pin(const struct bench_args *args, enum bench_role role)
{
	int cpu = args->cpu[args->place == BENCH_CROSS ? role : BENCH_CLIENT];
	cpu_set_t set;

	if (args->place == BENCH_FREE)
		return;
	CPU_ZERO(&set);
	CPU_SET((size_t)cpu, &set);
	bench_must(sched_setaffinity(0, sizeof(set), &set), "pin");
}

void bench_die_with_parent(pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
}

void bench_child_add(pid_t pid)
{
	struct bench_children *c = &bench_children;

	if (c->count < BENCH_CHILDREN)
		c->pid[c->count++] = pid;
}

pid_t bench_child(const struct bench_args *args, void (*run)(void *),
                  void *context)
{
	pid_t parent = getpid();
	pid_t pid = (pid_t)bench_must(fork(), "fork");

	if (pid == 0) {
		bench_die_with_parent(parent);
		bench_pin(args, BENCH_SERVER);
		run(context);
		_exit(0);
	}
	bench_child_add(pid);
	return pid;
}

void bench_children_stop(void)
{
	struct bench_children *c = &bench_children;

	/* The last first: it may be a client of the one before it. */
	for (unsigned i = c->count; i-- > 0;)
		kill(c->pid[i], SIGKILL);
	for (unsigned i = 0; i < c->count; i++)
		waitpid(c->pid[i], NULL, 0);
	c->count = 0;
}

void *bench_shared(size_t bytes)
{
	void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
	               MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		bench_fail("mmap");
	return memset(p, 0, bytes);
}
