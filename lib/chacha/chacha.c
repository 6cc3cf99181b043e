/* SPDX-License-Identifier: MIT */
/* The block function of ChaCha20; RFC 8439, 2.3. */

#include <lib/chacha.h>

#include <lib/mem.h>

enum { WORDS = 16, ROUNDS = 20 };

static uint32_t turn(uint32_t x, unsigned by)
{
	return x << by | x >> (32 - by);
}

static void quarter(uint32_t *w, const uint8_t at[4])
{
	static const uint8_t by[] = { 16, 12, 8, 7 };

	for (unsigned i = 0; i < 4; i += 2) {
		w[at[0]] += w[at[1]];
		w[at[3]] = turn(w[at[3]] ^ w[at[0]], by[i]);
		w[at[2]] += w[at[3]];
		w[at[1]] = turn(w[at[1]] ^ w[at[2]], by[i + 1]);
	}
}

/* Columns, then diagonals. */
static const uint8_t quarters[8][4] = {
	{ 0, 4, 8, 12 },  { 1, 5, 9, 13 },  { 2, 6, 10, 14 }, { 3, 7, 11, 15 },
	{ 0, 5, 10, 15 }, { 1, 6, 11, 12 }, { 2, 7, 8, 13 },  { 3, 4, 9, 14 },
};

void chacha_block(const uint32_t key[CHACHA_KEY_WORDS],
                  const uint32_t nonce[CHACHA_NONCE_WORDS], uint32_t counter,
                  uint8_t out[CHACHA_BLOCK])
{
	uint32_t from[WORDS] = { 0x61707865, 0x3320646e, 0x79622d32,
		                 0x6b206574 };
	uint32_t w[WORDS];

	memcpy(from + 4, key, CHACHA_KEY_WORDS * sizeof(*key));
	from[12] = counter;
	memcpy(from + 13, nonce, CHACHA_NONCE_WORDS * sizeof(*nonce));
	memcpy(w, from, sizeof(w));
	for (unsigned r = 0; r < ROUNDS / 2; r++)
		for (unsigned q = 0; q < 8; q++)
			quarter(w, quarters[q]);
	for (unsigned i = 0; i < WORDS; i++) {
		const uint32_t sum = w[i] + from[i];

		for (unsigned b = 0; b < 4; b++)
			out[4 * i + b] = (uint8_t)(sum >> (8 * b));
	}
}
