/* SPDX-License-Identifier: MIT */
/* Messages about malformed documents: what was found, what was expected. */
#include <lib/mem.h>
#include <lib/utf8.h>

#include "xml_error.h"

enum { EXCERPT_MAX = 24 };

/* What was expected where libexpat stopped; the others are told as found. */
static const char *expected(enum XML_Error code, const struct node *open)
{
	if (code == XML_ERROR_UNDEFINED_ENTITY)
		return "&lt; &gt; &amp; &quot; &apos; or a number";
	if (code == XML_ERROR_BAD_CHAR_REF)
		return "the number of a character";
	if (code == XML_ERROR_DUPLICATE_ATTRIBUTE)
		return "an attribute that the node does not have yet";
	if (code == XML_ERROR_JUNK_AFTER_DOC_ELEMENT)
		return "the end of the document after its root";
	if (code == XML_ERROR_MISPLACED_XML_PI)
		return "an XML declaration only at the very start";
	if (code == XML_ERROR_UNCLOSED_CDATA_SECTION)
		return "]]> at the end of the CDATA section";
	return open ? "well-formed content or end of the node" :
	              "a well-formed node";
}

/* The text at `offset`, up to a blank, safe to show. */
static void excerpt(struct fmt *f, const struct xml_cursor *c, size_t offset)
{
	uint32_t cp = 0;
	size_t n;

	if (offset >= c->len) {
		fmt_string(f, "the end of the document");
		return;
	}
	n = utf8_decode(c->text + offset, c->len - offset, &cp);
	if (!n || cp < ' ') {
		fmt_add(f, "the byte 0x%02x", (unsigned char)c->text[offset]);
		return;
	}
	fmt_char(f, '\'');
	do {
		fmt_bytes(f, c->text + offset, n);
		offset += n;
		n = utf8_decode(c->text + offset, c->len - offset, &cp);
	} while (n && cp > ' ' && cp != '<' && f->len + n < EXCERPT_MAX - 1);
	fmt_char(f, '\'');
}

static enum fief_err mismatch(const struct xml_found *found,
                              struct xml_cursor *c, struct node_error *err)
{
	const struct node *const n = found->open;
	size_t len = 0;

	while (found->at + len < c->len &&
	       !strchr("> \t\r\n", c->text[found->at + len]))
		len++;
	return node_error_set(err, FIEF_INVALID, xml_place(c, found->at),
	                      "found </%.*s>, expected </%s> for line %u",
	                      (int)len, c->text + found->at, n->name,
	                      n->at.line);
}

/* The document ends while something is open. */
static enum fief_err unfinished(const struct xml_found *found,
                                struct xml_cursor *c, struct node_error *err)
{
	const struct node_place end = xml_place(c, c->len);
	const struct node *const n = found->open;

	if (n)
		return node_error_set(err, FIEF_INVALID, end,
		                      "found the end of the document, "
		                      "expected </%s> for line %u",
		                      n->name, n->at.line);
	return node_error_set(err, FIEF_INVALID, end,
	                      "found the end of the document, expected a "
	                      "node");
}

enum fief_err xml_error(const struct xml_found *found, struct xml_cursor *c,
                        struct node_error *err)
{
	const struct node_place at = xml_place(c, found->at);
	char text[EXCERPT_MAX + 8];
	struct fmt f;

	if (found->code == XML_ERROR_NO_MEMORY)
		return node_error_set(err, FIEF_OUT_OF_RAM, at,
		                      "not enough memory for the document");
	if (found->code == XML_ERROR_TAG_MISMATCH && found->open)
		return mismatch(found, c, err);
	if (found->code == XML_ERROR_NO_ELEMENTS)
		return unfinished(found, c, err);
	fmt_init(&f, text, sizeof(text));
	excerpt(&f, c, found->at);
	return node_error_set(err, FIEF_INVALID, at,
	                      "%s: found %s, expected %s",
	                      XML_ErrorString(found->code), text,
	                      expected(found->code, found->open));
}
