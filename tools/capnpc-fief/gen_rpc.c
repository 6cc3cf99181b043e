/* SPDX-License-Identifier: MIT */
/* Client functions, dispatch and late replies of an interface. */
#include "gen.h"

#include <inttypes.h>
#include <string.h>

/* NAME_pack: one struct as a message; NAME_unpack: the other way. */
static void gen_pack(struct out *o, const struct node *n, const char *name)
{
	put_function(
		o, "static enum fief_err", fmt("%s_pack", name),
		(const char *const[]){ "struct kif_msg *m",
	                               fmt("const struct %s *v", n->c_name) },
		2, ")\n{\n");
	if (node_plain(n)) {
		put(o, "\tstruct capnp_slot s = wire_plain(m, %u);\n\n",
		    n->dwords);
		put(o, "\t%s_put_data(&s, v);\n", n->c_name);
		put(o, "\twire_plain_end(m, %u);\n", n->dwords);
		put(o, "\treturn FIEF_OK;\n}\n\n");
		return;
	}
	put(o, "\tstruct capnp_builder b;\n"
	       "\tenum fief_err e = wire_begin(m, &b);\n\n"
	       "\tif (!e)\n");
	put(o, "\t\te = %s_encode(&b, capnp_where_root(&b), v);\n", n->c_name);
	put(o, "\tif (!e)\n\t\twire_end(m, &b);\n\treturn e;\n}\n\n");
}

static void gen_unpack(struct out *o, const struct node *n, const char *name)
{
	put_function(o, "static enum fief_err", fmt("%s_unpack", name),
	             (const char *const[]){ "struct kif_msg *m",
	                                    fmt("struct %s *v", n->c_name) },
	             2, ")\n{\n");
	put(o, "\tstruct capnp_reader r;\n\tstruct capnp_struct root;\n"
	       "\tenum fief_err e = wire_open(m, &r, &root);\n\n"
	       "\tif (!e)\n");
	put(o, "\t\te = %s_decode(&root, v);\n", n->c_name);
	put(o, "\twire_close(m, &r, e);\n\treturn e;\n}\n\n");
}

static void gen_method_codec(struct out *o, const struct file *f,
                             const struct method *m, const struct shape *sh)
{
	const char *params = fmt("%s_params", sh->name);
	const char *results = fmt("%s_results", sh->name);

	put(o, "/* Method %s; %s */\n\n", m->name, origin(f, m->line));
	if (sh->nin) {
		if (m->params->parameters && !params_in_header(m, sh))
			gen_struct(o, f, m->params);
		if (m->params->parameters)
			gen_struct_codec(o, f, m->params);
		gen_pack(o, m->params, params);
		gen_unpack(o, m->params, params);
	}
	if (sh->nout) {
		if (m->results->parameters && !results_in_header(m, sh))
			gen_struct(o, f, m->results);
		if (m->results->parameters)
			gen_struct_codec(o, f, m->results);
		gen_pack(o, m->results, results);
		gen_unpack(o, m->results, results);
	}
}

/* The members of `n` from parameters of the same names. */
static void gen_collect(struct out *o, const struct node *n, const char *var)
{
	put(o, "\tstruct %s %s = {\n", n->c_name, var);
	for (size_t i = 0; i < n->nfields; i++) {
		const struct field *f = &n->fields[i];
		const char *c = c_member(f->name);
		bool deref = f->type.kind == TYPE_STRUCT ||
		             f->type.kind == TYPE_LIST;

		if (field_member(f))
			put(o, "\t\t.%s = %s%s,\n", c, deref ? "*" : "",
			    input_name(f));
	}
	put(o, "\t};\n");
}

