/* SPDX-License-Identifier: MIT */
#include "client.h"

#include <fief/kif_table.h>

struct fief_env *check_env;

void client_init(struct client *c, struct namespace_cap cap)
{
	struct dataspace_cap ds;
	uint64_t bytes;

	c->cap = cap;
	CHECK_OK(namespace_buffer(cap, &ds, &bytes));
	CHECK_OK(fief_attach(&c->buffer, ds.cap, bytes, KIF_READ | KIF_WRITE));
}

void client_open(struct client *c, struct fief_session *s, const char *label,
                 uint64_t ram, uint32_t caps)
{
	const struct fief_session_args args = { .service = STORE_SERVICE,
		                                .label = label,
		                                .ram = ram,
		                                .caps = caps };
	struct namespace_cap space;

	CHECK_OK(fief_session_open(check_env, &args, s));
	CHECK_OK(store_space((struct store_cap){ s->cap }, &space));
	client_init(c, space);
}

void client_fini(struct client *c)
{
	fief_detach(&c->buffer);
	fief_kif->drop(c->cap.cap, 1);
}

enum store_status client_put(struct client *c, const char *data, size_t len,
                             uint8_t hash[HASH])
{
	static struct namespace_finish_reply reply;
	enum store_status status = STORE_STATUS_OK;

	for (size_t at = 0, n; at < len && !status; at += n) {
		n = len - at < c->buffer.bytes ? len - at : c->buffer.bytes;
		memcpy(c->buffer.addr, data + at, n);
		CHECK_OK(namespace_append(c->cap, n, &status));
	}
	if (status)
		return status;
	CHECK_OK(namespace_finish(c->cap, &reply));
	if (reply.status)
		return reply.status;
	CHECK(reply.hash.len == HASH && reply.size == len);
	memcpy(hash, reply.hash.p, HASH);
	return STORE_STATUS_OK;
}

enum store_status client_bind(struct client *c, const char *name,
                              const uint8_t hash[HASH])
{
	enum store_status status;

	CHECK_OK(namespace_bind(c->cap, capnp_text_of(name),
	                        (struct capnp_data){ hash, HASH }, &status));
	return status;
}

enum store_status client_resolve(struct client *c, const char *name,
                                 uint8_t hash[HASH])
{
	static struct namespace_resolve_reply reply;

	CHECK_OK(namespace_resolve(c->cap, capnp_text_of(name), &reply));
	CHECK(reply.hash.len == (reply.status ? 0 : HASH));
	if (!reply.status)
		memcpy(hash, reply.hash.p, HASH);
	return reply.status;
}

enum store_status client_get(struct client *c, const uint8_t hash[HASH],
                             uint64_t offset, uint64_t *length, uint64_t *size)
{
	const struct namespace_get_params params = { { hash, HASH }, offset };
	struct namespace_get_results r;

	CHECK_OK(namespace_get(c->cap, &params, &r));
	CHECK(!r.status || (!r.length && !r.size));
	*length = r.length;
	*size = r.size;
	return r.status;
}

void client_lists(struct client *c, const char *expected)
{
	enum store_status status;
	uint64_t length;
	bool more;

	CHECK_OK(namespace_list(c->cap, capnp_text_of(""), &status, &length,
	                        &more));
	CHECK(!status && !more && length == strlen(expected));
	CHECK(!memcmp(c->buffer.addr, expected, length));
}
