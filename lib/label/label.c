/* SPDX-License-Identifier: MIT */
/* Composition and matching of session labels. */
#include <stdint.h>

#include <lib/label.h>
#include <lib/mem.h>
#include <lib/utf8.h>

enum { SEPARATOR_LEN = sizeof(LABEL_SEPARATOR) - 1 };

enum fief_err label_set(struct label *out, const char *text)
{
	const size_t len = strlen(text);

	if (len > LABEL_MAX)
		return FIEF_TOO_LONG;
	memmove(out->text, text, len + 1);
	return FIEF_OK;
}

size_t label_needed(const char *parent, const char *child)
{
	const size_t p = strlen(parent), c = strlen(child);

	return p + c + (p && c ? SEPARATOR_LEN : 0);
}

enum fief_err label_compose(struct label *out, const char *parent,
                            const char *child)
{
	const size_t p = strlen(parent), c = strlen(child);
	const size_t gap = p && c ? SEPARATOR_LEN : 0;
	struct label l;

	if (label_needed(parent, child) > LABEL_MAX)
		return FIEF_TOO_LONG;
	memcpy(l.text, parent, p);
	memcpy(l.text + p, LABEL_SEPARATOR, gap);
	memcpy(l.text + p + gap, child, c + 1);
	memcpy(out->text, l.text, p + gap + c + 1);
	return FIEF_OK;
}

bool label_name_valid(const char *name)
{
	const size_t len = strnlen(name, LABEL_NAME_MAX + 1);

	if (len == 0 || len > LABEL_NAME_MAX || !utf8_printable(name, len))
		return false;
	/* "x ->" before a separator would read as "x" before "-> ...". */
	return !strstr(name, LABEL_SEPARATOR) && !label_has_suffix(name, " ->");
}

const char *label_last(const char *label)
{
	const char *at = strstr(label, LABEL_SEPARATOR);

	for (; at; at = strstr(label, LABEL_SEPARATOR))
		label = at + SEPARATOR_LEN;
	return label;
}

enum fief_err label_identity(struct label *out, const char *label)
{
	const char *const last = label_last(label);
	size_t len = (size_t)(last - label);

	if (len)
		len -= SEPARATOR_LEN;
	if (len > LABEL_MAX)
		return FIEF_TOO_LONG;
	memmove(out->text, label, len);
	out->text[len] = 0;
	return FIEF_OK;
}

const char *label_scoped(const char *label, const char *child)
{
	const size_t len = strlen(child);

	if (strncmp(label, child, len) != 0)
		return NULL;
	if (!label[len])
		return label + len;
	if (!label_has_prefix(label + len, LABEL_SEPARATOR))
		return NULL;
	return label + len + SEPARATOR_LEN;
}

bool label_has_prefix(const char *label, const char *prefix)
{
	return !strncmp(label, prefix, strlen(prefix));
}

bool label_has_suffix(const char *label, const char *suffix)
{
	const size_t l = strlen(label), s = strlen(suffix);

	return s <= l && !strcmp(label + (l - s), suffix);
}

bool label_matches(const char *label, const struct label_selector *s)
{
	if (s->label && strcmp(label, s->label) != 0)
		return false;
	if (s->prefix && !label_has_prefix(label, s->prefix))
		return false;
	if (s->suffix && !label_has_suffix(label, s->suffix))
		return false;
	return !s->last || !strcmp(label_last(label), s->last);
}

/* Length of a selector, plus 1 so that a given empty one beats none. */
static size_t weight(const char *s)
{
	return s ? strlen(s) + 1 : 0;
}

static int order(size_t a, size_t b)
{
	return (a > b) - (a < b);
}

int label_selector_order(const struct label_selector *a,
                         const struct label_selector *b)
{
	int o = order(a->label != NULL, b->label != NULL);

	if (!o)
		o = order(weight(a->prefix), weight(b->prefix));
	if (!o)
		o = order(weight(a->suffix), weight(b->suffix));
	return o ? o : order(weight(a->last), weight(b->last));
}
