/* SPDX-License-Identifier: MIT */
/* Accounts: random trees of them, beside the sum that must not change. The
 * same with PDs and components around them is tests/property. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include <core/account.h>

enum { ACCOUNTS = 40, STEPS = 200000, RAM = 1 << 28, CAPS = 5000 };

static struct core_account account[ACCOUNTS]; /* [0]: the root */
static bool open[ACCOUNTS];
static uint64_t rng;

static unsigned dice(unsigned n)
{
	rng = rng * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(rng >> 33) % n;
}

static unsigned any(void)
{
	unsigned i;

	do
		i = dice(ACCOUNTS);
	while (!open[i]);
	return i;
}

static void check_sum(void)
{
	size_t ram = 0, caps = 0;

	for (unsigned i = 0; i < ACCOUNTS; i++) {
		const struct fief_budget *b = &account[i].budget;

		assert_true(b->ram_used <= b->ram_limit);
		assert_true(b->caps_used <= b->caps_limit);
		ram += b->ram_limit;
		caps += b->caps_limit;
	}
	assert_int_equal(ram, RAM);
	assert_int_equal(caps, CAPS);
}

static void step_open(void)
{
	const unsigned i = dice(ACCOUNTS), ref = any();

	if (open[i])
		return;
	account[i] = (struct core_account){ .ref = &account[ref] };
	open[i] = true;
}

static void step_close(void)
{
	struct core_account *a = &account[any()];

	if (a == account)
		return;
	fief_budget_give(&a->budget, a->budget.ram_used, a->budget.caps_used);
	for (unsigned i = 0; i < ACCOUNTS; i++)
		if (account[i].ref == a)
			account[i].ref = a->ref;
	core_account_close(a);
	open[a - account] = false;
}

/* All or nothing, and only what is not in use. */
static void step_move(void)
{
	struct core_account *from = &account[any()], *to = &account[any()];
	const struct fief_budget f = from->budget, t = to->budget;
	const size_t ram = dice(RAM / 16), caps = dice(CAPS / 16);
	enum fief_err e;

	if (!core_account_may_move(&account[any()], from, to))
		return;
	e = core_account_move(from, to, ram, caps);
	assert_int_equal(e, ram > fief_budget_ram_avail(&f) ? FIEF_OUT_OF_RAM :
	                    caps > fief_budget_caps_avail(&f) ?
	                                                      FIEF_OUT_OF_CAPS :
	                                                      FIEF_OK);
	assert_int_equal(from->budget.ram_limit, f.ram_limit - (e ? 0 : ram));
	assert_int_equal(to->budget.ram_limit, t.ram_limit + (e ? 0 : ram));
	assert_int_equal(from->budget.caps_limit,
	                 f.caps_limit - (e ? 0 : caps));
	assert_int_equal(to->budget.caps_limit, t.caps_limit + (e ? 0 : caps));
}

static void step_use(void)
{
	struct fief_budget *b = &account[any()].budget;
	const size_t ram = dice(RAM / 64), caps = dice(8);
	enum fief_err e;

	if (dice(2)) {
		e = fief_budget_take(b, ram, caps);
		assert_true(!e || e == FIEF_OUT_OF_RAM ||
		            e == FIEF_OUT_OF_CAPS);
	} else {
		fief_budget_give(b, ram, caps);
	}
}

static void sum_is_constant(void **state)
{
	static void (*const step[])(void) = { step_open, step_close, step_move,
		                              step_move, step_move,  step_use };
	const char *seed = getenv("FIEF_SEED");

	(void)state;
	rng = seed ? strtoull(seed, NULL, 10) : (uint64_t)time(NULL);
	print_message("FIEF_SEED=%llu\n", (unsigned long long)rng);
	account[0].budget =
		(struct fief_budget){ .ram_limit = RAM, .caps_limit = CAPS };
	open[0] = true;
	for (unsigned i = 0; i < STEPS; i++) {
		step[dice(sizeof(step) / sizeof(step[0]))]();
		check_sum();
	}
	for (unsigned i = 0; i < STEPS; i++)
		step_close();
	assert_int_equal(account[0].budget.ram_limit, RAM);
	assert_int_equal(account[0].budget.caps_limit, CAPS);
}

/* Nobody moves what is neither its own nor its children's. */
static void rights(void **state)
{
	struct core_account top = { 0 }, a = { .ref = &top },
			    b = { .ref = &top }, below = { .ref = &a };

	(void)state;
	assert_true(core_account_may_move(&a, &a, &below));
	assert_true(core_account_may_move(&a, &a, &top));
	assert_true(core_account_may_move(&a, &below, &a));
	assert_true(core_account_may_move(&top, &a, &b));
	assert_false(core_account_may_move(&a, &a, &a));
	assert_false(core_account_may_move(&a, &a, &b));
	assert_false(core_account_may_move(&a, &below, &top));
	assert_false(core_account_may_move(&a, &b, &a));
	assert_false(core_account_may_move(&top, &below, &a));
	assert_false(core_account_may_move(&below, &top, &below));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sum_is_constant),
		cmocka_unit_test(rights),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
