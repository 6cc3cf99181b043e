/* SPDX-License-Identifier: MIT */
/* Timing and medians of bench-client. */

#include <fief/kif_table.h>
#include <lib/sort.h>

#include "bench_client.h"

enum { SAMPLES = 1 << 16, WARM_UP = 10 };

static uint32_t sample[SAMPLES];
static size_t count; /* of those that bench_sample added */

void bench_fail(struct bench *b, const char *what, enum fief_err e)
{
	fief_log("BENCH failed: %s: %s", what, fief_err_text(e));
	fief_exit(b->env, 1);
}

/* As the peers take the time: not before what precedes it. */
static uint64_t ticks(void)
{
	uint32_t lo, hi, cpu;

	__asm__ volatile("rdtscp" : "=a"(lo), "=d"(hi), "=c"(cpu));
	return (uint64_t)hi << 32 | lo;
}

static uint32_t to_ns(uint64_t t, uint64_t per_ms)
{
	return (uint32_t)(t * 1000000 / per_ms);
}

/* Runs for `ns`; what the counter's ticks are in ns shows at the end. */
static size_t collect(struct bench *b, const char *name, bench_fn fn,
                      unsigned batch, uint64_t ns)
{
	enum { LOOK = 64 }; /* operations between looks at the clock */
	const uint64_t began = fief_kif->time(), first = ticks();
	uint64_t t0, t1 = first, took = 0;
	enum fief_err e;
	size_t n = 0;

	while (took < ns) {
		t0 = t1;
		e = fn(b, batch);
		t1 = ticks();
		if (e)
			bench_fail(b, name, e);
		sample[n++ % SAMPLES] = (uint32_t)(t1 - t0);
		if (n % LOOK == 0 || t1 - t0 > ns / LOOK) {
			took = fief_kif->time() - began;
			t1 = ticks();
		}
	}
	n = n < SAMPLES ? n : SAMPLES;
	for (size_t i = 0; i < n; i++)
		sample[i] = to_ns(sample[i], (t1 - first) * 1000000 / took);
	return n;
}

/* ns of a batch as us of one, three decimals more than ns would have. */
static void print(const char *name, size_t n, unsigned batch)
{
	const uint64_t p50 = sample[n / 2] * 1000ull / batch;
	const uint64_t p10 = sample[n / 10] * 1000ull / batch;
	const uint64_t p90 = sample[n * 9 / 10] * 1000ull / batch;

	fief_log("BENCH %s %llu.%06llu us p10=%llu.%06llu p90=%llu.%06llu "
	         "n=%zu",
	         name, (unsigned long long)(p50 / 1000000),
	         (unsigned long long)(p50 % 1000000),
	         (unsigned long long)(p10 / 1000000),
	         (unsigned long long)(p10 % 1000000),
	         (unsigned long long)(p90 / 1000000),
	         (unsigned long long)(p90 % 1000000), n);
}

void bench_run(struct bench *b, const char *name, bench_fn fn, unsigned batch)
{
	enum { SHORT_NS = 1000, SHORT_BATCH = 64 };
	size_t n;

	collect(b, name, fn, batch, b->ns / WARM_UP);
	n = collect(b, name, fn, batch, b->ns);
	sort_u32(sample, n);
	if (batch == 1 && sample[n / 2] < SHORT_NS) {
		/* Taking the time would count too much. */
		batch = SHORT_BATCH;
		n = collect(b, name, fn, batch, b->ns);
		sort_u32(sample, n);
	}
	print(name, n, batch);
}

void bench_sample(uint64_t ns)
{
	sample[count++ % SAMPLES] = (uint32_t)ns;
}

void bench_print(const char *name)
{
	const size_t n = count < SAMPLES ? count : SAMPLES;

	count = 0;
	if (!n)
		return;
	sort_u32(sample, n);
	print(name, n, 1);
}
