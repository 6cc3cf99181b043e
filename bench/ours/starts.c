/* SPDX-License-Identifier: MIT */
/* How long components take to start, and how many a second; see
 * bench/README.md. Arguments: those of all measuring programs. */

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "starts.h"

enum { STARTS = 1000, PART = 100, WARM_UP = 10 };

static struct system system_one;

static int compare(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Median and deciles of `n` durations, which get sorted. */
static void print(const char *name, const double *from, size_t n)
{
	double v[STARTS];

	memcpy(v, from, n * sizeof(*v));
	qsort(v, n, sizeof(*v), compare);
	printf("%s %.3f us p10=%.3f p90=%.3f n=%zu\n", name, v[n / 2],
	       v[n / 10], v[n * 9 / 10], n);
}

static double start_one(struct system *s, unsigned number)
{
	const double began = bench_now();

	system_append(s, number);
	system_reload(s);
	system_wait(s, 1);
	return (bench_now() - began) * 1e6;
}

/* From the change of the configuration to the line, one after the other. */
static void starts(const struct bench_args *args)
{
	struct system *s = &system_one;
	double us[STARTS];
	unsigned number = 0;

	bench_pin(args, BENCH_CLIENT);
	system_start(s);
	while (number < WARM_UP)
		start_one(s, ++number);
	for (unsigned i = 0; i < STARTS; i++)
		us[i] = start_one(s, ++number);
	print("component_start", us, STARTS);
	print("start_first100", us, PART);
	print("start_last100", us + STARTS - PART, PART);
	system_stop(s);
}

/* Each change ends as many components as it starts. */
static void start_rate(const struct bench_args *args)
{
	const unsigned cpus = (unsigned)sysconf(_SC_NPROCESSORS_ONLN);
	struct system *s = &system_one;
	double began = 0, end = bench_now() + args->run_ms / 1e4;
	unsigned number = 0, n = 0;

	system_start(s);
	for (;;) {
		system_write(s, number + 1, number + cpus);
		system_reload(s);
		system_wait(s, cpus);
		number += cpus;
		n += cpus;
		if (bench_now() < end)
			continue;
		if (began != 0)
			break;
		began = bench_now(); /* warm */
		end = began + args->run_ms / 1e3;
		n = 0;
	}
	bench_print("start_rate", n / (bench_now() - began), "1/s");
	system_stop(s);
}

/* All in one configuration; then nothing until standard input ends. */
static void many(const struct bench_args *args)
{
	struct system *s = &system_one;
	char byte;

	system_start(s);
	system_write(s, 1, args->count);
	system_reload(s);
	system_wait(s, args->count);
	printf("ready %u\n", args->count);
	fflush(stdout);
	while (read(STDIN_FILENO, &byte, 1) > 0)
		;
	system_stop(s);
}

static const struct {
	const char *name;
	void (*run)(const struct bench_args *);
} groups[] = {
	{ "start", starts },
	{ "start_rate", start_rate },
	{ "many", many },
};

int main(int argc, char **argv)
{
	struct bench_args args;

	if (!bench_args_parse(&args, argc, argv))
		return 2;
	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++)
		if (!strcmp(groups[i].name, args.name)) {
			groups[i].run(&args);
			return 0;
		}
	return 77;
}
