/* SPDX-License-Identifier: MIT */
/* Shared memory: create, map, unmap and close 4 KiB. */
#include <sys/mman.h>
#include <unistd.h>

#include "peers.h"

enum { SIZE = 4096 };

static void cycle(bool touch)
{
	int fd = (int)bench_must(memfd_create("bench", MFD_CLOEXEC), "memfd");
	unsigned char *p;

	bench_must(ftruncate(fd, SIZE), "ftruncate");
	p = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED)
		bench_fail("mmap");
	if (touch)
		*p = 1;
	munmap(p, SIZE);
	close(fd);
}

static void run(void *context)
{
	cycle(*(const bool *)context);
}

static void measure(const struct bench_args *args, bool touch)
{
	bench_pin(args, BENCH_CLIENT);
	bench_measure(args, &(struct bench_job){ .name = args->name,
	                                         .run = run,
	                                         .context = &touch });
}

void peer_memfd(const struct bench_args *args)
{
	measure(args, false);
}

void peer_memfd_touch(const struct bench_args *args)
{
	measure(args, true);
}
