/* SPDX-License-Identifier: MIT */
/* The block function of ChaCha20; RFC 8439, 2.3. */
#pragma once

#include <stdint.h>

enum { CHACHA_BLOCK = 64, CHACHA_KEY_WORDS = 8, CHACHA_NONCE_WORDS = 3 };

void chacha_block(const uint32_t key[CHACHA_KEY_WORDS],
                  const uint32_t nonce[CHACHA_NONCE_WORDS], uint32_t counter,
                  uint8_t out[CHACHA_BLOCK]);
