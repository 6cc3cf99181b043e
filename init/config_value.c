/* SPDX-License-Identifier: MIT */
/* Values of attributes: which ones the schema allows. */

#include "config_schema.h"

#include <lib/label.h>
#include <lib/mem.h>

enum { WORDS_TEXT_MAX = 96 };

typedef enum fief_err value_check(const struct node *n,
                                  const struct node_attr *a,
                                  const struct config_attr *row,
                                  struct node_error *err);

static enum fief_err text_check(const struct node *n, const struct node_attr *a,
                                const struct config_attr *row,
                                struct node_error *err)
{
	const char *text;

	return row->required ? node_attr_required(n, a->name, err, &text) :
	                       FIEF_OK;
}

static enum fief_err name_check(const struct node *n, const struct node_attr *a,
                                const struct config_attr *row,
                                struct node_error *err)
{
	const enum fief_err e = text_check(n, a, row, err);

	if (e || label_name_valid(a->value))
		return e;
	return node_error_set(err, FIEF_INVALID, a->at,
	                      "\"%s\" cannot be a name in <%s>: at most %d "
	                      "bytes, no control characters, no \"->\" between "
	                      "blanks",
	                      a->value, n->name, LABEL_NAME_MAX);
}

/* "never", "on-failure" or "always" */
static void words_print(struct fmt *f, const char *const *words)
{
	for (const char *const *w = words; *w; w++) {
		if (w != words)
			fmt_add(f, w[1] ? ", " : " or ");
		fmt_add(f, "\"%s\"", *w);
	}
}

static enum fief_err word_check(const struct node *n, const struct node_attr *a,
                                const struct config_attr *row,
                                struct node_error *err)
{
	char expected[WORDS_TEXT_MAX];
	struct fmt f;

	for (const char *const *w = row->words; *w; w++)
		if (!strcmp(*w, a->value))
			return FIEF_OK;
	if (row->alien && !strcmp(row->alien, a->value))
		return node_error_set(err, FIEF_INVALID, a->at,
		                      "\"%s\" of <%s> is \"%s\": %s", a->name,
		                      n->name, a->value, row->alien_why);
	fmt_init(&f, expected, sizeof(expected));
	words_print(&f, row->words);
	return node_error_set(err, FIEF_INVALID, a->at,
	                      "\"%s\" of <%s> is \"%s\", expected %s", a->name,
	                      n->name, a->value, expected);
}

static enum fief_err bool_check(const struct node *n, const struct node_attr *a,
                                const struct config_attr *row,
                                struct node_error *err)
{
	bool value;

	(void)row;
	return node_attr_bool(n, a->name, false, err, &value);
}

static enum fief_err number_check(const struct node *n,
                                  const struct node_attr *a,
                                  const struct config_attr *row,
                                  struct node_error *err)
{
	uint64_t value;
	enum fief_err e = node_attr_u64(n, a->name, 0, err, &value);

	if (e)
		return e;
	if (value < row->least)
		return node_error_set(err, FIEF_LIMIT, a->at,
		                      "\"%s\" of <%s> is %llu, expected more",
		                      a->name, n->name,
		                      (unsigned long long)value);
	if (row->most && value > row->most)
		return config_too_large(n, a->name, err);
	return FIEF_OK;
}

static enum fief_err signed_check(const struct node *n,
                                  const struct node_attr *a,
                                  const struct config_attr *row,
                                  struct node_error *err)
{
	int64_t value;

	(void)row;
	return node_attr_i64(n, a->name, 0, err, &value);
}

enum fief_err config_too_large(const struct node *n, const char *attr,
                               struct node_error *err)
{
	return node_error_set(err, FIEF_LIMIT, node_attr_find(n, attr)->at,
	                      "\"%s\" of <%s> is too large", attr, n->name);
}

enum fief_err config_value_check(const struct node *n,
                                 const struct node_attr *a,
                                 const struct config_attr *row,
                                 struct node_error *err)
{
	static value_check *const by_type[CONFIG_TYPES] = {
		[CONFIG_TEXT] = text_check,      [CONFIG_LABEL] = text_check,
		[CONFIG_NAME] = name_check,      [CONFIG_WORD] = word_check,
		[CONFIG_BOOL] = bool_check,      [CONFIG_NUMBER] = number_check,
		[CONFIG_SIZE] = number_check,    [CONFIG_MS] = number_check,
		[CONFIG_SECONDS] = number_check, [CONFIG_SIGNED] = signed_check,
	};

	return by_type[row->type](n, a, row, err);
}