static void gen_client_results(struct out *o, const struct method *m,
                               const struct shape *sh, const char *msg)
{
	if (sh->nout == 0) {
		put(o, "\twire_discard(%s);\n\treturn FIEF_OK;\n}\n\n", msg);
		return;
	}
	put(o, "\te = %s_results_unpack(%s, &r);\n", sh->name, msg);
	put(o, "\tif (e)\n\t\treturn e;\n");
	for (size_t i = 0; i < m->results->nfields; i++) {
		const struct field *f = &m->results->fields[i];
		const char *c = c_member(f->name);

		if (!field_member(f) || !m->results->parameters)
			continue;
		if (sh->reply)
			put(o, "\treply->%s = r.%s;\n", c, c);
		else if (!sh->packed_out)
			put(o, "\t*%s = r.%s;\n", output_name(m, f), c);
	}
	if (sh->reply && !m->results->parameters)
		put(o, "\treply->results = r;\n");
	else if (!sh->reply && sh->packed_out)
		put(o, "\t*results = r;\n");
	put(o, "\treturn FIEF_OK;\n}\n\n");
}

static void gen_client(struct out *o, const struct node *n,
                       const struct method *m, const struct shape *sh)
{
	const char *msg = sh->reply ? "&reply->msg" : "&m";
	struct args a = { 0 };

	args_add(&a, fmt("struct %s_cap s", n->c_name));
	args_in(&a, m, sh);
	if (sh->reply)
		args_add(&a, fmt("struct %s_reply *reply", sh->name));
	else
		args_out(&a, m, sh);
	put_function(o, "enum fief_err", sh->name, a.v, a.n, ")\n{\n");
	if (sh->nin && !sh->packed_in)
		gen_collect(o, m->params, "p");
	if (sh->nout)
		put(o, "\t%s r;\n", sh->results);
	if (!sh->reply)
		put(o, "\tstruct kif_msg m;\n");
	put(o, "\tenum fief_err e;\n\n");
	if (sh->nin)
		put(o,
		    "\te = %s_params_pack(%s, %s);\n"
		    "\tif (e)\n\t\treturn e;\n",
		    sh->name, msg, sh->packed_in ? "params" : "&p");
	else
		put(o, "\twire_empty(%s);\n", msg);
	put(o, "\te = fief_rpc_call(s.cap, %s, %s);\n", sh->label, msg);
	put(o, "\tif (e)\n\t\treturn e;\n");
	gen_client_results(o, m, sh, msg);
}

/* Arguments of the operation's call in the server function. */
static void gen_operation_call(struct out *o, const struct method *m,
                               const struct shape *sh)
{
	struct args a = { 0 };

	args_add(&a, "obj");
	if (sh->packed_in)
		args_add(&a, "&p");
	for (size_t i = 0; !sh->packed_in && i < m->params->nfields; i++) {
		const struct field *f = &m->params->fields[i];
		bool ref = f->type.kind == TYPE_STRUCT ||
		           f->type.kind == TYPE_LIST;

		if (field_member(f))
			args_add(&a, fmt("%sp.%s", ref ? "&" : "",
			                 c_member(f->name)));
	}
	if (sh->packed_out)
		args_add(&a, "&r");
	for (size_t i = 0; !sh->packed_out && i < m->results->nfields; i++)
		if (field_member(&m->results->fields[i]))
			args_add(&a, fmt("&r.%s",
			                 c_member(m->results->fields[i].name)));
	put_call(o, "\t", fmt("e = ops->%s", c_member(m->name)), a.v, a.n,
	         ");\n");
}

