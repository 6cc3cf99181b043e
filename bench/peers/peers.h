/* SPDX-License-Identifier: MIT */
/* The peers that need nothing but Linux. Each prints its lines and returns. */
#pragma once

#include <bench/lib/bench.h>

/* pingpong.c: a round trip between two processes, payload in shared memory. */
void peer_line(const struct bench_args *args);
void peer_futex(const struct bench_args *args);
void peer_eventfd(const struct bench_args *args);

/* socket.c: a round trip that carries the payload. */
void peer_pipe(const struct bench_args *args);
void peer_seqpacket(const struct bench_args *args);
void peer_seqpacket_epoll(const struct bench_args *args);
void peer_base_linux(const struct bench_args *args);

/* memory.c */
void peer_memfd(const struct bench_args *args);
void peer_memfd_touch(const struct bench_args *args);

/* stream.c: 64 KiB blocks, copied in and copied out. */
void peer_bulk_pipe(const struct bench_args *args);
void peer_bulk_unix(const struct bench_args *args);

/* spawn.c */
void peer_fork_exec(const struct bench_args *args);
void peer_vfork_exec(const struct bench_args *args);
void peer_posix_spawn(const struct bench_args *args);
void peer_start_rate(const struct bench_args *args);
void peer_sleepers(const struct bench_args *args);
void peer_tmpfs(const struct bench_args *);
