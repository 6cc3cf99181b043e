/* SPDX-License-Identifier: MIT */
/* The generator of a component. The seed is taken at the first use: most
 * components need no random bytes, but all read their configuration. */

#include <fief/random.h>

#include <fief/assert.h>
#include <fief/kif_table.h>
#include <fief/mutex.h>
#include <lib/chacha.h>

/* One a PD, as the seed is. The mutex guards the rest. */
static struct generator {
	struct fief_mutex mutex;
	struct chacha_random random;
	bool seeded;
} generator;

static void seed(struct generator *g)
{
	uint8_t bytes[KIF_SEED];
	const enum fief_err e = fief_kif->seed(bytes);

	fief_assert(!e); /* nobody else may have taken it */
	chacha_random_stir(&g->random, bytes, sizeof(bytes));
	for (volatile uint8_t *at = bytes; at < bytes + sizeof(bytes); at++)
		*at = 0;
	g->seeded = true;
}

void fief_random(void *out, size_t len)
{
	struct generator *g = &generator;
	const enum fief_err e = fief_mutex_lock(&g->mutex);

	fief_assert(!e); /* nothing in here calls back */
	if (!g->seeded)
		seed(g);
	chacha_random_take(&g->random, out, len);
	fief_mutex_unlock(&g->mutex);
}