static void gen_server(struct out *o, const struct node *n,
                       const struct method *m, const struct shape *sh)
{
	put_function(o, "static enum fief_err", fmt("%s_serve", sh->name),
	             (const char *const[]){ "struct fief_rpc_obj *obj",
	                                    "struct kif_msg *in",
	                                    "struct kif_msg *out" },
	             3, ")\n{\n");
	put(o, "\tconst struct %s_ops *ops = obj->ops;\n", n->c_name);
	if (sh->nin)
		put(o, "\t%s p;\n", sh->params);
	if (sh->nout)
		put(o, "\t%s r = { 0 };\n", sh->results);
	put(o, "\tenum fief_err e;\n\n");
	put(o,
	    "\tif (!ops->%s)\n"
	    "\t\treturn wire_refuse(in, out, FIEF_UNSUPPORTED);\n",
	    c_member(m->name));
	if (sh->nin)
		put(o,
		    "\te = %s_params_unpack(in, &p);\n\tif (e)\n"
		    "\t\treturn wire_status(out, e);\n",
		    sh->name);
	else
		put(o, "\twire_discard(in);\n");
	gen_operation_call(o, m, sh);
	put(o, "\tif (e == FIEF_LATE)\n\t\treturn e;\n");
	if (sh->nout)
		put(o, "\tif (!e)\n\t\te = %s_results_pack(out, &r);\n",
		    sh->name);
	else
		put(o, "\twire_empty(out);\n");
	put(o, "\treturn wire_status(out, e);\n}\n\n");
}

static void gen_late(struct out *o, const struct method *m,
                     const struct shape *sh)
{
	struct args a = { 0 };

	args_add(&a, "fief_reply token");
	args_add(&a, "enum fief_err status");
	if (sh->nout)
		args_late(&a, m, sh);
	put_call(o, "", fmt("void %s_reply_send", sh->name), a.v, a.n,
	         ")\n{\n");
	if (sh->nout && !late_packed(sh))
		gen_collect(o, m->results, "r");
	put(o, "\tstruct kif_msg out;\n\n");
	if (sh->nout)
		put(o,
		    "\tif (!status)\n"
		    "\t\tstatus = %s_results_pack(&out, %s);\n",
		    sh->name, late_packed(sh) ? "results" : "&r");
	else
		put(o, "\twire_empty(&out);\n");
	put(o, "\t(void)wire_status(&out, status);\n"
	       "\tfief_rpc_reply(token, &out);\n}\n\n");
}

static void gen_dispatch(struct out *o, const struct node *n)
{
	const char *c = n->c_name;
	unsigned first = LABEL_BLOCK * n->level;

	if (n->nmethods) {
		put(o, "static wire_method *const %s_methods[] = {\n", c);
		for (size_t i = 0; i < n->nmethods; i++) {
			struct shape sh = shape_of(n, &n->methods[i]);

			put(o, "\t[%s - %u] = %s_serve,\n", sh.label, first,
			    sh.name);
		}
		put(o, "};\n\n");
	}
	put_function(o, "static enum fief_err", fmt("%s_dispatch", c),
	             (const char *const[]){ "struct fief_rpc_obj *obj",
	                                    "struct kif_msg *in",
	                                    "struct kif_msg *out" },
	             3, ")\n{\n");
	if (n->super)
		put(o,
		    "\tif (in->label < %u)\n"
		    "\t\treturn %s_rpc_type.dispatch(obj, in, out);\n",
		    first, n->super->c_name);
	if (n->nmethods)
		put(o,
		    "\treturn wire_dispatch(%s_methods, %zu, %u, obj, in, "
		    "out);\n}\n\n",
		    c, n->nmethods, first);
	else
		put(o,
		    "\t(void)obj;\n"
		    "\treturn wire_refuse(in, out, FIEF_UNSUPPORTED);\n}\n\n");
	put(o, "const struct fief_rpc_type %s_rpc_type = {\n", c);
	put(o,
	    "\t.name = \"%s\",\n\t.id = UINT64_C(0x%" PRIx64 "),\n"
	    "\t.dispatch = %s_dispatch,\n};\n\n",
	    n->path, n->id, c);
}

void gen_rpc(struct out *o, const struct file *f, const struct node *n)
{
	put(o, "/* Interface %s; %s */\n\n", n->name, origin(f, n->line));
	for (size_t i = 0; i < n->nmethods; i++) {
		const struct method *m = &n->methods[i];
		struct shape sh = shape_of(n, m);

		gen_method_codec(o, f, m, &sh);
		gen_client(o, n, m, &sh);
		gen_server(o, n, m, &sh);
		gen_late(o, m, &sh);
	}
	gen_dispatch(o, n);
}
