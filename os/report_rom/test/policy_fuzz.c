/* SPDX-License-Identifier: MIT */
/* Any document as policies, any text as label: the report is the one that the
 * rules of the README name, found here in another way. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <lib/label.h>
#include <lib/node_xml.h>
#include <os/report_rom/policy.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MEMORY = 1 << 20 };

static char memory[MEMORY];

static bool starts(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

static bool ends(const char *text, const char *with)
{
	const size_t len = strlen(text), n = strlen(with);

	return n <= len && strcmp(text + len - n, with) == 0;
}

static const char *last(const char *label)
{
	const char *at = label, *next;

	while ((next = strstr(at, " -> ")))
		at = next + 4;
	return at;
}

/* 0: it does not match; more: the more specific. */
static uint64_t rank(const struct node *policy, const char *label)
{
	const char *whole = node_attr(policy, "label", NULL);
	const char *prefix = node_attr(policy, "label_prefix", NULL);
	const char *suffix = node_attr(policy, "label_suffix", NULL);
	const char *end = node_attr(policy, "label_last", NULL);

	if ((whole && strcmp(whole, label) != 0) ||
	    (prefix && !starts(label, prefix)) ||
	    (suffix && !ends(label, suffix)) ||
	    (end && strcmp(end, last(label)) != 0))
		return 0;
	return 1 + (whole ? (uint64_t)1 << 60 : 0) +
	       (prefix ? (strlen(prefix) + 1) << 40 : 0) +
	       (suffix ? (strlen(suffix) + 1) << 20 : 0) + (end ? 2 : 0);
}

static const char *expected(const struct node *config, const char *label)
{
	const struct node *best = NULL;
	uint64_t highest = 0;

	NODE_FOR_EACH(policy, config, "policy") {
		const uint64_t r = rank(policy, label);

		if (r > highest) {
			highest = r;
			best = policy;
		}
	}
	if (!best)
		best = node_first(config, "default-policy");
	return node_attr(best, "report", NULL);
}

static void look(const struct node *config, const char *label)
{
	const char *report = policy_report(config, label);

	if (report != expected(config, label))
		abort();
	if (report && !policy_names(config, report))
		abort();
}

/* Labels that have to do with the policies, and one of the input. */
static void look_all(const struct node *config, const char *text)
{
	static const char *const attrs[] = { "label", "label_prefix",
		                             "label_suffix", "label_last" };

	look(config, text);
	NODE_FOR_EACH(policy, config, "policy") {
		for (size_t i = 0; i < sizeof(attrs) / sizeof(*attrs); i++) {
			const char *value = node_attr(policy, attrs[i], "");
			struct label l;

			look(config, value);
			if (!label_compose(&l, value, text))
				look(config, l.text);
			if (!label_compose(&l, text, value))
				look(config, l.text);
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct node_xml_input in = { (const char *)data, size, 1 };
	char label[16] = { 0 };
	struct node *root;
	struct arena a;

	arena_init_fixed(&a, memory, MEMORY);
	if (node_xml_parse(&in, &a, NULL, &root))
		return 0;
	memcpy(label, data, size < sizeof(label) ? size : sizeof(label) - 1);
	look_all(root, label);
	return 0;
}
