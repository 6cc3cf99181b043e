/* SPDX-License-Identifier: MIT */
/* Host resources for driver components. */

#include <stdio.h>
#include <string.h>

#include <lib/label.h>

#include "host_resource.h"
#include "suggest.h"

static const struct kind {
	const char *name, *what;
} kinds[] = {
	{ "dir", "folder" },
	{ "file", "file" },
	{ "tty", "terminal" },
	{ "tap", "network device" },
	{ "socket", "listening socket" },
};

enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

static const struct kind *find(const char *word)
{
	for (size_t i = 0; i < KINDS; i++)
		if (!strcmp(kinds[i].name, word))
			return &kinds[i];
	return NULL;
}

static void unknown(const char *word, char *why, size_t size)
{
	struct suggest s;
	size_t at;

	suggest_init(&s, word);
	for (size_t i = 0; i < KINDS; i++)
		suggest_offer(&s, kinds[i].name);
	if (suggest_result(&s)) {
		snprintf(why, size,
		         "there is no kind \"%s\" of host resource; did you "
		         "mean \"%s\"?",
		         word, suggest_result(&s));
		return;
	}
	at = (size_t)snprintf(why, size,
	                      "there is no kind \"%s\" of host resource, only",
	                      word);
	for (size_t i = 0; i < KINDS && at < size; i++)
		at += (size_t)snprintf(why + at, size - at, "%s %s",
		                       i ? "," : "", kinds[i].name);
}

static bool well_formed(const char *text, size_t colon)
{
	size_t name = text[colon] ? strcspn(text + colon + 1, "=") : 0;

	return colon && colon <= SUGGEST_WORD_MAX && name &&
	       name <= LABEL_NAME_MAX && text[colon + 1 + name] == '=' &&
	       text[colon + 2 + name];
}

void host_resource_refuse(const char *text, char *why, size_t size)
{
	size_t colon = strcspn(text, ":");
	char word[SUGGEST_WORD_MAX + 1];
	const struct kind *kind;

	if (!well_formed(text, colon)) {
		snprintf(why, size,
		         "expected is KIND:NAME=RESOURCE, such as "
		         "dir:home=/srv/data");
		return;
	}
	snprintf(word, sizeof(word), "%.*s", (int)colon, text);
	kind = find(word);
	if (kind)
		snprintf(why, size, "no component of this version takes a %s",
		         kind->what);
	else
		unknown(word, why, size);
}
