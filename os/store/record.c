/* SPDX-License-Identifier: MIT */
/* The form of names and of the files that hold what they are bound to. */

#include "record.h"

#include <lib/mem.h>

static const char head[] = "sha256 ";

static bool plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
}

static bool part_valid(const char *s, size_t len)
{
	if (!len || (s[0] == '.' && (len == 1 || (len == 2 && s[1] == '.'))))
		return false;
	for (size_t i = 0; i < len; i++)
		if (!plain(s[i]))
			return false;
	return true;
}

bool store_name_valid(const char *name, size_t len)
{
	size_t begin = 0;

	if (len > STORE_NAME_MAX)
		return false;
	for (size_t i = 0; i <= len; i++)
		if (i == len || name[i] == '/') {
			if (!part_valid(name + begin, i - begin))
				return false;
			begin = i + 1;
		}
	return true;
}

void store_name_to_file(const char *name, char file[STORE_NAME_MAX + 1])
{
	size_t i;

	for (i = 0; name[i]; i++)
		file[i] = name[i] == '/' ? '%' : name[i];
	file[i] = '\0';
}

bool store_name_of_file(const char *file, char name[STORE_NAME_MAX + 1])
{
	const size_t len = strlen(file);

	if (len > STORE_NAME_MAX || strchr(file, '/'))
		return false;
	for (size_t i = 0; i <= len; i++)
		name[i] = file[i] == '%' ? '/' : file[i];
	return store_name_valid(name, len);
}

void store_record_print(const struct store_hash *h, char out[STORE_RECORD])
{
	memcpy(out, head, sizeof(head) - 1);
	store_hash_print(h, out + sizeof(head) - 1);
	out[STORE_RECORD - 1] = '\n';
}

bool store_record_parse(const char *text, size_t len, struct store_hash *out)
{
	return len == STORE_RECORD && !memcmp(text, head, sizeof(head) - 1) &&
	       text[len - 1] == '\n' &&
	       store_hash_parse(text + sizeof(head) - 1, STORE_HEX, out);
}
