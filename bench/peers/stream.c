/* SPDX-License-Identifier: MIT */
/* Throughput of 64 KiB blocks through a pipe and a Unix stream socket. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "peers.h"

enum {
	BLOCK = 64 << 10,
	BUFFER = 1 << 20, /* of the pipe or socket, as large as ours */
};

static unsigned char *block(void)
{
	unsigned char *p = malloc(BLOCK);

	if (!p)
		bench_fail("malloc");
	return memset(p, 1, BLOCK);
}

static void produce(void *context)
{
	const int *fd = context;
	unsigned char *data = block();

	while (write(*fd, data, BLOCK) > 0)
		;
	free(data);
}

/* Read until the time is over; returns bytes per second. */
static double consume(int fd, double seconds)
{
	unsigned char *data = block();
	double begin = bench_now();
	double now;
	size_t bytes = 0;

	do {
		for (unsigned i = 0; i < 16; i++)
			bytes += (size_t)bench_must(read(fd, data, BLOCK),
			                            "read");
		now = bench_now();
	} while (now - begin < seconds);
	free(data);
	return (double)bytes / (now - begin);
}

/* Ends are read and write. */
static void measure(const struct bench_args *args, int ends[2])
{
	double rate;

	bench_child(args, produce, &ends[1]);
	bench_pin(args, BENCH_CLIENT);
	consume(ends[0], args->run_ms * 1e-4);
	rate = consume(ends[0], args->run_ms * 1e-3);
	bench_print(args->name, rate * 1e-9, "GB/s");
}

void peer_bulk_pipe(const struct bench_args *args)
{
	int ends[2];

	bench_must(pipe(ends), "pipe");
	bench_must(fcntl(ends[1], F_SETPIPE_SZ, BUFFER), "F_SETPIPE_SZ");
	measure(args, ends);
}

void peer_bulk_unix(const struct bench_args *args)
{
	int ends[2], size = BUFFER;

	bench_must(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), "socketpair");
	setsockopt(ends[1], SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	measure(args, ends);
}
