/* SPDX-License-Identifier: MIT */
/* A client that takes what it can get. */

#include "client.h"

enum { MANY = 5000 };

/* SHA-256 of "abc", which somebody else has put and bound. */
static const uint8_t theirs[HASH] = {
	0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea, 0x41, 0x41, 0x40,
	0xde, 0x5d, 0xae, 0x22, 0x23, 0xb0, 0x03, 0x61, 0xa3, 0x96, 0x17,
	0x7a, 0x9c, 0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00, 0x15, 0xad,
};

static void guess(struct client *c)
{
	static const char *const outside[] = {
		"",
		"/",
		"..",
		"../other/secret",
		"/other/secret",
		"a/../../b",
		"%2e%2e/other",
		"x%",
		"a\nb",
	};
	enum store_status status;
	uint64_t length, size;
	uint8_t hash[HASH];

	CHECK(client_get(c, theirs, 0, &length, &size) ==
	      STORE_STATUS_NOT_FOUND);
	CHECK(client_bind(c, "mine", theirs) == STORE_STATUS_NOT_FOUND);
	CHECK(client_resolve(c, "secret", hash) == STORE_STATUS_NOT_FOUND);
	CHECK(client_resolve(c, "other/secret", hash) ==
	      STORE_STATUS_NOT_FOUND);
	for (size_t i = 0; i < sizeof(outside) / sizeof(outside[0]); i++) {
		CHECK(client_resolve(c, outside[i], hash) ==
		      STORE_STATUS_BAD_NAME);
		CHECK(client_bind(c, outside[i], theirs) ==
		      STORE_STATUS_BAD_NAME);
		CHECK_OK(namespace_unbind(c->cap, capnp_text_of(outside[i]),
		                          &status));
		CHECK(status == STORE_STATUS_BAD_NAME);
	}
	CHECK_OK(namespace_collect(c->cap, &status, &length, &size));
	CHECK(status == STORE_STATUS_DENIED);
	fief_log("nothing to be guessed");
}

static void malformed(struct client *c)
{
	const struct namespace_get_params shorter = { { theirs, 31 }, 0 };
	const struct namespace_get_params none = { { NULL, 0 }, UINT64_MAX };
	struct namespace_get_results r;
	enum store_status status;

	CHECK(namespace_get(c->cap, &shorter, &r) == FIEF_INVALID);
	CHECK(namespace_get(c->cap, &none, &r) == FIEF_INVALID);
	CHECK(namespace_bind(c->cap, capnp_text_of("x"),
	                     (struct capnp_data){ theirs, 1 },
	                     &status) == FIEF_INVALID);
	CHECK(namespace_append(c->cap, c->buffer.bytes + 1, &status) ==
	      FIEF_TOO_LONG);
	CHECK(namespace_append(c->cap, UINT64_MAX, &status) == FIEF_TOO_LONG);
	fief_log("nothing malformed is taken");
}

/* Until the donation is used up; what was there stays. */
static void exhaust(struct client *c, struct fief_session *s)
{
	static struct namespace_finish_reply reply;
	struct namespace_cap space;
	enum store_status status = STORE_STATUS_OK;
	enum fief_err e = FIEF_OK;
	uint8_t first[HASH], hash[HASH];
	uint64_t length, size;
	unsigned puts, spaces;
	bool unpaid;

	CHECK(!client_put(c, "first", 5, first));
	CHECK(!client_bind(c, "kept", first));
	for (puts = 0; !e && !status && puts < MANY; puts++) {
		memcpy(c->buffer.addr, &puts, sizeof(puts));
		CHECK_OK(namespace_append(c->cap, sizeof(puts), &status));
		CHECK(!status);
		e = namespace_finish(c->cap, &reply);
		status = e ? STORE_STATUS_OK : reply.status;
	}
	CHECK(e == FIEF_OUT_OF_RAM || status == STORE_STATUS_LIMIT);
	unpaid = e == FIEF_OUT_OF_RAM;
	e = FIEF_OK;
	status = STORE_STATUS_OK;
	for (spaces = 0; !e && !status && spaces < MANY; spaces++)
		e = namespace_narrow(c->cap, capnp_text_of("n"), true, &status,
		                     &space);
	CHECK(e == FIEF_OUT_OF_RAM || e == FIEF_OUT_OF_CAPS ||
	      status == STORE_STATUS_LIMIT);
	CHECK(!client_get(c, first, 0, &length, &size) && size == 5);
	CHECK(!client_resolve(c, "kept", hash));
	CHECK(!memcmp(first, hash, HASH));
	/* It pays, and goes on. */
	CHECK_OK(fief_session_upgrade(check_env, s, 65536, 2));
	if (unpaid) {
		CHECK_OK(namespace_finish(c->cap, &reply));
		CHECK(!reply.status && reply.size == sizeof(puts));
		CHECK(!client_put(c, "more", 4, hash));
	}
	fief_log("what is used up is refused, and nothing is lost");
}

void hostile(void)
{
	struct fief_session s;
	struct client c;

	for (unsigned round = 0; round < 3; round++) {
		client_open(&c, &s, "part", STORE_RAM_QUOTA, STORE_CAP_QUOTA);
		guess(&c);
		malformed(&c);
		exhaust(&c, &s);
		client_fini(&c);
		fief_session_close(check_env, &s);
	}
}
