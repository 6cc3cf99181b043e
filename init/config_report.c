/* SPDX-License-Identifier: MIT */
/* What a config says of the state report. */

#include "config_parse.h"

#include <stddef.h>

enum {
	DELAY_MS = 100,
	DELAY_MS_MAX = 1000000000, /* 11 days */
	BUFFER = 4096,
	BUFFER_MAX = 1 << 20,
};

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
	struct config_report r = { .wanted = n != NULL,
		                   .delay_ms = DELAY_MS,
		                   .buffer = BUFFER };
	enum fief_err e = FIEF_OK;

	for (size_t i = 0; i < DETAILS && !e; i++)
		e = node_attr_bool(n, detail[i].name, false, err,
		                   (bool *)((char *)&r + detail[i].offset));
	if (!e)
		e = config_number(n, "delay_ms", DELAY_MS_MAX, err,
		                  &r.delay_ms);
	if (!e)
		e = config_number(n, "buffer", BUFFER_MAX, err, &r.buffer);
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
