/* SPDX-License-Identifier: MIT */
/* Measures one group of operations, as its config says. */

#include <fief/config.h>
#include <lib/mem.h>
#include <session/cpu.h>

#include "bench_client.h"

static const struct {
	const char *name;
	void (*measure)(struct bench *);
} groups[] = {
	{ "call", bench_group_call },
	{ "signal", bench_group_signal },
	{ "session", bench_group_session },
	{ "dataspace", bench_group_dataspace },
	{ "ring", bench_group_ring },
	{ "hog", bench_group_hog },
	{ "flood", bench_group_flood },
	{ "siege", bench_group_siege },
	{ "reports", bench_group_reports },
	{ "exits", bench_group_exits },
	{ "idle", bench_group_idle },
	{ "scale", bench_group_scale },
	{ "kill", bench_group_kill },
	{ "bulk", bench_group_bulk },
	{ "stream", bench_group_stream },
	{ "files", bench_group_files },
	{ "server_files", bench_group_server_files },
	{ "server_bulk", bench_group_server_bulk },
};

static struct bench bench;

static void place(struct bench *b, const struct node *config)
{
	uint64_t cpu = UINT64_MAX;

	if (!node_attr_u64(config, "cpu", UINT64_MAX, NULL, &cpu) && cpu < 64 &&
	    cpu_affinity((struct cpu_cap){ b->env->cpu }, 1ull << cpu))
		fief_error("cannot be placed on CPU %llu",
		           (unsigned long long)cpu);
}

static void measure(struct bench *b, const char *group)
{
	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++)
		if (!strcmp(groups[i].name, group)) {
			groups[i].measure(b);
			fief_log("BENCH done");
			return;
		}
	bench_fail(b, "no such group", FIEF_NOT_FOUND);
}

enum fief_err bench_open(struct bench *b, const char *label,
                         struct bench_cap *out)
{
	const struct fief_session_args args = {
		.service = BENCH_SERVICE,
		.label = label,
		.ram = BENCH_RAM_QUOTA,
		.caps = BENCH_CAP_QUOTA,
	};
	struct fief_session session;
	enum fief_err e = fief_session_open(b->env, &args, &session);

	if (!e)
		out->cap = session.cap;
	return e;
}

void fief_component_construct(struct fief_env *env)
{
	struct fief_config config;
	uint64_t ms = 100;
	enum fief_err e;

	bench.env = env;
	e = fief_config_open(env, &config);
	if (!e)
		e = node_attr_u64(config.root, "ms", 100, NULL, &ms);
	if (!e)
		e = node_attr_u64(config.root, "others", 0, NULL,
		                  &bench.others);
	if (e)
		bench_fail(&bench, "config", e);
	bench.ns = ms * 1000000;
	place(&bench, config.root);
	e = bench_open(&bench, NULL, &bench.server);
	if (e)
		bench_fail(&bench, "session", e);
	measure(&bench, node_attr(config.root, "group", ""));
}
