/* SPDX-License-Identifier: MIT */
/* Files of a store as anybody may have left them: what is taken for a name or for
 * what it is bound to, is what we would have written. */

#include <stdlib.h>
#include <string.h>

#include <os/store/record.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void name(const char *file)
{
	char text[STORE_NAME_MAX + 1], again[STORE_NAME_MAX + 1];

	if (!store_name_of_file(file, text))
		return;
	if (!store_name_valid(text, strlen(text)))
		abort();
	store_name_to_file(text, again);
	if (strcmp(again, file))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char again[STORE_RECORD];
	struct store_hash hash;
	char *text = malloc(size + 1);

	if (!text)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	if (store_record_parse(text, size, &hash)) {
		store_record_print(&hash, again);
		if (memcmp(again, text, STORE_RECORD))
			abort();
	}
	name(text);
	free(text);
	return 0;
}
