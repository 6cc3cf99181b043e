/* SPDX-License-Identifier: MIT */
/* Numbers of a config. */

#include "config_parse.h"

enum fief_err config_number(const struct node *n, const char *attr,
                            uint64_t max, struct node_error *err, uint64_t *out)
{
	const struct node_attr *a = n ? node_attr_find(n, attr) : NULL;
	uint64_t value = *out;
	enum fief_err e = node_attr_u64(n, attr, *out, err, &value);

	if (e)
		return e;
	if (a && (!value || value > max))
		return node_error_set(err, FIEF_LIMIT, a->at,
		                      "\"%s\" of <%s> is %s", attr, n->name,
		                      value ? "too large" : "0, expected more");
	*out = value;
	return FIEF_OK;
}

enum fief_err config_ram(const struct node *n, const char *attr,
                         struct node_error *err, uint64_t *out)
{
	return config_number(n, attr, (uint64_t)1 << 48, err, out);
}

enum fief_err config_caps(const struct node *n, const char *attr,
                          struct node_error *err, uint64_t *out)
{
	return config_number(n, attr, UINT32_MAX / 2, err, out);
}
