/* SPDX-License-Identifier: MIT */
/* Calls and late replies. */

#include <fief/rpc.h>

#include <fief/kif_table.h>

enum fief_err fief_rpc_call(fief_cap cap, uint32_t label, struct kif_msg *msg)
{
	enum fief_err e;

	msg->label = label;
	e = fief_kif->call(cap, msg);
	if (FIEF_UNLIKELY(e)) {
		msg->ncaps = 0;
		return e;
	}
	e = fief_err_from_wire(msg->label);
	if (e)
		fief_rpc_drop_caps(msg);
	return e;
}

void fief_rpc_reply(fief_reply token, struct kif_msg *out)
{
	struct kif_wait w = { .reply = token, .flags = KIF_REPLY };
	enum fief_err e = fief_kif->reply_wait(0, out, &w);

	(void)e; /* a reply to a vanished client succeeds */
}

void fief_rpc_drop_caps(struct kif_msg *msg)
{
	for (unsigned i = 0; i < msg->ncaps; i++)
		fief_kif->drop(msg->cap[i], 1);
	msg->ncaps = 0;
}
