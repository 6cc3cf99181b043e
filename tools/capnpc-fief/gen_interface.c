/* SPDX-License-Identifier: MIT */
/* Declarations of an interface: quotas, client functions, operations. */
#include "gen.h"

#include <inttypes.h>
#include <limits.h>
#include <string.h>

static void gen_number(struct out *o, const char *name, uint64_t v)
{
	if (v <= INT_MAX)
		put(o, "enum { %s = %" PRIu64 " };\n", name, v);
	else
		put(o, "static const uint64_t %s = UINT64_C(%" PRIu64 ");\n",
		    name, v);
}

static void gen_quota(struct out *o, const struct node *n)
{
	if (n->service)
		put(o, "#define %s \"%s\"\n", enumerator(n, "service"),
		    n->service);
	if (n->ram_quota)
		gen_number(o, enumerator(n, "ramQuota"), n->ram_quota);
	if (n->cap_quota)
		gen_number(o, enumerator(n, "capQuota"), n->cap_quota);
	if (n->service || n->ram_quota || n->cap_quota)
		put(o, "\n");
}

static void gen_labels(struct out *o, const struct node *n)
{
	if (n->nmethods == 0)
		return;
	put(o,
	    "/* Labels of requests: ordinal + %d for each ancestor (%u) of "
	    "the interface. */\n",
	    LABEL_BLOCK, n->level);
	put(o, "enum %s_method {\n", n->c_name);
	for (size_t i = 0; i < n->nmethods; i++)
		put(o, "\t%s = %zu,\n",
		    enumerator(n, fmt("method_%s", n->methods[i].name)),
		    i + (size_t)LABEL_BLOCK * n->level);
	put(o, "};\n\n");
}

static void gen_upcasts(struct out *o, const struct node *n)
{
	for (const struct node *a = n->super; a; a = a->super) {
		put(o, "/* The same object as a %s. */\n", a->name);
		put(o,
		    "static inline struct %s_cap\n%s_as_%s(struct %s_cap s)"
		    "\n{\n",
		    a->c_name, n->c_name, a->c_name, n->c_name);
		put(o, "\treturn (struct %s_cap){ s.cap };\n}\n\n", a->c_name);
	}
}

/* Structs that the functions of a method take, and the reply with views. */
static void gen_method_structs(struct out *o, const struct file *f,
                               const struct method *m, const struct shape *sh)
{
	if (params_in_header(m, sh))
		gen_struct(o, f, m->params);
	if (results_in_header(m, sh))
		gen_struct(o, f, m->results);
	if (!sh->reply)
		return;
	put(o, "/* Results of %s; they point into `msg`. */\n", sh->name);
	put(o, "struct %s_reply {\n\tstruct kif_msg msg;\n", sh->name);
	for (size_t i = 0; i < m->results->nfields; i++) {
		const struct field *fd = &m->results->fields[i];

		if (m->results->parameters && field_member(fd))
			put(o, "\t%s;\n",
			    declare(field_type(fd), c_member(fd->name)));
	}
	if (!m->results->parameters)
		put(o, "\t%s results;\n", sh->results);
	put(o, "};\n\n");
}

/* "Errors: A, B.", in lines that fit a comment. */
static const char *errors_text(const struct method *m)
{
	const char *s = m->nerrors ? "Errors: " : "";
	size_t column = strlen(s);

	for (size_t i = 0; i < m->nerrors; i++) {
		const char *end = i + 1 < m->nerrors ? "," : ".";
		const char *gap = i > 0 ? " " : "";

		if (column + strlen(m->errors[i]) + 1 > 56) {
			gap = "\n";
			column = 0;
		}
		s = fmt("%s%s%s%s", s, gap, m->errors[i], end);
		column += strlen(m->errors[i]) + 2;
	}
	return s;
}

static void gen_client(struct out *o, const struct file *f,
                       const struct node *n, const struct method *m,
                       const struct shape *sh)
{
	struct args a = { 0 };
	const char *tail = errors_text(m);

	args_add(&a, fmt("struct %s_cap s", n->c_name));
	args_in(&a, m, sh);
	if (sh->reply)
		args_add(&a, fmt("struct %s_reply *reply", sh->name));
	else
		args_out(&a, m, sh);
	put_comment(o, "", m->doc,
	            tail[0] ? fmt("%s %s", tail, origin(f, m->line)) :
	                      origin(f, m->line));
	put_function(o, "FIEF_MUST enum fief_err", sh->name, a.v, a.n,
	             ");\n\n");
}

static const char ops_rules[] =
	" * NULL answers UNSUPPORTED. Capabilities among the parameters belong "
	"to the\n"
	" * operation. Views among them are valid until it returns; views "
	"among the\n"
	" * results must be until the reply is made: never point them at the "
	"operation's\n"
	" * own frame. Results count with OK only.\n";

static void gen_ops(struct out *o, const struct node *n)
{
	bool base = n->super && has_ops(n->super);

	if (!has_ops(n))
		return;
	put(o, "/*\n * What a server of %s fills in.\n%s */\n", n->name,
	    ops_rules);
	put(o, "struct %s_ops {\n", n->c_name);
	if (base)
		put(o, "\tstruct %s_ops base;\n", n->super->c_name);
	for (size_t i = 0; i < n->nmethods; i++) {
		const struct method *m = &n->methods[i];
		struct shape sh = shape_of(n, m);
		struct args a = { 0 };

		args_add(&a, "struct fief_rpc_obj *self");
		args_in(&a, m, &sh);
		args_out(&a, m, &sh);
		put_call(o, "\t", fmt("enum fief_err (*%s)", c_member(m->name)),
		         a.v, a.n, ");\n");
	}
	put(o, "};\n\n");
}

static void gen_late(struct out *o, const struct method *m,
                     const struct shape *sh)
{
	struct args a = { 0 };

	args_add(&a, "fief_reply token");
	args_add(&a, "enum fief_err status");
	args_late(&a, m, sh);
	put_call(o, "", fmt("void %s_reply_send", sh->name), a.v, a.n, ");\n");
}

void gen_interface(struct out *o, const struct file *f, const struct node *n)
{
	put_comment(o, "", n->doc,
	            fmt("Interface %s; %s", n->name, origin(f, n->line)));
	gen_quota(o, n);
	gen_labels(o, n);
	gen_upcasts(o, n);
	for (size_t i = 0; i < n->nmethods; i++) {
		struct shape sh = shape_of(n, &n->methods[i]);

		gen_method_structs(o, f, &n->methods[i], &sh);
		gen_client(o, f, n, &n->methods[i], &sh);
	}
	gen_ops(o, n);
	put(o, "extern const struct fief_rpc_type %s_rpc_type;\n\n", n->c_name);
	if (n->nmethods == 0)
		return;
	put(o, "/* Answer a request whose operation returned FIEF_LATE. */\n");
	for (size_t i = 0; i < n->nmethods; i++) {
		struct shape sh = shape_of(n, &n->methods[i]);

		gen_late(o, &n->methods[i], &sh);
	}
	put(o, "\n");
}
