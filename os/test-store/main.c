/* SPDX-License-Identifier: MIT */
/* A client of a store; see README.md. */

#include <fief/config.h>

#include "client.h"

enum { LARGE = 300000 };

static char large[LARGE];

static void blobs(struct client *c, uint8_t hash[HASH])
{
	static const uint8_t abc[] = { 0xba, 0x78, 0x16, 0xbf };
	uint64_t length, size, at = 0;

	CHECK(!client_put(c, "abc", 3, hash));
	CHECK(!memcmp(hash, abc, sizeof(abc)));
	CHECK(!client_get(c, hash, 0, &length, &size));
	CHECK(length == 3 && size == 3 && !memcmp(c->buffer.addr, "abc", 3));
	CHECK(!client_get(c, hash, 2, &length, &size));
	CHECK(length == 1 && !memcmp(c->buffer.addr, "c", 1));
	CHECK(!client_get(c, hash, 4, &length, &size) && !length && size == 3);
	for (size_t i = 0; i < LARGE; i++)
		large[i] = (char)(i * 7 + i / 256);
	CHECK(!client_put(c, large, LARGE, hash));
	while (at < LARGE) {
		CHECK(!client_get(c, hash, at, &length, &size));
		CHECK(length && size == LARGE);
		CHECK(!memcmp(c->buffer.addr, large + at, length));
		at += length;
	}
	fief_log("blobs: as they were put, also one of %d bytes", LARGE);
}

static void names(struct client *c, const uint8_t hash[HASH])
{
	uint8_t found[HASH], other[HASH];
	enum store_status status;

	CHECK(client_resolve(c, "app/data", found) == STORE_STATUS_NOT_FOUND);
	CHECK(!client_bind(c, "app/data", hash));
	CHECK(!client_resolve(c, "app/data", found));
	CHECK(!memcmp(found, hash, HASH));
	CHECK(!client_put(c, "", 0, other));
	CHECK(!client_bind(c, "app/data", other));
	CHECK(!client_resolve(c, "app/data", found));
	CHECK(!memcmp(found, other, HASH));
	CHECK(!client_bind(c, "app/more", hash));
	CHECK(!client_bind(c, "apple", hash));
	client_lists(c, "app/data\napp/more\napple\n");
	CHECK(client_bind(c, "app//x", hash) == STORE_STATUS_BAD_NAME);
	CHECK_OK(namespace_unbind(c->cap, capnp_text_of("app/data"), &status));
	CHECK(!status);
	CHECK_OK(namespace_unbind(c->cap, capnp_text_of("app/data"), &status));
	CHECK(status == STORE_STATUS_NOT_FOUND);
	fief_log("names: bound, bound anew, listed, unbound");
}

static void narrow(struct client *c, const uint8_t hash[HASH])
{
	struct client part;
	struct namespace_cap space;
	enum store_status status;
	uint64_t length, size;
	uint8_t found[HASH], own[HASH];

	CHECK_OK(namespace_narrow(c->cap, capnp_text_of("app"), false, &status,
	                          &space));
	CHECK(!status);
	client_init(&part, space);
	client_lists(&part, "more\n");
	CHECK(!client_resolve(&part, "more", found));
	CHECK(!client_get(&part, found, 0, &length, &size) && size == LARGE);
	CHECK(client_resolve(&part, "apple", found) == STORE_STATUS_NOT_FOUND);
	CHECK(client_resolve(&part, "../apple", found) ==
	      STORE_STATUS_BAD_NAME);
	CHECK(client_bind(&part, "more", hash) == STORE_STATUS_DENIED);
	CHECK(client_put(&part, "x", 1, own) == STORE_STATUS_DENIED);
	CHECK_OK(namespace_narrow(part.cap, capnp_text_of(""), true, &status,
	                          &space));
	CHECK(status == STORE_STATUS_DENIED && space.cap == FIEF_CAP_NULL);
	/* What this one has put is not for that one. */
	CHECK(!client_put(c, "mine", 4, own));
	CHECK(client_get(&part, own, 0, &length, &size) ==
	      STORE_STATUS_NOT_FOUND);
	client_fini(&part);
	fief_log("narrowed: only what is below, only to read");
}

static uint64_t collected(struct client *c)
{
	enum store_status status;
	uint64_t blobs_gone, bytes;

	CHECK_OK(namespace_collect(c->cap, &status, &blobs_gone, &bytes));
	CHECK(!status);
	return blobs_gone;
}

void life(void)
{
	struct fief_session s;
	struct client c;
	uint64_t length, size;
	uint8_t hash[HASH];

	client_open(&c, &s, "all", 4 * STORE_RAM_QUOTA, 3 * STORE_CAP_QUOTA);
	blobs(&c, hash);
	names(&c, hash);
	narrow(&c, hash);
	CHECK(collected(&c) == 0); /* this session has put all of them */
	client_fini(&c);
	fief_session_close(check_env, &s);
	client_open(&c, &s, "all", STORE_RAM_QUOTA, STORE_CAP_QUOTA);
	CHECK(collected(&c) == 3); /* "abc", "" and "mine" */
	CHECK(!client_get(&c, hash, 0, &length, &size) && size == LARGE);
	client_lists(&c, "app/more\napple\n");
	client_fini(&c);
	fief_session_close(check_env, &s);
	fief_log("collected: what no name is bound to, and no session has put");
}

/* Of a part of the name space, beside others. */
static void honest(void)
{
	struct fief_session s;
	struct client c;
	uint8_t hash[HASH];

	client_open(&c, &s, "part", 2 * STORE_RAM_QUOTA, 2 * STORE_CAP_QUOTA);
	CHECK(!client_put(&c, "abc", 3, hash));
	CHECK(!client_bind(&c, "secret", hash));
	for (unsigned i = 0; i < 10; i++) {
		enum store_status status;

		blobs(&c, hash);
		CHECK_OK(namespace_unbind(c.cap, capnp_text_of("secret"),
		                          &status));
		names(&c, hash);
		CHECK_OK(namespace_unbind(c.cap, capnp_text_of("app/more"),
		                          &status));
		CHECK_OK(namespace_unbind(c.cap, capnp_text_of("apple"),
		                          &status));
		CHECK(!client_bind(&c, "secret", hash));
	}
	client_fini(&c);
	fief_session_close(check_env, &s);
}

void fief_component_construct(struct fief_env *env)
{
	static struct fief_config config;
	const char *mode;

	check_env = env;
	CHECK_OK(fief_config_open(env, &config));
	mode = node_attr(config.root, "mode", "life");
	if (!strcmp(mode, "crash"))
		crash(&config);
	else if (!strcmp(mode, "hostile"))
		hostile();
	else if (!strcmp(mode, "honest"))
		honest();
	else
		life();
	fief_exit(env, 0);
}
