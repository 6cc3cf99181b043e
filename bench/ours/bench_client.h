/* SPDX-License-Identifier: MIT */
/* Parts of bench-client: a group measures and prints lines
 * "BENCH name value unit key=value..." for bench/ours/run. */
#pragma once

#include <fief/component.h>
#include <fief/log.h>
#include <fief/session.h>
#include <session/bench.h>

struct bench {
	struct fief_env *env;
	struct bench_cap server;
	uint64_t ns;     /* how long to measure */
	uint64_t others; /* how many servers without a channel there are */
};

/* One timed operation, repeated `batch` times by the function itself. */
typedef enum fief_err (*bench_fn)(struct bench *, unsigned batch);

/* Warm up for a tenth, measure, print medians per operation in us. */
void bench_run(struct bench *, const char *name, bench_fn fn, unsigned batch);
FIEF_NORETURN void bench_fail(struct bench *, const char *what, enum fief_err);

/* The same for operations that are timed one by one. */
void bench_sample(uint64_t ns);
void bench_print(const char *name);

/* A session of that label; its capability lives as long as we. */
FIEF_MUST enum fief_err bench_open(struct bench *b, const char *label,
                                   struct bench_cap *out);

void bench_nap(uint64_t ns);

/* bench/ours/run looks at the processes now. */
void bench_mark(const char *name);

enum fief_err bench_null_call(struct bench *, unsigned batch);

void bench_group_call(struct bench *);
void bench_group_signal(struct bench *);
void bench_group_session(struct bench *);
void bench_group_dataspace(struct bench *);
void bench_group_ring(struct bench *);
void bench_group_hog(struct bench *);
void bench_group_siege(struct bench *);
void bench_group_reports(struct bench *);
void bench_group_exits(struct bench *);
void bench_group_flood(struct bench *);
void bench_group_idle(struct bench *);
void bench_group_scale(struct bench *);
void bench_group_kill(struct bench *);
void bench_group_bulk(struct bench *);
void bench_group_stream(struct bench *);
void bench_group_files(struct bench *);
void bench_group_server_files(struct bench *);
void bench_group_server_bulk(struct bench *);
