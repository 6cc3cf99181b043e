/* SPDX-License-Identifier: MIT */
/* ChaCha20 (RFC 8439): its block function, and a generator of random bytes made
 * of it. */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum { CHACHA_BLOCK = 64, CHACHA_KEY_WORDS = 8, CHACHA_NONCE_WORDS = 3 };

/* RFC 8439, 2.3. */
void chacha_block(const uint32_t key[CHACHA_KEY_WORDS],
                  const uint32_t nonce[CHACHA_NONCE_WORDS], uint32_t counter,
                  uint8_t out[CHACHA_BLOCK]);

/*
 * Bytes that nobody can tell who does not know the state. Each take replaces
 * the key, too: who learns the state learns nothing of what was taken before.
 * {0} is valid, and known to everybody: something secret has to be stirred in.
 */
struct chacha_random {
	uint32_t key[CHACHA_KEY_WORDS];
	uint32_t nonce[CHACHA_NONCE_WORDS]; /* counts keys */
};

/* Make the state depend on these bytes, too. What is secret in it stays so,
 * whatever they are. */
void chacha_random_stir(struct chacha_random *r, const void *data, size_t len);

void chacha_random_take(struct chacha_random *r, void *out, size_t len);
