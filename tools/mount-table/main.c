/* SPDX-License-Identifier: MIT */
/* Mount tables from and to XML, on the host. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lib/node_gen.h>
#include <lib/node_xml.h>
#include <vfs/mount_table.h>

static _Alignas(8) char in[MOUNT_TABLE_BYTES_MAX + 8];
static _Alignas(8) char out[MOUNT_TABLE_BYTES_MAX];
static char memory[64 << 20];

static const char usage[] =
	"usage: mount-table encode|decode <IN >OUT\n"
	"encode: a document <vfs> becomes a table; decode: the way back\n";

static int failed(const struct node_error *err, enum fief_err e)
{
	fprintf(stderr, "mount-table: ");
	if (err->at.line)
		fprintf(stderr, "%u:%u: ", err->at.line, err->at.column);
	fprintf(stderr, "%s\n", *err->text ? err->text : fief_err_text(e));
	return EXIT_FAILURE;
}

static enum fief_err encode(struct arena *a, size_t size,
                            struct node_error *err, size_t *len)
{
	const struct node_xml_input doc = { in, size, 1 };
	struct node *n;
	enum fief_err e = node_xml_parse(&doc, a, err, &n);

	if (!e && !node_has_type(n, "vfs"))
		e = node_error_set(err, FIEF_INVALID, n->at,
		                   "expected a node <vfs>");
	return e ? e : mount_table_write(n, a, out, sizeof(out), err, len);
}

static enum fief_err decode(struct arena *a, size_t size,
                            struct node_error *err, size_t *len)
{
	struct node *n;
	enum fief_err e = mount_table_read(in, size, a, err, &n);

	return e ? e : node_gen_document(n, out, sizeof(out), len);
}

int main(int argc, char **argv)
{
	struct node_error err = { { 0, 0 }, "" };
	const size_t size = fread(in, 1, sizeof(in), stdin);
	struct arena a;
	size_t len = 0;
	enum fief_err e;

	if (argc != 2 ||
	    (strcmp(argv[1], "encode") && strcmp(argv[1], "decode"))) {
		fputs(usage, stderr);
		return 2;
	}
	arena_init_fixed(&a, memory, sizeof(memory));
	e = (*argv[1] == 'e' ? encode : decode)(&a, size, &err, &len);
	if (e)
		return failed(&err, e);
	if (fwrite(out, 1, len, stdout) != len || fflush(stdout))
		return EXIT_FAILURE;
	return EXIT_SUCCESS;
}
