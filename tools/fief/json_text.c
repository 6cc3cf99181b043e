/* SPDX-License-Identifier: MIT */
/* JSON that commands print. */

#include <stdio.h>
#include <stdlib.h>

#include "json_text.h"
#include "util.h"

json_t *json_text(const char *text)
{
	char *clean = util_utf8(text);
	json_t *j = json_string(clean);

	free(clean);
	return j;
}

void json_show(json_t *j)
{
	json_dumpf(j, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(j);
}
