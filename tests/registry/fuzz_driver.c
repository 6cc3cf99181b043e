/* SPDX-License-Identifier: MIT */
/*
 * Stand-in for libFuzzer, so that every test run exercises each fuzz target
 * with the project's own compiler: replays the corpus, then feeds mutations
 * of it from a fixed seed until -max_total_time has passed.
 */
#include <dirent.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { INPUT_MAX = 4096, SEEDS_MAX = 512 };

struct input {
	size_t len;
	uint8_t *bytes; /* owned */
};

struct driver {
	struct input seed[SEEDS_MAX];
	unsigned seeds;
	uint64_t random;
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint32_t random_below(struct driver *d, uint32_t n)
{
	d->random ^= d->random << 13;
	d->random ^= d->random >> 7;
	d->random ^= d->random << 17;
	return (uint32_t)(d->random >> 32) % n;
}

static void seed_add(struct driver *d, const char *path)
{
	struct input in = { .bytes = malloc(INPUT_MAX) };
	FILE *f = fopen(path, "rb");

	if (!f || !in.bytes || d->seeds == SEEDS_MAX) {
		if (f)
			fclose(f);
		free(in.bytes);
		return;
	}
	in.len = fread(in.bytes, 1, INPUT_MAX, f);
	fclose(f);
	d->seed[d->seeds++] = in;
}

static void corpus_load(struct driver *d, const char *folder)
{
	char path[PATH_MAX];
	struct dirent *e;
	DIR *dir = opendir(folder);

	if (!dir)
		return;
	while ((e = readdir(dir))) {
		if (e->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, e->d_name);
		seed_add(d, path);
	}
	closedir(dir);
}

/* One random edit: flip, overwrite, insert, delete or splice. */
static size_t mutate(struct driver *d, uint8_t *b, size_t len)
{
	static const uint8_t edge[] = {
		0, 1, 0x7f, 0x80, 0xff, '<', '"', '\n'
	};
	size_t at = len ? random_below(d, (uint32_t)len) : 0;
	const struct input *other;

	switch (random_below(d, 5)) {
	case 0:
		if (len)
			b[at] ^= (uint8_t)(1u << random_below(d, 8));
		return len;
	case 1:
		if (len)
			b[at] = edge[random_below(d, sizeof(edge))];
		return len;
	case 2:
		if (len == INPUT_MAX)
			return len;
		memmove(b + at + 1, b + at, len - at);
		b[at] = (uint8_t)random_below(d, 256);
		return len + 1;
	case 3:
		if (!len)
			return len;
		memmove(b + at, b + at + 1, len - at - 1);
		return len - 1;
	default:
		other = &d->seed[random_below(d, d->seeds)];
		if (other->len > at)
			memcpy(b + at, other->bytes + at, other->len - at);
		return other->len > len ? other->len : len;
	}
}

/* Run on an exact-size heap copy, so that any overrun is caught. */
static void run_one(const uint8_t *bytes, size_t len)
{
	uint8_t *copy = malloc(len ? len : 1);

	if (!copy)
		abort();
	memcpy(copy, bytes, len);
	LLVMFuzzerTestOneInput(copy, len);
	free(copy);
}

static void run_mutations(struct driver *d, time_t seconds)
{
	uint8_t b[INPUT_MAX];
	const time_t end = time(NULL) + seconds;
	unsigned long runs = 0;

	do {
		const struct input *in = &d->seed[random_below(d, d->seeds)];
		size_t len = in->len;

		memcpy(b, in->bytes, len);
		for (unsigned n = 1 + random_below(d, 8); n; n--)
			len = mutate(d, b, len);
		run_one(b, len);
		runs++;
	} while (runs % 64 || time(NULL) < end);
	printf("%lu mutations of %u inputs\n", runs, d->seeds);
}

int main(int argc, char **argv)
{
	static struct driver d = { .random = 0x9e3779b97f4a7c15 };
	long seconds = 1;

	seed_add(&d, "/dev/null"); /* the empty input */
	for (int i = 1; i < argc; i++) {
		if (!strncmp(argv[i], "-max_total_time=", 16))
			seconds = strtol(argv[i] + 16, NULL, 10);
		else if (argv[i][0] != '-')
			corpus_load(&d, argv[i]);
	}
	for (unsigned i = 0; i < d.seeds; i++)
		run_one(d.seed[i].bytes, d.seed[i].len);
	run_mutations(&d, seconds);
	for (unsigned i = 0; i < d.seeds; i++)
		free(d.seed[i].bytes);
	return 0;
}
