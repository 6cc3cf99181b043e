/* SPDX-License-Identifier: MIT */
/* Measuring on the host: arguments, placement, child processes, durations. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <fief/compiler.h>

/* Bytes of payload that a peer carries each way. */
enum { BENCH_PAYLOAD = 32 };

enum bench_place { BENCH_SAME, BENCH_CROSS, BENCH_FREE };
enum bench_role { BENCH_CLIENT, BENCH_SERVER };

/* What the runner asks for. */
struct bench_args {
	const char *name;       /* which measurement; borrowed from argv */
	enum bench_place place; /* same or two CPUs, or no pinning */
	int cpu[2];             /* CPUs of client and server */
	unsigned run_ms;        /* length of the timed part */
	unsigned count;         /* how many, where that is a question */
};

/*
 * Parse NAME [place=same|cross|free] [cpus=A,B] [ms=N] [count=N]. Prints what
 * is wrong on standard error. Starts the deadline: the process is killed by
 * SIGALRM after ten times the length of the timed part plus a minute.
 */
bool bench_args_parse(struct bench_args *args, int argc, char **argv);

/* Pin the calling thread as asked for a role. */
void bench_pin(const struct bench_args *args, enum bench_role role);

/* Print a message with errno's text and exit with 1. */
FIEF_NORETURN void bench_fail(const char *what);

/* Exit with 1 unless a system call succeeded; passes its result on. */
long bench_must(long result, const char *what);

/*
 * Run a function in a child process, pinned as server. The child dies with
 * this process. Up to 8 children count as helpers: bench_measure adds their
 * CPU time, and bench_children_stop kills and reaps them.
 */
pid_t bench_child(const struct bench_args *args, void (*run)(void *),
                  void *context);

/* The same for a process that was started otherwise. */
void bench_child_add(pid_t pid);

/* To be called first in a child: die when the parent does. */
void bench_die_with_parent(pid_t parent);

void bench_children_stop(void);

/* Zeroed memory that is shared with children. */
void *bench_shared(size_t bytes);

/* Seconds of the monotonic clock. */
double bench_now(void);

/* One measurement: an operation, repeated. */
struct bench_job {
	const char *name;     /* of the output line; borrowed */
	void (*run)(void *);  /* does the operation; exits if it fails */
	void *context;        /* borrowed */
	unsigned batch;       /* operations between two time stamps, or 0 */
	unsigned ops_per_run; /* operations that one run does, or 0 for 1 */
};

/*
 * Warm up for a tenth of the length, then repeat until the time is over, with
 * a time stamp around each batch. Prints the line
 * `NAME p50 us p10=.. p90=.. cpu=.. n=..`, all in microseconds per operation;
 * cpu is the CPU time of this process and its helpers.
 */
void bench_measure(const struct bench_args *args, const struct bench_job *job);

/* Print a line `NAME value unit`. */
void bench_print(const char *name, double value, const char *unit);
