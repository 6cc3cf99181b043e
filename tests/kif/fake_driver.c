/* SPDX-License-Identifier: MIT */
/*
 * fake_driver [-s SEED] [-n SEEDS] [CASE]: the contract cases on the fake
 * binding, each under many schedules and a few times running freely. A failure
 * is printed with its seed, which -s repeats; -s 0 is free running.
 */

#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "contract.h"
#include "fake.h"

enum { SEEDS = 60, SEEDS_LONG = 3000, FREE_RUNS = 10, CAPS = 40, HANG_S = 20 };

/* One case under one schedule. */
struct run {
	struct fake *world;
	const struct contract_case *k;
	uint64_t seed;
	struct role {
		struct contract_env env;
		struct run *run;
		struct fake_pd *pd;
		_Atomic fief_cap offered;
		_Atomic int returned;
	} role[CONTRACT_ROLES];
	_Atomic unsigned failures;
};

/* For the report of a run that hangs. */
static const struct contract_case *_Atomic running;

static const char *const role_name[CONTRACT_ROLES] = {
	[CONTRACT_CLIENT] = "client",
	[CONTRACT_SERVER] = "server",
	[CONTRACT_THIRD] = "third",
};

/* ---- runs that do not end ---- */

static void report_hang(int signal)
{
	static const char text[] = "hangs: ";
	const struct contract_case *k = atomic_load(&running);

	(void)signal;
	if (write(2, text, sizeof(text) - 1) < 0 ||
	    write(2, k->name, strlen(k->name)) < 0 || write(2, "\n", 1) < 0)
		_exit(2);
	_exit(1);
}

static void report_deadlock(void)
{
	const struct contract_case *k = atomic_load(&running);

	if (k)
		fprintf(stderr, "while in case %s\n", k->name);
}

/* ---- what cases ask of a driver ---- */

static struct run *run_of(const struct contract_env *c)
{
	return ((struct role *)c->ctx)->run;
}

static void offer(struct contract_env *c, fief_cap own)
{
	atomic_store(&((struct role *)c->ctx)->offered, own);
}

static void failed(struct contract_env *c, const char *what, unsigned line)
{
	struct run *r = run_of(c);

	if (atomic_fetch_add(&r->failures, 1) < 5)
		fprintf(stderr, "%s, seed %llu, %s, line %u: %s\n", r->k->name,
		        (unsigned long long)r->seed, role_name[c->role], line,
		        what);
}

static fief_cap peer(struct contract_env *c, enum contract_role role)
{
	struct run *r = run_of(c);
	struct role *other = &r->role[role];
	fief_cap cap = FIEF_CAP_NULL;

	while (!atomic_load(&other->offered))
		fake_yield();
	if (fake_grant(other->pd, atomic_load(&other->offered),
	               r->role[c->role].pd, &cap))
		failed(c, "grant", 0);
	return cap;
}

static void kill_role(struct contract_env *c, enum contract_role role)
{
	fake_kill(run_of(c)->role[role].pd);
}

static fief_cap dataspace(struct contract_env *c, size_t size, unsigned rights)
{
	fief_cap ds = FIEF_CAP_NULL;

	if (fake_ds_create(((struct role *)c->ctx)->pd, size, rights, &ds))
		failed(c, "dataspace", 0);
	return ds;
}

/* ---- a run ---- */

static void role_main(void *arg)
{
	struct role *role = arg;

	contract_run(&role->env, role->run->k);
	atomic_store(&role->returned, 1);
}

static void role_start(struct run *r, enum contract_role n)
{
	struct role *role = &r->role[n];
	fief_thread thread;

	role->run = r;
	role->pd = fake_pd_create(r->world, role_name[n]);
	role->env = (struct contract_env){
		.kif = &fake_kif,
		.role = n,
		.ctx = role,
		.offer = offer,
		.peer = peer,
		.kill = kill_role,
		.dataspace = dataspace,
		.failed = failed,
	};
	if (n == CONTRACT_CLIENT && r->k->quota) {
		struct fake_limits limits = FAKE_UNLIMITED;

		limits.caps = CAPS;
		fake_limit(role->pd, limits);
	}
	if (fake_start(role->pd, role_main, role, &thread))
		failed(&role->env, "start", 0);
}

/* Every role that was to survive came to its end, and nothing is left. */
static void run_check(struct run *r)
{
	for (unsigned n = 0; n < CONTRACT_ROLES; n++) {
		struct role *role = &r->role[n];
		bool dead = r->k->killed >> n & 1;

		if (atomic_load(&role->returned) == dead)
			failed(&role->env, "the wrong roles returned", n);
		if (fake_dead(role->pd) != dead)
			failed(&role->env, "the wrong roles are dead", n);
	}
}

static unsigned run_case(const struct contract_case *k, uint64_t seed,
                         uint64_t *schedule)
{
	const struct fake_options options = {
		.seed = seed,
		.fresh_handles = seed & 1,
		.keep_cancel = seed >> 1 & 1,
		.deadlock = report_deadlock,
	};
	struct run *r = calloc(1, sizeof(*r));
	unsigned failures;

	if (!r)
		exit(1);
	atomic_store(&running, k);
	r->k = k;
	r->seed = seed;
	r->world = fake_create(&options);
	for (unsigned n = 0; n < CONTRACT_ROLES; n++)
		role_start(r, n);
	for (unsigned n = 0; n < CONTRACT_ROLES; n++)
		fake_join(r->role[n].pd);
	run_check(r);
	*schedule = fake_schedule(r->world);
	fake_destroy(r->world);
	failures = atomic_load(&r->failures);
	free(r);
	return failures;
}

/* ---- all runs ---- */

static unsigned run_seeds(const struct contract_case *k, uint64_t seeds)
{
	uint64_t a, b, free_running;
	unsigned failures = 0;

	for (uint64_t seed = 1; seed <= seeds && !failures; seed++) {
		alarm(HANG_S);
		failures += run_case(k, seed, &a);
	}
	if (!failures && seeds) {
		failures += run_case(k, 1, &a);
		failures += run_case(k, 1, &b);
		if (a != b) {
			fprintf(stderr, "%s: seed 1 is not repeated\n",
			        k->name);
			failures++;
		}
	}
	for (unsigned i = 0; i < FREE_RUNS && !failures; i++)
		failures += run_case(k, 0, &free_running);
	printf("%s %s\n", failures ? "FAILED" : "ok", k->name);
	return failures;
}

int main(int argc, char **argv)
{
	const char *longer = getenv("FIEF_LONG");
	uint64_t seeds = longer && *longer == '1' ? SEEDS_LONG : SEEDS;
	const char *one_seed = NULL, *only;
	unsigned failures = 0, cases = 0;
	uint64_t schedule;
	int option;

	while ((option = getopt(argc, argv, "s:n:")) != -1) {
		if (option == 's')
			one_seed = optarg;
		else if (option == 'n')
			seeds = strtoull(optarg, NULL, 0);
		else
			return 2;
	}
	only = argv[optind];
	signal(SIGALRM, report_hang);
	for (const struct contract_case *k = contract_cases; k->name; k++) {
		if (only && strcmp(only, k->name) != 0)
			continue;
		cases++;
		if (one_seed)
			failures += run_case(k, strtoull(one_seed, NULL, 0),
			                     &schedule);
		else
			failures += run_seeds(k, seeds);
	}
	printf("%u cases, %u failures\n", cases, failures);
	return failures || !cases;
}
