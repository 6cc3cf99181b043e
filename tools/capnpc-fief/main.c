/* SPDX-License-Identifier: MIT */
/*
 * capnpc-fief: C for the interfaces of Fief from Cap'n Proto schemas.
 *
 *   capnpc-fief [-I DIR]... [-p PREFIX] [-o DIR] FILE...
 *       runs `capnp compile` on the files and generates from what it says
 *   capnp compile -o ./capnpc-fief[:DIR] FILE...
 *       as a plugin: the same, reading the request from standard input
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gen.h"
#include "request.h"
#include "source.h"

enum { IMPORT_DIRS_MAX = 32 };

struct options {
	const char *out_dir;
	const char *prefix;
	char *import[IMPORT_DIRS_MAX];
	size_t nimports;
	char **files; /* none: plugin */
	size_t nfiles;
};

static void usage(FILE *f)
{
	fputs("usage: capnpc-fief [-I DIR]... [-p PREFIX] [-o DIR] FILE...\n"
	      "       capnp compile -o ./capnpc-fief[:DIR] FILE...\n"
	      "  -I DIR     look there for imports of absolute names\n"
	      "  -p PREFIX  folder of the generated headers in #include\n"
	      "             (session)\n"
	      "  -o DIR     write NAME.h, NAME.c and NAME.md there (.)\n",
	      f);
}

static struct options parse_options(int argc, char **argv)
{
	struct options o = { .out_dir = ".", .prefix = "session" };
	int c;

	while ((c = getopt(argc, argv, "hI:p:o:")) != -1) {
		if (c == 'I' && o.nimports < IMPORT_DIRS_MAX) {
			o.import[o.nimports++] = optarg;
		} else if (c == 'p') {
			o.prefix = optarg;
		} else if (c == 'o') {
			o.out_dir = optarg;
		} else {
			usage(c == 'h' ? stdout : stderr);
			exit(c == 'h' ? 0 : 2);
		}
	}
	o.files = argv + optind;
	o.nfiles = (size_t)(argc - optind);
	return o;
}

static void exec_capnp(const struct options *o)
{
	char **argv = arena_alloc(o->nimports + o->nfiles + 4, sizeof(*argv));
	size_t n = 0;

	argv[n++] = fmt("capnp");
	argv[n++] = fmt("compile");
	argv[n++] = fmt("-o-");
	for (size_t i = 0; i < o->nimports; i++)
		argv[n++] = fmt("-I%s", o->import[i]);
	for (size_t i = 0; i < o->nfiles; i++)
		argv[n++] = o->files[i];
	execvp("capnp", argv);
	fprintf(stderr, "capnpc-fief: error: cannot run capnp: %s\n",
	        strerror(errno));
	_exit(127);
}

/* Run the compiler; it reports errors of the schema itself. */
static uint64_t *compile(const struct options *o, size_t *bytes)
{
	int fd[2], status, first;
	uint64_t *words = NULL;
	FILE *f;
	pid_t pid;

	if (pipe(fd) != 0)
		fatal("pipe: %s", strerror(errno));
	pid = fork();
	if (pid < 0)
		fatal("fork: %s", strerror(errno));
	if (pid == 0) {
		dup2(fd[1], STDOUT_FILENO);
		close(fd[0]);
		close(fd[1]);
		exec_capnp(o);
	}
	close(fd[1]);
	f = fdopen(fd[0], "rb");
	if (!f)
		fatal("fdopen: %s", strerror(errno));
	first = getc(f); /* nothing comes if the schema is wrong */
	if (first != EOF) {
		ungetc(first, f);
		words = request_read(f, bytes);
	}
	fclose(f);
	if (waitpid(pid, &status, 0) != pid || status != 0)
		return NULL;
	return words;
}

static const char *stem_of(const char *name)
{
	const char *slash = strrchr(name, '/');
	char *stem = fmt("%s", slash ? slash + 1 : name);
	char *dot = strrchr(stem, '.');

	if (dot)
		*dot = '\0';
	return stem;
}

/* Scan the source for line numbers. `capnp` names files relative to where it
 * was started, and starts a plugin in the output folder. */
