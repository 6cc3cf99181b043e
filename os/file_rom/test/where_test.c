/* SPDX-License-Identifier: MIT */
/* Labels lead below the root of their policy, or nowhere. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <lib/node_xml.h>
#include <os/file_rom/where.h>
#include <vfs/op.h>

static const char config_text[] =
	"<config root='/pub'>"
	" <policy label_prefix='app' root='/data/app/'/>"
	" <policy label_prefix='all' root='/'/>"
	" <policy label_prefix='usual'/>"
	" <policy label_prefix='bad' root='data'/>"
	" <policy label_prefix='worse' root='/data/../..'/>"
	"</config>";

static char long_name[300], long_path[1100];

static const struct row {
	const char *label, *last, *all; /* paths; NULL: refused */
	enum fief_err last_err, all_err;
	uint32_t flags;
} rows[] = {
	{ "app -> x", "/data/app/x", "/data/app/app/x", 0, 0, VFS_NOLINKS },
	{ "app -> /x/y", "/data/app/x/y", "/data/app/app/_x_y", 0, 0,
	  VFS_NOLINKS },
	{ "app -> x/", "/data/app/x", "/data/app/app/x_", 0, 0, VFS_NOLINKS },
	{ "all -> x/y", "/x/y", "/all/x_y", 0, 0, 0 },
	{ "usual -> z", "/pub/z", "/pub/usual/z", 0, 0, VFS_NOLINKS },
	{ "app -> ..", NULL, NULL, FIEF_INVALID, FIEF_INVALID, 0 },
	{ "app -> a/../../b", NULL, "/data/app/app/a_.._.._b", FIEF_INVALID, 0,
	  VFS_NOLINKS },
	{ "app -> ./a", NULL, "/data/app/app/._a", FIEF_INVALID, 0,
	  VFS_NOLINKS },
	{ "app -> a//b", NULL, "/data/app/app/a__b", FIEF_INVALID, 0,
	  VFS_NOLINKS },
	{ "app -> /", NULL, "/data/app/app/_", FIEF_INVALID, 0, VFS_NOLINKS },
	{ "app -> ", NULL, NULL, FIEF_INVALID, FIEF_INVALID, 0 },
	{ "app -> .. -> x", "/data/app/x", NULL, 0, FIEF_INVALID, VFS_NOLINKS },
	{ "app -> ...", "/data/app/...", "/data/app/app/...", 0, 0,
	  VFS_NOLINKS },
	{ "bad -> x", NULL, NULL, FIEF_INVALID, FIEF_INVALID, 0 },
	{ "worse -> x", NULL, NULL, FIEF_INVALID, FIEF_INVALID, 0 },
	{ "other -> x", NULL, NULL, FIEF_DENIED, FIEF_DENIED, 0 },
	{ "", NULL, NULL, FIEF_DENIED, FIEF_DENIED, 0 },
	{ long_name, NULL, NULL, FIEF_TOO_LONG, FIEF_TOO_LONG, 0 },
	{ long_path, NULL, NULL, FIEF_TOO_LONG, FIEF_TOO_LONG, 0 },
};

static void looked(enum fief_err e, enum fief_err expected,
                   const struct where *w, const char *path, uint32_t flags)
{
	assert_int_equal(e, expected);
	if (!e)
		assert_string_equal(w->path, path);
	if (!e)
		assert_int_equal(w->flags, flags);
}

static void test_labels(void **state)
{
	const struct node *config = *state;
	static struct where w;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *r = &rows[i];

		looked(where_of_last(config, r->label, &w), r->last_err, &w,
		       r->last, r->flags);
		looked(where_of_label(config, r->label, &w), r->all_err, &w,
		       r->all, r->flags);
	}
}

/* Without policies, the root of the config is for all. */
static void test_no_policy(void **state)
{
	static struct where w;

	(void)state;
	looked(where_of_last(NULL, "a -> b/c", &w), FIEF_OK, &w, "/b/c", 0);
	looked(where_of_label(NULL, "a -> b", &w), FIEF_OK, &w, "/a/b", 0);
}

static int parse(void **state)
{
	static char memory[65536];
	static struct arena arena;
	const struct node_xml_input in = { config_text, strlen(config_text),
		                           1 };
	struct node_error err;
	struct node *config;

	strcpy(long_name, "app -> ");
	memset(long_name + 7, 'n', 256);
	strcpy(long_path, "app -> ");
	for (size_t i = 7; i < sizeof(long_path) - 2; i += 2)
		memcpy(long_path + i, "d/", 2);
	arena_init_fixed(&arena, memory, sizeof(memory));
	if (node_xml_parse(&in, &arena, &err, &config))
		return 1;
	*state = config;
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_labels),
		cmocka_unit_test(test_no_policy),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, parse, NULL);
}
