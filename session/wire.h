/* SPDX-License-Identifier: MIT */
/*
 * What the generated session code shares: how a Cap'n Proto message lies in a
 * kernel message, who drops capabilities that nobody takes, how a method is
 * found. For generated sources only; components include <session/NAME.h>.
 */
#pragma once

#include <fief/rpc.h>
#include <lib/capnp_build.h>

/* Answers one method of an interface. Result as of fief_rpc_type.dispatch. */
typedef enum fief_err wire_method(struct fief_rpc_obj *obj, struct kif_msg *in,
                                  struct kif_msg *out);

/* Start writing `m`; wire_end sets the sizes of a message that is complete. */
FIEF_MUST static inline enum fief_err wire_begin(struct kif_msg *m,
                                                 struct capnp_builder *b)
{
	m->len = 0;
	m->ncaps = 0;
	return capnp_builder_init(b, m->data, sizeof(m->data), m->cap,
	                          KIF_CAPS_MAX);
}

static inline void wire_end(struct kif_msg *m, const struct capnp_builder *b)
{
	m->len = (uint16_t)capnp_builder_bytes(b);
	m->ncaps = (uint8_t)b->ncaps;
}

/*
 * A struct of `words` words without pointers needs no builder: it follows the
 * pointer to it. wire_plain_end leaves out the zeros at its end, as canonical
 * form wants.
 */
static inline struct capnp_slot wire_plain(struct kif_msg *m, unsigned words)
{
	for (unsigned i = 1; i <= words; i++)
		m->data[i] = 0;
	return (struct capnp_slot){ .data = m->data + 1 };
}

static inline void wire_plain_end(struct kif_msg *m, unsigned words)
{
	while (words && !m->data[words])
		words--;
	/* A struct without a size points to itself: offset -1. */
	m->data[0] = words ? (uint64_t)words << 32 : UINT64_C(0xfffffffc);
	m->len = (uint16_t)(8 + 8 * words);
	m->ncaps = 0;
}

/* A struct without fields: what an empty parameter list is sent as. */
static inline void wire_empty(struct kif_msg *m)
{
	wire_plain_end(m, 0);
}

/* Find the root struct of a received message. */
FIEF_MUST static inline enum fief_err wire_open(const struct kif_msg *m,
                                                struct capnp_reader *r,
                                                struct capnp_struct *root)
{
	enum fief_err e;

	if (m->len > sizeof(m->data) || m->ncaps > KIF_CAPS_MAX)
		return FIEF_INVALID;
	e = capnp_reader_init(r, m->data, m->len, m->cap, m->ncaps);
	return e ? e : capnp_root(r, root);
}

/* Drop the capabilities of a received message. */
static inline void wire_discard(struct kif_msg *m)
{
	if (m->ncaps)
		fief_rpc_drop_caps(m);
}

/* After decoding with result `e`: capabilities that were decoded belong to
 * whoever has the result, the others are dropped. After a failure, all. */
static inline void wire_close(struct kif_msg *m, const struct capnp_reader *r,
                              enum fief_err e)
{
	for (unsigned i = 0; !e && i < m->ncaps; i++)
		if (r->taken >> i & 1)
			m->cap[i] = FIEF_CAP_NULL;
	wire_discard(m);
}

/* Finish a reply; results are sent with OK only. */
static inline enum fief_err wire_status(struct kif_msg *out, enum fief_err e)
{
	out->label = e;
	if (e) {
		out->len = 0;
		out->ncaps = 0;
	}
	return FIEF_OK;
}

/* Answer a request that no operation was called for. */
static inline enum fief_err wire_refuse(struct kif_msg *in, struct kif_msg *out,
                                        enum fief_err e)
{
	wire_discard(in);
	return wire_status(out, e);
}

/* Call method number `label` - `first` of `n`. */
static inline enum fief_err
wire_dispatch(wire_method *const *method, size_t n, uint32_t first,
              struct fief_rpc_obj *obj, struct kif_msg *in, struct kif_msg *out)
{
	uint32_t i = in->label - first;

	if (i >= n)
		return wire_refuse(in, out, FIEF_UNSUPPORTED);
	return method[i](obj, in, out);
}