static void find_source(const struct options *o, struct file *f, size_t i)
{
	if (i < o->nfiles) {
		f->name = o->files[i];
		f->source = source_scan(f->name);
		return;
	}
	f->source =
		source_scan(fmt("/proc/%d/cwd/%s", (int)getppid(), f->name));
	if (!f->source)
		f->source = source_scan(fmt("/%s", f->name));
}

static void set_lines(struct schema *s, const struct file *f)
{
	for (struct node *n = s->nodes; n < s->nodes + s->nnodes; n++) {
		char *path = fmt("%s", n->path);

		if (n->file != f->node)
			continue;
		path[strcspn(path, "$")] = '\0';
		n->line = source_line(f->source, path);
		for (size_t i = 0; i < n->nfields; i++) {
			struct field *fd = &n->fields[i];

			fd->line = source_line(f->source,
			                       fmt("%s.%s", path, fd->name));
			if (!fd->line)
				fd->line = n->line;
		}
		for (size_t i = 0; i < n->nmethods; i++)
			n->methods[i].line =
				source_line(f->source, fmt("%s.%s", path,
			                                   n->methods[i].name));
	}
}

/* Whether code is generated for the file: annotations alone give none. */
static bool has_code(const struct schema *s, const struct node *file)
{
	if (file->id == fief_capnp_id)
		return false;
	for (const struct node *n = s->nodes; n < s->nodes + s->nnodes; n++)
		if (n->file == file && n->kind != NODE_FILE &&
		    n->kind != NODE_ANNOTATION)
			return true;
	return false;
}

static void put_imports(struct out *o, const struct schema *s,
                        const struct file *f)
{
	for (size_t i = 0; i < f->nimports; i++) {
		const char *name = f->imports[i].name;
		int len = (int)(strlen(name) - strlen(".capnp"));

		if (!f->imports[i].file || !has_code(s, f->imports[i].file))
			continue;
		if (name[0] == '/')
			put(o, "#include <%.*s.h>\n", len - 1, name + 1);
		else
			put(o, "#include <%s/%.*s.h>\n", f->prefix, len, name);
	}
}

static void generate_header(struct out *o, const struct schema *s,
                            const struct file *f)
{
	put(o, "/* Generated by capnpc-fief from %s.capnp; do not edit. */\n",
	    f->stem);
	put_comment(o, "", f->node->doc, NULL);
	put(o, "#pragma once\n\n#include <fief/rpc.h>\n");
	put_imports(o, s, f);
	put(o, "#include <lib/capnp.h>\n\nstruct capnp_builder;\n\n");
	gen_types(o, s, f);
	FOR_NODES(n, s, f, NODE_INTERFACE)
	gen_interface(o, f, n);
}

static void generate_source(struct out *o, const struct schema *s,
                            const struct file *f)
{
	put(o, "/* Generated by capnpc-fief from %s.capnp; do not edit. */\n",
	    f->stem);
	put(o, "#include <%s/%s.h>\n\n#include <session/wire.h>\n\n", f->prefix,
	    f->stem);
	gen_codec(o, s, f);
	FOR_NODES(n, s, f, NODE_INTERFACE)
	gen_rpc(o, f, n);
}

static void generate(const struct options *o, const struct schema *s,
                     const struct file *f)
{
	struct out text = { 0 };

	generate_header(&text, s, f);
	out_save(&text, o->out_dir, fmt("%s.h", f->stem));
	generate_source(&text, s, f);
	out_save(&text, o->out_dir, fmt("%s.c", f->stem));
	gen_page(&text, s, f);
	out_save(&text, o->out_dir, fmt("%s.md", f->stem));
}

int main(int argc, char **argv)
{
	struct options o = parse_options(argc, argv);
	struct schema *s;
	uint64_t *words;
	size_t bytes = 0;

	words = o.nfiles ? compile(&o, &bytes) : request_read(stdin, &bytes);
	if (!words) {
		arena_free();
		return 1;
	}
	s = schema_load(words, bytes);
	for (size_t i = 0; i < s->nfiles; i++) {
		struct file *f = &s->files[i];

		f->stem = stem_of(f->name);
		f->prefix = o.prefix;
		find_source(&o, f, i);
		set_lines(s, f);
		check_file(s, f);
	}
	for (size_t i = 0; !error_count() && i < s->nfiles; i++)
		generate(&o, s, &s->files[i]);
	arena_free();
	return error_count() != 0;
}
