/* SPDX-License-Identifier: MIT */
/* `fief start`, and `fief stop` of a component: its <start> goes from the
 * configuration, and comes back from one that had it. */

#include <stdlib.h>
#include <string.h>

#include <fief/exit_code.h>

#include "command.h"
#include "component.h"
#include "past.h"
#include "stop_component.h"
#include "util.h"

/* ---- stop ---- */

static int edit_stop(struct submit *s, const struct component_change *c,
                     struct config_text *out)
{
	struct config_place p;
	int code = component_place(s, c->component, &p);

	if (!code)
		*out = config_edit_remove(&s->now.text, p.node);
	return code;
}

int stop_component(const struct submit_options *o, const char *component)
{
	const struct component_change c = { .submit = *o,
		                            .component = component,
		                            .verb = "stop",
		                            .edit = edit_stop };

	return component_change(&c);
}

/* ---- start ---- */

/* An init in the configuration in force, by its label. */
static const struct authority_init *init_find(const struct authority *a,
                                              const char *label)
{
	for (const struct authority_init *in = a->inits; in; in = in->next)
		if (!strcmp(in->label, label))
			return in;
	return NULL;
}

/* After the sibling that it followed, if that is still there. */
static size_t place_for(const struct config_place *old,
                        const struct authority_init *in,
                        const struct config_text *t)
{
	const struct node *after = NULL;
	size_t at;

	NODE_FOR_EACH(n, old->in->root, "start") {
		if (n == old->node)
			break;
		after = node_find(in->root, "start", "name",
		                  node_attr(n, "name", ""));
	}
	if (after)
		return after->to;
	at = in->root->to - 1;
	while (at > in->root->from && t->bytes[at] != '<')
		at--;
	return at;
}

/* Blanks between the begin of its line and the node. */
static int indent_of(const struct config_place *p)
{
	const char *from = p->a->text.bytes + p->node->from, *at = from;

	while (at > p->a->text.bytes && (at[-1] == ' ' || at[-1] == '\t'))
		at--;
	return at > p->a->text.bytes && at[-1] == '\n' ? (int)(from - at) : 0;
}

static struct config_text insert(const struct config_place *old,
                                 const struct authority_init *in,
                                 const struct config_text *now)
{
	const char *node = old->a->text.bytes + old->node->from;
	const int len = (int)(old->node->to - old->node->from);
	const int indent = indent_of(old);
	const bool empty = now->bytes[in->root->to - 2] == '/';
	const size_t at = empty ? in->root->to - 2 : place_for(old, in, now);
	char *text =
		util_text("%s\n%.*s%.*s%s", empty ? ">" : "", indent,
	                  node - indent, len, node, empty ? "\n</config>" : "");
	struct config_text out =
		config_edit_splice(now, at, empty ? in->root->to : at, text);

	free(text);
	return out;
}

/* True if that configuration had it, and `out` has it again. */
static bool start_from(struct submit *s, const struct component_change *c,
                       uint64_t number, struct config_text *out)
{
	struct findings ignored = { 0 };
	const struct authority_init *in;
	struct config_text text;
	struct config_place old;
	struct authority past;
	char near[LABEL_MAX + 1];
	uint64_t found;
	bool done = false;

	if (past_text(&s->target, number, &found, &text))
		return false;
	authority_open_text(&past, "", text, &ignored);
	findings_fini(&ignored);
	if (past.inits && config_place_find(&past, c->component, &old, near)) {
		in = init_find(&s->now, old.in->label);
		done = in != NULL;
		if (done)
			*out = insert(&old, in, &s->now.text);
	}
	authority_close(&past);
	return done;
}

static int edit_start(struct submit *s, const struct component_change *c,
                      struct config_text *out)
{
	char near[LABEL_MAX + 1] = "";
	struct config_place p;
	struct past past;
	bool done = false;
	int code;

	if (config_place_find(&s->now, c->component, &p, near)) {
		util_error("\"%s\" is in the configuration; if it ended, "
		           "`fief restart` starts it",
		           c->component);
		return FIEF_EXIT_USAGE;
	}
	code = past_fetch(&s->target, &past);
	if (code)
		return code;
	for (size_t i = past.count; i-- > 0 && !done;)
		done = start_from(s, c, past.entry[i].number, out);
	past_fini(&past);
	if (done)
		return 0;
	util_error("no configuration that the system had has a component "
	           "\"%s\"%s%s%s; `fief apply` brings new ones",
	           c->component, *near ? "; did you mean \"" : "", near,
	           *near ? "\"?" : "");
	return FIEF_EXIT_NOT_FOUND;
}

int command_start(int argc, char **argv)
{
	static const struct argp_option options[] = { SUBMIT_OPTIONS, { 0 } };
	static const struct argp argp = {
		.options = options,
		.parser = component_parse,
		.args_doc = "COMPONENT [NAME]",
		.doc = "Start a component that was stopped by `fief stop` or "
		       "left out by a later configuration: as the last one "
		       "had it.",
	};
	struct component_change c = { .submit.timeout_ms = SUBMIT_TIMEOUT_MS,
		                      .verb = "start",
		                      .edit = edit_start };

	command_parse(&argp, argc, argv, &c);
	return component_change(&c);
}
