/* SPDX-License-Identifier: MIT */
/* Random bytes from ChaCha20, with key erasure. */

#include <lib/chacha.h>

#include <lib/mem.h>

/* Not a memset, which may be left out where nobody reads afterwards. */
static void wipe(uint8_t *p, size_t len)
{
	volatile uint8_t *at = p;

	while (len--)
		*at++ = 0;
}

static void rekey(struct chacha_random *r)
{
	uint8_t block[CHACHA_BLOCK];

	chacha_block(r->key, r->nonce, 0, block);
	memcpy(r->key, block, sizeof(r->key));
	wipe(block, sizeof(block));
	if (!++r->nonce[0])
		r->nonce[1]++;
}

void chacha_random_take(struct chacha_random *r, void *out, size_t len)
{
	uint8_t block[CHACHA_BLOCK], *to = out;

	for (uint32_t i = 1; len; i++) {
		const size_t n = len < sizeof(block) ? len : sizeof(block);

		if (!i) /* the counter is used up */
			rekey(r), i = 1;
		chacha_block(r->key, r->nonce, i, block);
		memcpy(to, block, n);
		to += n;
		len -= n;
	}
	wipe(block, sizeof(block));
	rekey(r);
}

void chacha_random_stir(struct chacha_random *r, const void *data, size_t len)
{
	const char *s = data;

	while (len) {
		const size_t n = len < sizeof(r->key) ? len : sizeof(r->key);
		uint32_t words[CHACHA_KEY_WORDS] = { 0 };

		memcpy(words, s, n);
		for (unsigned i = 0; i < CHACHA_KEY_WORDS; i++)
			r->key[i] ^= words[i];
		rekey(r);
		s += n;
		len -= n;
	}
}
