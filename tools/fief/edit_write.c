/* SPDX-License-Identifier: MIT */
/* Pieces of configuration, and the places where they are to stand. */

#include <stdlib.h>
#include <string.h>

#include "config_edit.h"
#include "edit_write.h"
#include "util.h"

/* ---- text ---- */

char *edit_service_text(const char *service)
{
	char *name = config_edit_escaped(service);
	char *text = util_text("<service name=\"%s\"/>", name);

	free(name);
	return text;
}

char *edit_target_text(const struct config_start *server)
{
	char *name = server ? config_edit_escaped(server->name) : NULL;
	char *text = server ? util_text("<child name=\"%s\"/>", name) :
	                      util_text("<parent/>");

	free(name);
	return text;
}

/* ---- place ---- */

/* Of a byte of the source. */
static struct node_place place_of(const struct config_text *t, size_t byte)
{
	struct node_place p = { 1, 1 };

	for (size_t i = 0; i < byte && i < t->len; i++) {
		if (t->bytes[i] == '\n') {
			p.line++;
			p.column = 1;
		} else if (((unsigned char)t->bytes[i] & 0xc0) != 0x80) {
			p.column++;
		}
	}
	return p;
}

/* Takes `text` over. */
void edit_add(const struct wanted *w, struct node_place at, char *text,
              char *instead)
{
	w->out->list[w->out->count++] = (struct edit){ at, text, instead };
}

/* As the last content of a node; takes `text` over. */
void edit_add_within(const struct wanted *w, const struct node *n, char *text)
{
	const struct config_text *t = &w->a->text;
	size_t last = n->to - 1;

	if (t->bytes[last - 1] != '/') {
		while (last > n->from && t->bytes[last] != '<')
			last--;
		edit_add(w, place_of(t, last), text, NULL);
		return;
	}
	/* "<route/>" becomes "<route> ... </route>". */
	edit_add(w, n->at,
	         util_text("%.*s> %s </%s>", (int)(last - 1 - n->from),
	                   t->bytes + n->from, text, n->name),
	         util_text("%.*s", (int)(n->to - n->from), t->bytes + n->from));
	free(text);
}

/* The same within a child of the node, which is made if need be. */
void edit_add_within_list(const struct wanted *w, const struct node *n,
                          const char *type, char *text)
{
	const struct node *list = node_first(n, type);
	char *whole;

	if (list) {
		edit_add_within(w, list, text);
		return;
	}
	whole = util_text("<%s> %s </%s>", type, text, type);
	free(text);
	edit_add_within(w, n, whole);
}
