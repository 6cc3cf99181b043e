/* SPDX-License-Identifier: MIT */
/* What a config says of the state report. */

#include "config_parse.h"

#include <stddef.h>

enum { DELAY_MS = 100, BUFFER = 4096 };

static const struct {
	const char *name;
	size_t offset;
} detail[] = {
#define DETAIL(attr)                                                           \
	{                                                                      \
#attr, offsetof(struct config_report, attr)                    \
	}
	DETAIL(ids),       DETAIL(requested),    DETAIL(provided),
	DETAIL(init_ram),  DETAIL(session_args), DETAIL(child_ram),
	DETAIL(init_caps), DETAIL(child_caps),
#undef DETAIL
};

enum { DETAILS = sizeof(detail) / sizeof(detail[0]) };

static bool detail_of(const struct config_report *r, size_t i)
{
	return *(const bool *)((const char *)r + detail[i].offset);
}

enum fief_err config_report_read(const struct node *n, struct node_error *err,
                                 struct config_report *out)
{
	struct config_report r = { .wanted = n != NULL };
	enum fief_err e = FIEF_OK;

	for (size_t i = 0; i < DETAILS && !e; i++)
		e = node_attr_bool(n, detail[i].name, false, err,
		                   (bool *)((char *)&r + detail[i].offset));
	if (!e)
		e = node_attr_u64(n, "delay_ms", DELAY_MS, err, &r.delay_ms);
	if (!e)
		e = node_attr_u64(n, "buffer", BUFFER, err, &r.buffer);
	if (!e)
		*out = r;
	return e;
}

bool config_report_same(const struct config_report *a,
                        const struct config_report *b)
{
	for (size_t i = 0; i < DETAILS; i++)
		if (detail_of(a, i) != detail_of(b, i))
			return false;
	return a->wanted == b->wanted && a->delay_ms == b->delay_ms &&
	       a->buffer == b->buffer;
}
