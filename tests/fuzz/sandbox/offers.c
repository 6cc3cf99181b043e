/* SPDX-License-Identifier: MIT */
/* Clients out there of what the sandbox offers. */
#include "core.h"

static struct client *client_find(uint32_t id)
{
	for (unsigned i = 0; i < CLIENTS; i++)
		if (id && world_core.client[i].id == id)
			return &world_core.client[i];
	return NULL;
}

/* What it donated is in the account of the sandbox, or with its server. */
static void client_pay(struct client *k, uint64_t ram)
{
	if (!core_account_move(&world_core.outside, &world_core.init.account,
	                       ram, 0))
		k->more = ram;
}

static void client_refund(struct client *k, uint64_t ram)
{
	must(core_account_move(&world_core.init.account, &world_core.outside,
	                       ram, 0));
	(void)k;
}

static void client_gone(struct client *k)
{
	client_refund(k, k->ram + k->more);
	*k = (struct client){ 0 };
}

static void client_ask(struct client *k, enum request_kind kind)
{
	k->asked = kind;
	k->queued = true;
	k->fetched = false;
	fief_kif->signal(world_core.request_sigh);
}

static void client_create(const char *label, uint64_t ram)
{
	for (unsigned i = 0; i < CLIENTS; i++) {
		struct client *k = &world_core.client[i];

		if (k->id)
			continue;
		k->id = ++world_core.client_ids;
		strncpy(k->label, label, sizeof(k->label) - 1);
		client_pay(k, ram);
		k->ram = k->more;
		k->more = 0;
		client_ask(k, REQUEST_KIND_CREATE);
		return;
	}
}

void world_request(enum request_kind kind, unsigned which, const char *label,
                   uint64_t ram)
{
	struct client *k = &world_core.client[which % CLIENTS];

	if (kind == REQUEST_KIND_CREATE) {
		client_create(label, ram);
	} else if (!k->id || (k->asked == REQUEST_KIND_CLOSE && !k->open)) {
		return;
	} else if (kind == REQUEST_KIND_UPGRADE) {
		if (!k->open || k->more || k->queued)
			return;
		client_pay(k, ram);
		client_ask(k, kind);
	} else if (k->queued && k->asked == REQUEST_KIND_CREATE) {
		client_gone(k);
	} else {
		k->open = false;
		client_ask(k, kind);
	}
}

enum fief_err world_op_announce(struct fief_rpc_obj *self,
                                struct capnp_text service)
{
	(void)self, (void)service;
	return FIEF_OK;
}

enum fief_err world_op_request_sigh(struct fief_rpc_obj *self,
                                    struct signal_cap handler)
{
	(void)self;
	world_core.request_sigh = handler.cap;
	return FIEF_OK;
}

enum fief_err world_op_next_request(struct fief_rpc_obj *self,
                                    struct parent_next_request_results *out)
{
	(void)self;
	for (unsigned i = 0; i < CLIENTS; i++) {
		struct client *k = &world_core.client[i];

		if (!k->queued)
			continue;
		k->queued = false;
		k->fetched = true;
		*out = (struct parent_next_request_results){
			.kind = k->asked,
			.id = k->id,
			.service = capnp_text_of("Offer"),
			.label = capnp_text_of(k->label),
			.args = capnp_text_of(""),
			.ram = k->asked == REQUEST_KIND_CREATE ? k->ram :
			                                         k->more,
			.more = true,
		};
		return FIEF_OK;
	}
	return FIEF_AGAIN;
}

enum fief_err world_op_deliver(struct fief_rpc_obj *self, uint32_t id,
                               fief_cap cap)
{
	struct client *k = client_find(id);

	(void)self, (void)cap;
	if (!k || !k->fetched || k->asked != REQUEST_KIND_CREATE)
		return FIEF_NOT_FOUND;
	k->fetched = false;
	k->open = true;
	return FIEF_OK;
}

enum fief_err world_op_respond(struct fief_rpc_obj *self, uint32_t id,
                               enum response r)
{
	struct client *k = client_find(id);

	(void)self;
	if (!k)
		return FIEF_NOT_FOUND;
	if (k->fetched && k->asked == REQUEST_KIND_CREATE) {
		if (r == RESPONSE_OK)
			return FIEF_NOT_FOUND;
		client_gone(k);
		return FIEF_OK;
	}
	if (r == RESPONSE_CLOSED) {
		client_gone(k);
		return FIEF_OK;
	}
	if (!k->fetched || k->asked != REQUEST_KIND_UPGRADE)
		return FIEF_NOT_FOUND;
	k->fetched = false;
	if (r == RESPONSE_OK)
		k->ram += k->more;
	else
		client_refund(k, k->more);
	k->more = 0;
	return FIEF_OK;
}

void world_clients_end(void)
{
	for (unsigned i = 0; i < CLIENTS; i++)
		if (world_core.client[i].id)
			client_gone(&world_core.client[i]);
}
