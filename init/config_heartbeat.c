/* SPDX-License-Identifier: MIT */
/* What a config says of heartbeats. */

#include "config_parse.h"

enum { RATE_MS = 1000 };

enum fief_err config_heartbeat_read(const struct node *n,
                                    struct node_error *err,
                                    struct config_heartbeat *out)
{
	uint64_t limit;
	enum fief_err e =
		node_attr_u64(n, "restart_after_skipped", 0, err, &limit);

	if (!e)
		*out = (struct config_heartbeat){ n != NULL, limit };
	return e;
}

enum fief_err config_heartbeat_rate(const struct node *n,
                                    struct node_error *err, uint64_t *ms)
{
	return node_attr_u64(n, "rate_ms", RATE_MS, err, ms);
}
