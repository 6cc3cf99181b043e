/* SPDX-License-Identifier: MIT */
/* A look into the files of a component. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fief/exit_code.h>
#include <lib/label.h>

#include "compose.h"
#include "look.h"
#include <tools/fief/client.h>
#include <tools/fief/records.h>
#include <tools/fief/util.h>

/* ---- arguments ---- */

static bool of_host(const char *arg)
{
	return *arg == '/' || !strncmp(arg, "./", 2) || !strncmp(arg, "../", 3);
}

void look_parse(const char *arg, struct look_place *out)
{
	const char *colon = of_host(arg) ? NULL : strstr(arg, ":/");
	const size_t len = strlen(arg);

	if (!colon && len > 1 && arg[len - 1] == ':' && !of_host(arg))
		colon = arg + len - 1;
	*out = (struct look_place){ 0 };
	if (!colon || colon == arg) {
		out->path = util_text("%s", arg);
		return;
	}
	out->component = util_text("%.*s", (int)(colon - arg), arg);
	out->path = util_text("%s", colon[1] ? colon + 1 : "/");
}

void look_place_fini(struct look_place *p)
{
	free(p->component);
	free(p->path);
	*p = (struct look_place){ 0 };
}

int look_parse_option(int key, char *arg, struct look_options *o)
{
	switch (key) {
	case LOOK_KEY_NAME:
		o->system = arg;
		return 0;
	case LOOK_KEY_AS:
		o->as = arg;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* ---- the request ---- */

/* What is in its own memory only it can show. */
static void tell_how(const struct look *l, const char *how)
{
	if (!strncmp(how, view_of_names[VIEW_OF_EMPTY_TREE],
	             strlen(view_of_names[VIEW_OF_EMPTY_TREE])))
		util_error("\"%s\" keeps some of its files in its own memory; "
		           "here they are as at its start",
		           l->component);
}

/* "view TAB LABEL TAB HOW". */
static bool answer_parse(struct look *l, char *answer)
{
	char *label = strchr(answer, '\t');
	char *of = label ? strchr(label + 1, '\t') : NULL;

	if (!of || strncmp(answer, "view\t", 5) != 0)
		return false;
	*of++ = '\0';
	l->label = util_text("%s", label + 1);
	tell_how(l, of);
	return true;
}

static int request(struct look *l, const struct look_options *o,
                   const char *component, int *fd)
{
	char *line = util_text("view %c\t%s\t%s%s", o->writeable ? 'w' : 'r',
	                       component, o->as ? "=" : "", o->as ? o->as : "");
	struct client_request r = { .name = l->target.name, .text = line };
	bool missing = false, refused = false;
	char *answer;
	int code = 0;

	r.refused = &refused;
	r.keep = fd;
	answer = client_ask(&l->target.dir, &r, &missing);
	if (!answer)
		code = missing || refused ? FIEF_EXIT_NOT_FOUND :
		                            FIEF_EXIT_FRAMEWORK;
	else if (!answer_parse(l, answer))
		code = FIEF_EXIT_FRAMEWORK;
	free(answer);
	free(line);
	return code;
}

/* ---- why it does not go on ---- */

struct reasons {
	const char *label, *name; /* of the component that looks */
	char *own, *others;       /* owned: the last lines */
};

static void keep(char **line, const char *text)
{
	free(*line);
	*line = util_safe(text);
}

/* What it said itself; or else others of it, such as its init. */
static void reason_take(void *arg, const struct record *r)
{
	struct reasons *why = arg;

	if (!strcmp(r->label, why->label)) {
		if (!why->own || !strstr(r->text, "cannot start"))
			keep(&why->own, r->text);
	} else if (strstr(r->text, why->name)) {
		keep(&why->others, r->text);
	}
}

static void tell_end(struct look *l)
{
	struct reasons why = { l->label, label_last(l->label), NULL, NULL };
	uint64_t next = 0;

	util_error("cannot look into \"%s\": %s", l->component, l->p9.why);
	if (!records_fetch(&l->target, "log", &next, reason_take, &why) &&
	    (why.own || why.others))
		util_error("the log says: %s", why.own ? why.own : why.others);
	free(why.own);
	free(why.others);
}

int look_failed(struct look *l, const char *path, int error)
{
	char *safe;

	if (error == P9_BROKEN) {
		tell_end(l);
		return FIEF_EXIT_FRAMEWORK;
	}
	safe = util_safe(path);
	util_error("%s:%s: %s", l->component, safe, strerror(error));
	free(safe);
	return 1;
}

/* ---- life ---- */

int look_open(struct look *l, const struct look_options *o,
              const char *component)
{
	int code, fd = -1;

	*l = (struct look){ .p9.fd = -1 };
	code = target_open(&l->target, o->system, NULL);
	if (code)
		return code;
	l->component = util_text("%s", component);
	code = request(l, o, component, &fd);
	if (!code && p9_open(&l->p9, fd)) {
		if (!l->p9.broken)
			l->p9.why = "it refused to begin";
		tell_end(l);
		code = FIEF_EXIT_FRAMEWORK;
	}
	if (code)
		look_close(l);
	return code;
}

void look_close(struct look *l)
{
	p9_close(&l->p9);
	target_close(&l->target);
	free(l->component);
	free(l->label);
	l->component = l->label = NULL;
}
