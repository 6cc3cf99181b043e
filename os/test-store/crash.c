/* SPDX-License-Identifier: MIT */
/*
 * Puts and binds until it is killed. Blob N is N as text, over and over; name K is
 * bound to a number that only grows. What is logged was stored before.
 */

#include <fief/config.h>
#include <lib/fmt.h>
#include <lib/number.h>

#include "client.h"

enum { NAMES = 8, BLOB_MAX = 20000 };

static char data[BLOB_MAX + 32];

static size_t blob(uint64_t number)
{
	const size_t len = (size_t)(number * 7919 % BLOB_MAX) + 24;
	struct fmt f;

	fmt_init(&f, data, sizeof(data));
	while (f.len < len)
		fmt_add(&f, "%llu ", (unsigned long long)number);
	return len;
}

static const char *name(unsigned i)
{
	static char text[32];
	struct fmt f;

	fmt_init(&f, text, sizeof(text));
	fmt_add(&f, "name/%u", i);
	return text;
}

/* What a name is bound to, whole and verified; 0: nothing. */
static uint64_t number_of(struct client *c, unsigned i)
{
	uint64_t number = 0, length, size;
	uint8_t hash[HASH];
	enum store_status status = client_resolve(c, name(i), hash);
	const char *text = c->buffer.addr;

	if (status == STORE_STATUS_NOT_FOUND)
		return 0;
	CHECK(!status);
	CHECK(!client_get(c, hash, 0, &length, &size));
	CHECK(length == size);
	for (; *text >= '0' && *text <= '9'; text++)
		number = number * 10 + (uint64_t)(*text - '0');
	CHECK(size == blob(number));
	CHECK(!memcmp(c->buffer.addr, data, size));
	return number;
}

void crash(const struct fief_config *config)
{
	static struct fief_session s;
	static struct client c;
	uint64_t number = 0, found, blobs, bytes;
	enum store_status status;
	uint8_t hash[HASH];

	(void)config;
	client_open(&c, &s, "all", 4 * STORE_RAM_QUOTA, 2 * STORE_CAP_QUOTA);
	for (unsigned i = 0; i < NAMES; i++) {
		found = number_of(&c, i);
		fief_log("found %u %llu", i, (unsigned long long)found);
		number = found > number ? found : number;
	}
	fief_log("checked");
	for (;;) {
		const unsigned i = (unsigned)(++number % NAMES);

		if (number % 64 == 0) { /* what it has put may go now */
			client_fini(&c);
			fief_session_close(check_env, &s);
			client_open(&c, &s, "all", 4 * STORE_RAM_QUOTA,
			            2 * STORE_CAP_QUOTA);
			CHECK_OK(namespace_collect(c.cap, &status, &blobs,
			                           &bytes));
			CHECK(!status);
		}
		CHECK(!client_put(&c, data, blob(number), hash));
		CHECK(!client_bind(&c, name(i), hash));
		fief_log("synced %u %llu", i, (unsigned long long)number);
	}
}
