/* SPDX-License-Identifier: MIT */
/* Policies: a directory for all, or one for each label. */

#include "policy.h"

#include <fief/args.h>
#include <fief/policy.h>
#include <lib/mem.h>
#include <os/file_rom/where.h>

enum { PARENT_LABEL_MAX = 160 }; /* as session/parent.capnp has it */

/* The policy's directory. */
static enum fief_err root_make(const struct node *policy, const char *label,
                               struct where *w)
{
	const char *path = node_attr(policy, "path", NULL);
	const char *prefix = node_attr(policy, "path_prefix", NULL);
	const char *root = path ? path : prefix;
	struct label who;
	enum fief_err e;

	w->path[0] = '\0';
	if (!root)
		return FIEF_DENIED;
	if (*root != '/')
		return FIEF_INVALID;
	e = root[1] ? where_add_path(w, root) : FIEF_OK;
	if (e || path)
		return e;
	e = label_identity(&who, label);
	return e ? e : where_add_label(w, who.text);
}

static enum fief_err label_make(const struct node *policy, const char *label,
                                struct label *out)
{
	static struct where w;               /* too large for the stack */
	const char *dir = label_last(label); /* below it */
	enum fief_err e = root_make(policy, label, &w);

	if (!e && strcmp(dir, "/") != 0)
		e = where_add_path(&w, dir);
	if (e)
		return e;
	if (strlen(w.path) > PARENT_LABEL_MAX)
		return FIEF_TOO_LONG;
	return label_set(out, *w.path ? w.path : "/");
}

/* Only what we understand is passed on, so that nobody can say it twice. */
static enum fief_err args_make(const struct node *policy, const char *args,
                               char out[POLICY_ARGS_MAX])
{
	bool writeable;
	uint64_t buffer;
	char wish[8];
	struct fmt f;
	enum fief_err e =
		node_attr_bool(policy, "writeable", false, NULL, &writeable);

	if (!e)
		e = fief_args_u64(args, "buffer", 0, &buffer);
	if (e)
		return e;
	if (!fief_args_text(args, "writeable", wish, sizeof(wish)) &&
	    strcmp(wish, "yes") != 0)
		writeable = false;
	fmt_init(&f, out, POLICY_ARGS_MAX);
	fmt_string(&f, writeable ? "writeable=yes" : "writeable=no");
	if (buffer)
		fmt_add(&f, ", buffer=%llu", (unsigned long long)buffer);
	return FIEF_OK;
}

enum fief_err policy_apply(const struct node *config, const char *label,
                           const char *args, struct policy_session *out)
{
	const struct node *policy = fief_policy_find(config, label);
	enum fief_err e;

	if (!policy)
		return FIEF_DENIED;
	e = label_make(policy, label, &out->label);
	return e ? e : args_make(policy, args, out->args);
}
