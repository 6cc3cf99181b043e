/* SPDX-License-Identifier: MIT */
/* Hashes as text. */

#include "hash.h"

#include <lib/mem.h>

bool store_hash_equal(const struct store_hash *a, const struct store_hash *b)
{
	return !memcmp(a->byte, b->byte, STORE_HASH);
}

void store_hash_print(const struct store_hash *h, char hex[STORE_HEX])
{
	static const char digit[] = "0123456789abcdef";

	for (unsigned i = 0; i < STORE_HASH; i++) {
		hex[2 * i] = digit[h->byte[i] >> 4];
		hex[2 * i + 1] = digit[h->byte[i] & 15];
	}
}

static int digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool store_hash_parse(const char *hex, size_t len, struct store_hash *out)
{
	struct store_hash h;

	if (len != STORE_HEX)
		return false;
	for (unsigned i = 0; i < STORE_HASH; i++) {
		const int high = digit_value(hex[2 * i]);
		const int low = digit_value(hex[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		h.byte[i] = (uint8_t)(high << 4 | low);
	}
	*out = h;
	return true;
}
