/* SPDX-License-Identifier: MIT */
/* What is not wrong, but hardly meant: told, and taken all the same. */

#include "config_parse.h"

enum { WARNINGS_MAX = 32 };

enum fief_err config_warn(struct parser *p, struct node_place at,
                          const char *format, ...)
{
	struct config_warning *w;
	enum fief_err e;
	va_list args;

	if (p->warnings > WARNINGS_MAX)
		return FIEF_OK; /* that there are more was told */
	w = make(p, sizeof(*w), &e);
	if (!w)
		return e;
	p->warnings++;
	*p->warning = w;
	p->warning = &w->next;
	if (p->warnings > WARNINGS_MAX)
		return node_error_set(&w->what, FIEF_OK, at,
		                      "there are more warnings than %d: no "
		                      "further one is told",
		                      WARNINGS_MAX);
	va_start(args, format);
	e = node_error_args(&w->what, FIEF_OK, at, format, args);
	va_end(args);
	return e;
}
