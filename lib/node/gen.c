/* SPDX-License-Identifier: MIT */
/* Generator of XML text. */
#include <lib/mem.h>
#include <lib/node_gen.h>
#include <lib/number.h>
#include <lib/utf8.h>

void node_gen_init(struct node_gen *g, char *buf, size_t size)
{
	*g = (struct node_gen){ 0 };
	fmt_init(&g->out, buf, size);
}

static void fail(struct node_gen *g, enum fief_err cause)
{
	if (!g->error)
		g->error = cause;
}

static bool name_start(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
	       c == ':' || (unsigned char)c >= 0x80;
}

static bool name_char(char c)
{
	return name_start(c) || (c >= '0' && c <= '9') || c == '-' || c == '.';
}

/* Exact for ASCII; of the rest, what the front end let in. */
static bool name_valid(const char *name)
{
	const size_t len = name ? strlen(name) : 0;

	if (!len || !name_start(*name) || !utf8_valid(name, len))
		return false;
	while (name_char(*name))
		name++;
	return !*name;
}

/* How a character is written within text and values; NULL: as it is. */
static const char *escape(uint32_t c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\t':
		return "&#9;";
	case '\n':
		return "&#10;";
	case '\r':
		return "&#13;";
	default:
		return NULL;
	}
}

static bool expressible(uint32_t c)
{
	if (c < ' ')
		return c == '\t' || c == '\n' || c == '\r';
	return c != 0xfffe && c != 0xffff;
}

static void put_replacement(struct node_gen *g)
{
	char bytes[UTF8_MAX];

	fmt_bytes(&g->out, bytes, utf8_encode(bytes, UTF8_REPLACEMENT));
}

/* Write escaped; those in `plain` as they are. */
static void put_escaped(struct node_gen *g, const char *text, size_t len,
                        const char *plain)
{
	for (size_t n; len; text += n, len -= n) {
		const char *by = NULL;
		uint32_t c = 0;

		n = utf8_decode(text, len, &c);
		if (!n || !expressible(c)) {
			n = n ? n : 1;
			put_replacement(g);
			continue;
		}
		if (n == 1 && !strchr(plain, (int)c))
			by = escape(c);
		if (by)
			fmt_string(&g->out, by);
		else
			fmt_bytes(&g->out, text, n);
	}
}

static uint64_t level(const struct node_gen *g)
{
	return (uint64_t)1 << (g->depth - 1);
}

static void tag_end(struct node_gen *g)
{
	if (g->tag_open)
		fmt_char(&g->out, '>');
	g->tag_open = false;
}

static void new_line(struct node_gen *g)
{
	fmt_char(&g->out, '\n');
	for (unsigned i = 0; i < g->depth; i++)
		fmt_char(&g->out, '\t');
}

/* Prepare the open node for a child. */
static void child_begin(struct node_gen *g)
{
	tag_end(g);
	g->with_child |= level(g);
	if (!(g->with_text & level(g)))
		new_line(g);
}

void node_gen_open(struct node_gen *g, const char *name)
{
	if (g->done || !name_valid(name))
		fail(g, FIEF_INVALID);
	if (g->depth == NODE_DEPTH_MAX)
		fail(g, FIEF_LIMIT);
	if (g->error)
		return;
	if (g->depth)
		child_begin(g);
	fmt_add(&g->out, "<%s", name);
	g->name[g->depth++] = name;
	g->with_text &= ~level(g);
	g->with_child &= ~level(g);
	g->tag_open = true;
}

void node_gen_close(struct node_gen *g)
{
	const char *name;
	bool child, text;

	if (!g->depth)
		fail(g, FIEF_INVALID);
	if (g->error)
		return;
	child = g->with_child & level(g);
	text = g->with_text & level(g);
	name = g->name[--g->depth];
	if (child && !text)
		new_line(g);
	if (g->tag_open)
		fmt_string(&g->out, "/>");
	else
		fmt_add(&g->out, "</%s>", name);
	g->tag_open = false;
	if (!g->depth) {
		fmt_char(&g->out, '\n');
		g->done = true;
	}
}

void node_gen_attr(struct node_gen *g, const char *name, const char *value)
{
	if (!g->tag_open || !name_valid(name))
		fail(g, FIEF_INVALID);
	if (g->error)
		return;
	fmt_add(&g->out, " %s=\"", name);
	put_escaped(g, value, strlen(value), "");
	fmt_char(&g->out, '"');
}

void node_gen_attr_bool(struct node_gen *g, const char *name, bool value)
{
	node_gen_attr(g, name, value ? "yes" : "no");
}

void node_gen_attr_u64(struct node_gen *g, const char *name, uint64_t value)
{
	char text[NUMBER_TEXT_MAX];
	struct fmt f;

	fmt_init(&f, text, sizeof(text));
	fmt_add(&f, "%llu", (unsigned long long)value);
	node_gen_attr(g, name, text);
}

void node_gen_attr_i64(struct node_gen *g, const char *name, int64_t value)
{
	char text[NUMBER_TEXT_MAX];
	struct fmt f;

	fmt_init(&f, text, sizeof(text));
	fmt_add(&f, "%lld", (long long)value);
	node_gen_attr(g, name, text);
}

void node_gen_attr_size(struct node_gen *g, const char *name, uint64_t value)
{
	char text[NUMBER_TEXT_MAX];

	node_gen_attr(g, name, number_text(text, value));
}

void node_gen_text(struct node_gen *g, const char *text, size_t len)
{
	if (!g->depth)
		fail(g, FIEF_INVALID);
	if (g->error || !len)
		return;
	tag_end(g);
	g->with_text |= level(g);
	put_escaped(g, text, len, "\t\n\"");
}

static void head(struct node_gen *g, const struct node *n)
{
	node_gen_open(g, n->name);
	NODE_FOR_EACH_ATTR(a, n)
		node_gen_attr(g, a->name, a->value);
}

/* Recursion ends at the depth limit of the generator, with an error. */
void node_gen_node(struct node_gen *g, const struct node *n)
{
	if (g->error)
		return;
	if (!n->name) {
		node_gen_text(g, n->text, n->text_len);
		return;
	}
	head(g, n);
	for (const struct node *c = n->first; c; c = c->next)
		node_gen_node(g, c);
	node_gen_close(g);
}

enum fief_err node_gen_finish(struct node_gen *g, size_t *len)
{
	if (!g->done)
		fail(g, FIEF_INVALID);
	if (g->error)
		return g->error;
	*len = g->out.len;
	return fmt_fits(&g->out) ? FIEF_OK : FIEF_TOO_LONG;
}

enum fief_err node_gen_document(const struct node *n, char *buf, size_t size,
                                size_t *len)
{
	struct node_gen g;

	node_gen_init(&g, buf, size);
	node_gen_node(&g, n);
	return node_gen_finish(&g, len);
}
