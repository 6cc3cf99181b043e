/* SPDX-License-Identifier: MIT */
/* Labels as people write them. */

#include <stdlib.h>
#include <string.h>

#include <lib/label.h>

#include "label_spelled.h"
#include "util.h"

static char *with_separator(const char *label, const char *separator)
{
	char *text = util_text("%s", ""), *longer;
	const char *at;

	while ((at = strstr(label, separator))) {
		const char *end = at;

		while (end > label && end[-1] == ' ')
			end--;
		longer = util_text("%s%.*s" LABEL_SEPARATOR, text,
		                   (int)(end - label), label);
		free(text);
		text = longer;
		label = at + strlen(separator);
		label += strspn(label, " ");
	}
	longer = util_text("%s%s", text, label);
	free(text);
	return longer;
}

char *label_spelled(const char *written, size_t spelling)
{
	static const char *const separators[LABEL_SPELLINGS] = {
		LABEL_SEPARATOR, "->", "/"
	};

	return with_separator(written, separators[spelling]);
}
