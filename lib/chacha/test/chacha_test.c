/* SPDX-License-Identifier: MIT */
/* The block function by the vectors of RFC 8439; the generator by what it
 * promises. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include <lib/chacha.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* RFC 8439, 2.3.2, and test vectors 1 to 5 of appendix A.1: key as bytes that
 * are zero but for one, or that count up. */
static const struct vector {
	const char *name;
	uint8_t count_up, at, value; /* of the key */
	uint32_t nonce[CHACHA_NONCE_WORDS], counter;
	const char *hex;
} vectors[] = {
	{ "2.3.2",
	  1,
	  0,
	  0,
	  { 0x09000000, 0x4a000000, 0 },
	  1,
	  "10f1e7e4d13b5915500fdd1fa32071c4c7d1f4c733c068030422aa9ac3d46c4e"
	  "d2826446079faa0914c2d705d98b02a2b5129cd1de164eb9cbd083e8a2503c4e" },
	{ "A.1 1",
	  0,
	  0,
	  0,
	  { 0 },
	  0,
	  "76b8e0ada0f13d90405d6ae55386bd28bdd219b8a08ded1aa836efcc8b770dc7"
	  "da41597c5157488d7724e03fb8d84a376a43b8f41518a11cc387b669b2ee6586" },
	{ "A.1 2",
	  0,
	  0,
	  0,
	  { 0 },
	  1,
	  "9f07e7be5551387a98ba977c732d080dcb0f29a048e3656912c6533e32ee7aed"
	  "29b721769ce64e43d57133b074d839d531ed1f28510afb45ace10a1f4b794d6f" },
	{ "A.1 3",
	  0,
	  31,
	  1,
	  { 0 },
	  1,
	  "3aeb5224ecf849929b9d828db1ced4dd832025e8018b8160b82284f3c949aa5a"
	  "8eca00bbb4a73bdad192b5c42f73f2fd4e273644c8b36125a64addeb006c13a0" },
	{ "A.1 4",
	  0,
	  1,
	  0xff,
	  { 0 },
	  2,
	  "72d54dfbf12ec44b362692df94137f328fea8da73990265ec1bbbea1ae9af0ca"
	  "13b25aa26cb4a648cb9b9d1be65b2c0924a66c54d545ec1b7374f4872e99f096" },
	{ "A.1 5",
	  0,
	  0,
	  0,
	  { 0, 0, 0x02000000 },
	  0,
	  "c2c64d378cd536374ae204b9ef933fcd1a8b2288b3dfa49672ab765b54ee27c7"
	  "8a970e0e955c14f3a88e741b97c286f75f8fc299e8148362fa198a39531bed6d" },
};

static void block_of(const struct vector *v, char hex[2 * CHACHA_BLOCK + 1])
{
	static const char digit[] = "0123456789abcdef";
	uint8_t bytes[4 * CHACHA_KEY_WORDS], out[CHACHA_BLOCK];
	uint32_t key[CHACHA_KEY_WORDS] = { 0 };

	for (unsigned i = 0; i < sizeof(bytes); i++)
		bytes[i] = v->count_up ? (uint8_t)i : 0;
	if (!v->count_up)
		bytes[v->at] = v->value;
	for (unsigned i = 0; i < sizeof(bytes); i++)
		key[i / 4] |= (uint32_t)bytes[i] << (i % 4 * 8);
	chacha_block(key, v->nonce, v->counter, out);
	for (unsigned i = 0; i < CHACHA_BLOCK; i++) {
		*hex++ = digit[out[i] >> 4];
		*hex++ = digit[out[i] & 15];
	}
	*hex = '\0';
}

static void block(void **state)
{
	char hex[2 * CHACHA_BLOCK + 1];

	(void)state;
	for (size_t i = 0; i < COUNT(vectors); i++) {
		block_of(&vectors[i], hex);
		assert_string_equal(hex, vectors[i].hex);
	}
}

/* What was taken is the block after the one that became the next key. */
static void erasure(void **state)
{
	struct chacha_random r = { { 1, 2, 3 }, { 7 } }, before = r;
	uint8_t key[CHACHA_BLOCK], first[CHACHA_BLOCK], out[CHACHA_BLOCK];

	(void)state;
	chacha_block(r.key, r.nonce, 0, key);
	chacha_block(r.key, r.nonce, 1, first);
	chacha_random_take(&r, out, sizeof(out));
	assert_memory_equal(out, first, sizeof(out));
	assert_memory_equal(r.key, key, sizeof(r.key));
	assert_memory_not_equal(r.key, before.key, sizeof(r.key));
	assert_int_equal(r.nonce[0], 8);
	chacha_random_take(&r, out, sizeof(out));
	assert_memory_not_equal(out, first, sizeof(out));
}

/* Each length, and nothing beyond it. */
static void lengths(void **state)
{
	uint8_t all[200], part[201];

	(void)state;
	chacha_random_take(&(struct chacha_random){ 0 }, all, sizeof(all));
	for (size_t len = 0; len <= sizeof(all); len++) {
		struct chacha_random r = { 0 };

		memset(part, 0x55, sizeof(part));
		chacha_random_take(&r, part, len);
		assert_memory_equal(part, all, len);
		for (size_t i = len; i < sizeof(part); i++)
			assert_int_equal(part[i], 0x55);
	}
}

/* Each bit of what is stirred in counts; zeros change the state, too. */
static void stirred(void **state)
{
	uint8_t seen[8 * 40 + 1][16], seed[40] = { 0 };

	(void)state;
	for (unsigned bit = 0; bit <= 8 * sizeof(seed); bit++) {
		struct chacha_random r = { 0 };

		memset(seed, 0, sizeof(seed));
		if (bit < 8 * sizeof(seed))
			seed[bit / 8] = (uint8_t)(1u << bit % 8);
		chacha_random_stir(&r, seed, sizeof(seed));
		chacha_random_take(&r, seen[bit], sizeof(seen[bit]));
		for (unsigned other = 0; other < bit; other++)
			assert_memory_not_equal(seen[bit], seen[other], 16);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(block),
		cmocka_unit_test(erasure),
		cmocka_unit_test(lengths),
		cmocka_unit_test(stirred),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
