/* SPDX-License-Identifier: MIT */
/* SHA-256 of content, as a number and as text; of BearSSL. */
#pragma once

#include <bearssl/bearssl_hash.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { STORE_HASH = 32, STORE_HEX = 2 * STORE_HASH };

struct store_hash {
	uint8_t byte[STORE_HASH];
};

/* Of all that was added: br_sha256_init, br_sha256_update, then this. */
static inline struct store_hash store_hash_end(const br_sha256_context *c)
{
	struct store_hash h;

	br_sha256_out(c, h.byte);
	return h;
}

bool store_hash_equal(const struct store_hash *a, const struct store_hash *b);

/* 64 digits, no terminator. */
void store_hash_print(const struct store_hash *, char hex[STORE_HEX]);
/* False if these are not 64 lower-case digits. */
bool store_hash_parse(const char *hex, size_t len, struct store_hash *out);
