/* SPDX-License-Identifier: MIT */
/* Configs made from the rows of the schema. */
#include "schema_doc.h"

#include "malloc_source.h"
#include "message.h"

struct config_entry schema_entry[CONFIG_ELEMENTS_MAX];
size_t schema_entries;

void schema_entries_init(void)
{
	schema_entries = config_entries(schema_entry);
}

/* ---- parsing ---- */

static struct arena_source source = MALLOC_SOURCE;

enum fief_err schema_parse(struct schema_parsed *p, const char *text)
{
	const struct node_xml_input in = { .text = text, .len = strlen(text) };

	*p = (struct schema_parsed){ 0 };
	arena_init(&p->arena, &source);
	return config_parse(&in, &p->arena, &p->err, &p->config);
}

void schema_accepted(const char *text)
{
	struct schema_parsed p;

	if (schema_parse(&p, text))
		fail_msg("%s: %u:%u: %s", text, p.err.at.line, p.err.at.column,
		         p.err.text);
	arena_fini(&p.arena);
}

void schema_allowed(const char *text)
{
	const struct node_xml_input in = { .text = text, .len = strlen(text) };
	struct node_error err;
	struct arena arena;
	struct node *root;

	arena_init(&arena, &source);
	assert_int_equal(node_xml_parse(&in, &arena, &err, &root), FIEF_OK);
	if (config_schema_check(root, &err))
		fail_msg("%s: %u:%u: %s", text, err.at.line, err.at.column,
		         err.text);
	arena_fini(&arena);
}

void schema_refused(const char *text, const char *error)
{
	struct schema_parsed p;

	if (!schema_parse(&p, text))
		fail_msg("accepted, instead of %s: %s", error, text);
	message_expect(&p.err, error);
	arena_fini(&p.arena);
}

/* ---- the smallest config with some element in it ---- */

const char *schema_sample(const struct config_attr *row)
{
	if (row->type == CONFIG_WORD)
		return row->words[0];
	return row->type <= CONFIG_NAME ? "a" : "1";
}

static void tag(struct fmt *f, const struct config_element *e,
                const char *without)
{
	fmt_add(f, "<%s", e->name);
	CONFIG_FOR_EACH_ATTR(row, e)
		if (row->required && strcmp(row->name, without) != 0)
			fmt_add(f, " %s='%s'", row->name, schema_sample(row));
	/* It needs one selector, whichever. */
	if (!strcmp(e->name, "policy") && strcmp(without, "label") != 0)
		fmt_add(f, " label='l'");
}

/* Around it is all that another element may refer to. */
static void open(struct fmt *f, const struct config_entry *e)
{
	if (!e)
		return;
	open(f, e->in);
	if (!strcmp(e->place, "config/start"))
		fmt_add(f, "<affinity-space width='8' height='8'/>");
	tag(f, e->element, "");
	fmt_add(f, e->in ? ">" : " prio_levels='8'>");
}

void schema_document(char out[SCHEMA_DOC_MAX], const struct config_entry *e,
                     const char *inner)
{
	struct fmt f;

	fmt_init(&f, out, SCHEMA_DOC_MAX);
	open(&f, e->in);
	fmt_add(&f, "%s", inner);
	for (e = e->in; e; e = e->in)
		fmt_add(&f, "</%s>", e->element->name);
	assert_true(fmt_fits(&f));
}

void schema_elements(char out[SCHEMA_DOC_MAX], const struct config_entry *e,
                     const char *without, unsigned count)
{
	char inner[SCHEMA_DOC_MAX];
	struct fmt f;

	fmt_init(&f, inner, sizeof(inner));
	for (; count; count--) {
		fmt_add(&f, "\n  ");
		tag(&f, e->element, without);
		fmt_add(&f, "/>");
	}
	schema_document(out, e, inner);
}

void schema_with_attr(char out[SCHEMA_DOC_MAX], const struct config_entry *e,
                      const struct config_attr *row, const char *name,
                      const char *value)
{
	char inner[SCHEMA_DOC_MAX];
	struct fmt f;

	fmt_init(&f, inner, sizeof(inner));
	tag(&f, e->element, row->name);
	fmt_add(&f, "\n  %s='%s'/>", name, value);
	schema_document(out, e, inner);
}
