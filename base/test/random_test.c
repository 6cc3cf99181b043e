/* SPDX-License-Identifier: MIT */
/* fief_random: taken from the seed of the PD, by several threads. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include <fief/kif_table.h>
#include <fief/random.h>
#include <lib/chacha.h>

enum { THREADS = 8, DRAWS = 200, BYTES = 24 };

/* fake_kif.c hands out 1, 2, 3, ... */
static void from_seed(void **state)
{
	struct chacha_random r = { 0 };
	uint8_t seed[KIF_SEED], expected[100], out[100];

	(void)state;
	for (unsigned i = 0; i < KIF_SEED; i++)
		seed[i] = (uint8_t)(i + 1);
	chacha_random_stir(&r, seed, sizeof(seed));
	for (unsigned i = 0; i < 3; i++) {
		chacha_random_take(&r, expected, sizeof(expected));
		fief_random(out, sizeof(out));
		assert_memory_equal(out, expected, sizeof(out));
	}
	assert_int_equal(fief_kif->seed(seed), FIEF_GONE);
}

static uint8_t drawn[THREADS * DRAWS][BYTES];

static void *draw(void *arg)
{
	uint8_t(*to)[BYTES] = arg;

	for (unsigned i = 0; i < DRAWS; i++)
		fief_random(to[i], BYTES);
	return NULL;
}

static void threads(void **state)
{
	pthread_t t[THREADS];

	(void)state;
	for (unsigned i = 0; i < THREADS; i++)
		assert_int_equal(
			pthread_create(&t[i], NULL, draw, drawn[i * DRAWS]), 0);
	for (unsigned i = 0; i < THREADS; i++)
		pthread_join(t[i], NULL);
	for (unsigned i = 0; i < THREADS * DRAWS; i++)
		for (unsigned j = 0; j < i; j++)
			assert_memory_not_equal(drawn[i], drawn[j], BYTES);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(from_seed),
		cmocka_unit_test(threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
