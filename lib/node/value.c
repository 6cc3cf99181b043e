/* SPDX-License-Identifier: MIT */
/* Typed attributes and the messages about malformed ones. */
#include <lib/mem.h>
#include <lib/node.h>
#include <lib/number.h>
#include <lib/utf8.h>

/* It quotes the document, and is for the log and for terminals. */
static void put_shown(struct fmt *f, const char *text)
{
	const size_t len = strlen(text);
	uint32_t c = 0;

	for (size_t at = 0, n; at < len; at += n) {
		n = utf8_decode(text + at, len - at, &c);
		if (!n)
			fmt_char(f, '?');
		else if (utf8_printable(text + at, n))
			fmt_bytes(f, text + at, n);
		else
			fmt_add(f, "\\x%02x", (unsigned)c);
		n = n ? n : 1;
	}
}

enum fief_err node_error_args(struct node_error *err, enum fief_err cause,
                              struct node_place at, const char *format,
                              va_list args)
{
	enum { VALUE_MAX = NODE_ERROR_MAX / 3 };
	static const char more[] = "...";
	char raw[NODE_ERROR_MAX];
	struct fmt f, shown;

	if (!err)
		return cause;
	err->at = at;
	fmt_init(&f, raw, sizeof(raw));
	f.text_max = VALUE_MAX; /* what was expected has room beside it */
	fmt_add_args(&f, format, args);
	fmt_init(&shown, err->text, sizeof(err->text));
	put_shown(&shown, raw);
	if (!fmt_fits(&f) || !fmt_fits(&shown))
		memcpy(err->text + NODE_ERROR_MAX - sizeof(more), more,
		       sizeof(more));
	utf8_make_printable(err->text); /* it may be cut in a character */
	return cause;
}

enum fief_err node_error_set(struct node_error *err, enum fief_err cause,
                             struct node_place at, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	cause = node_error_args(err, cause, at, format, args);
	va_end(args);
	return cause;
}

void node_error_print(struct fmt *f, const char *file,
                      const struct node_error *err)
{
	fmt_add(f, "%s:%u:%u: %s", file, err->at.line, err->at.column,
	        err->text);
}

static enum fief_err refuse(const struct node_attr *a, struct node_error *err,
                            enum fief_err cause, const char *expected)
{
	return node_error_set(err, cause, a->at,
	                      "attribute '%s' is \"%s\", expected %s", a->name,
	                      a->value, expected);
}

enum fief_err node_attr_bool(const struct node *n, const char *name,
                             bool fallback, struct node_error *err, bool *out)
{
	static const char *const word[][2] = {
		{ "no", "yes" },
		{ "false", "true" },
		{ "off", "on" },
		{ "0", "1" },
	};
	const struct node_attr *const a = node_attr_find(n, name);

	if (!a) {
		*out = fallback;
		return FIEF_OK;
	}
	for (size_t i = 0; i < sizeof(word) / sizeof(*word); i++)
		for (unsigned v = 0; v < 2; v++)
			if (!strcmp(a->value, word[i][v])) {
				*out = v;
				return FIEF_OK;
			}
	return refuse(a, err, FIEF_INVALID, "yes or no");
}

static enum fief_err refuse_number(const struct node_attr *a,
                                   struct node_error *err, enum fief_err cause)
{
	if (cause == FIEF_LIMIT)
		return refuse(a, err, cause, "a number that fits 64 bits");
	return refuse(a, err, cause,
	              "a number such as 4096, 64K, 1M or 0x1000");
}

enum fief_err node_attr_u64(const struct node *n, const char *name,
                            uint64_t fallback, struct node_error *err,
                            uint64_t *out)
{
	const struct node_attr *const a = node_attr_find(n, name);
	enum fief_err e;

	if (!a) {
		*out = fallback;
		return FIEF_OK;
	}
	e = number_parse(a->value, UINT64_MAX, out);
	return e ? refuse_number(a, err, e) : FIEF_OK;
}

enum fief_err node_attr_i64(const struct node *n, const char *name,
                            int64_t fallback, struct node_error *err,
                            int64_t *out)
{
	const struct node_attr *const a = node_attr_find(n, name);
	enum fief_err e;

	if (!a) {
		*out = fallback;
		return FIEF_OK;
	}
	e = number_parse_signed(a->value, out);
	return e ? refuse_number(a, err, e) : FIEF_OK;
}

enum fief_err node_attr_required(const struct node *n, const char *name,
                                 struct node_error *err, const char **out)
{
	static const struct node_place nowhere;
	const struct node_attr *const a = node_attr_find(n, name);

	if (!a)
		return node_error_set(err, FIEF_NOT_FOUND, n ? n->at : nowhere,
		                      "<%s> lacks the attribute '%s'",
		                      n && n->name ? n->name : "?", name);
	if (!*a->value)
		return refuse(a, err, FIEF_INVALID, "a text that is not empty");
	*out = a->value;
	return FIEF_OK;
}
