/* SPDX-License-Identifier: MIT */
/* Durations by the time-stamp counter, and their percentiles. */
#include <bench/lib/bench.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <x86intrin.h>

#include "internal.h"

enum { SAMPLES_MAX = 1 << 19 };

struct series {
	uint64_t *ticks; /* owned: one duration of a batch each */
	size_t count;
};

/* Not executed before what precedes it, as rdtsc could be. */
static uint64_t ticks_now(void)
{
	unsigned cpu;

	return __rdtscp(&cpu);
}

static int ticks_compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a;
	uint64_t y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static double clock_us(clockid_t clock)
{
	struct timespec t = { 0 };

	clock_gettime(clock, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec * 1e-3;
}

static double timeval_us(const struct timeval *t)
{
	return (double)t->tv_sec * 1e6 + (double)t->tv_usec;
}

/* CPU time of this process, of its helpers, and of children that ended. */
static double cpu_us(void)
{
	double sum = clock_us(CLOCK_PROCESS_CPUTIME_ID);
	struct rusage ended;
	clockid_t clock;

	getrusage(RUSAGE_CHILDREN, &ended);
	sum += timeval_us(&ended.ru_utime) + timeval_us(&ended.ru_stime);
	for (unsigned i = 0; i < bench_children.count; i++)
		if (clock_getcpuclockid(bench_children.pid[i], &clock) == 0)
			sum += clock_us(clock);
	return sum;
}

/* Repeat until the time is over, or until there is no room. */
static void series_fill(struct series *s, const struct bench_job *job,
                        double seconds)
{
	unsigned batch = job->batch ? job->batch : 1;
	double end = bench_now() + seconds;
	uint64_t before, after;

	s->count = 0;
	before = ticks_now();
	do {
		for (unsigned n = 0; n < 16 && s->count < SAMPLES_MAX; n++) {
			for (unsigned i = 0; i < batch; i++)
				job->run(job->context);
			after = ticks_now();
			s->ticks[s->count++] = after - before;
			before = after;
		}
	} while (s->count < SAMPLES_MAX && bench_now() < end);
}

/* A percentile of a sorted series, in ticks. */
static double series_rank(const struct series *s, unsigned percent)
{
	size_t index = s->count * percent / 100;

	return (double)s->ticks[index];
}

void bench_measure(const struct bench_args *args, const struct bench_job *job)
{
	double seconds = args->run_ms * 1e-3;
	double per_batch = (job->batch ? job->batch : 1) *
	                   (job->ops_per_run ? job->ops_per_run : 1);
	struct series s = { .ticks = calloc(SAMPLES_MAX, sizeof(uint64_t)) };
	double cpu, time, factor;
	uint64_t begin;

	if (!s.ticks)
		bench_fail("calloc");
	series_fill(&s, job, seconds / 10);
	cpu = cpu_us();
	time = bench_now();
	begin = ticks_now();
	series_fill(&s, job, seconds);
	/* The run itself tells how long a tick is. */
	factor = (bench_now() - time) * 1e6 / (double)(ticks_now() - begin);
	cpu = cpu_us() - cpu;

	qsort(s.ticks, s.count, sizeof(uint64_t), ticks_compare);
	factor /= per_batch;
	printf("%s %.6g us p10=%.6g p90=%.6g cpu=%.6g n=%zu\n", job->name,
	       series_rank(&s, 50) * factor, series_rank(&s, 10) * factor,
	       series_rank(&s, 90) * factor,
	       cpu / ((double)s.count * per_batch), s.count);
	fflush(stdout);
	free(s.ticks);
}
