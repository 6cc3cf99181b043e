/* SPDX-License-Identifier: MIT */
/* What a config says of heartbeats. */

#include "config_parse.h"

enum {
	RATE_MS = 1000,
	RATE_MS_MAX = 1000000000, /* 11 days */
	SKIPPED_MAX = 1000000,
};

enum fief_err config_heartbeat_read(const struct node *n,
                                    struct node_error *err,
                                    struct config_heartbeat *out)
{
	static const char attr[] = "restart_after_skipped";
	uint64_t limit = 0;
	enum fief_err e = node_attr_u64(n, attr, 0, err, &limit);

	if (e)
		return e;
	if (limit > SKIPPED_MAX)
		return node_error_set(
			err, FIEF_LIMIT, node_attr_find(n, attr)->at,
			"\"%s\" of <%s> is too large", attr, n->name);
	*out = (struct config_heartbeat){ n != NULL, limit };
	return FIEF_OK;
}

enum fief_err config_heartbeat_rate(const struct node *n,
                                    struct node_error *err, uint64_t *ms)
{
	*ms = RATE_MS;
	return config_number(n, "rate_ms", RATE_MS_MAX, err, ms);
}
