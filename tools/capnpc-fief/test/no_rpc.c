/* SPDX-License-Identifier: MIT */
/* For tests of the codec alone: generated code links, no call succeeds. */
#include <fief/rpc.h>

enum fief_err fief_rpc_call(fief_cap cap, uint32_t label, struct kif_msg *msg)
{
	(void)cap;
	(void)label;
	(void)msg;
	return FIEF_GONE;
}

void fief_rpc_reply(fief_reply token, struct kif_msg *out)
{
	(void)token;
	(void)out;
}

void fief_rpc_drop_caps(struct kif_msg *msg)
{
	(void)msg;
}
