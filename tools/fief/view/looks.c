/* SPDX-License-Identifier: MIT */
/* The looks of one command. */

#include <stdlib.h>
#include <string.h>

#include "looks.h"
#include <tools/fief/util.h>

struct look *looks_get(struct looks *ls, const char *component, int *code)
{
	struct look *l;

	for (size_t i = 0; i < ls->count; i++)
		if (!strcmp(ls->look[i]->component, component))
			return ls->look[i];
	l = util_alloc(sizeof(*l));
	*code = look_open(l, &ls->options, component);
	if (*code) {
		free(l);
		return NULL;
	}
	ls->look = util_grow(ls->look, (ls->count + 1) * sizeof(*ls->look));
	ls->look[ls->count++] = l;
	return l;
}

void looks_fini(struct looks *ls)
{
	while (ls->count) {
		look_close(ls->look[--ls->count]);
		free(ls->look[ls->count]);
	}
	free(ls->look);
	ls->look = NULL;
}
