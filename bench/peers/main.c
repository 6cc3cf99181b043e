/* SPDX-License-Identifier: MIT */
/* The program `peers`: measures one peer by name. */
#include <stdio.h>
#include <string.h>

#include "peers.h"

static const struct {
	const char *name;
	void (*run)(const struct bench_args *);
} table[] = {
	{ "line", peer_line },
	{ "futex", peer_futex },
	{ "eventfd", peer_eventfd },
	{ "pipe", peer_pipe },
	{ "seqpacket", peer_seqpacket },
	{ "seqpacket_epoll", peer_seqpacket_epoll },
	{ "base_linux", peer_base_linux },
	{ "memfd", peer_memfd },
	{ "memfd_touch", peer_memfd_touch },
	{ "bulk_pipe", peer_bulk_pipe },
	{ "bulk_unix", peer_bulk_unix },
	{ "fork_exec", peer_fork_exec },
	{ "vfork_exec", peer_vfork_exec },
	{ "posix_spawn", peer_posix_spawn },
	{ "start_rate", peer_start_rate },
	{ "tmpfs", peer_tmpfs },
	{ "sleepers", peer_sleepers },
};

int main(int argc, char **argv)
{
	struct bench_args args;

	if (!bench_args_parse(&args, argc, argv))
		return 2;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		if (strcmp(args.name, table[i].name) != 0)
			continue;
		table[i].run(&args);
		bench_children_stop();
		return 0;
	}
	fprintf(stderr, "peers: no peer %s\n", args.name);
	return 2;
}
