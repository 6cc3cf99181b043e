/* SPDX-License-Identifier: MIT */
/* Tests of a tree, which is the one of the config. */

#include <fief/config.h>
#include <lib/mem.h>

#include "tests.h"

struct fief_env *check_env;

enum { PATHS = 4, PATH = 128 };

const char *test_path(const struct test *t, const char *format, ...)
{
	static char paths[PATHS][PATH];
	static unsigned next;
	char *path = paths[next++ % PATHS];
	struct fmt f;
	va_list args;

	fmt_init(&f, path, PATH);
	fmt_string(&f, t->dir);
	va_start(args, format);
	fmt_add_args(&f, format, args);
	va_end(args);
	CHECK(fmt_fits(&f));
	return path;
}

static const struct {
	const char *name;
	void (*run)(const struct test *);
} tests[] = {
	{ "stress", test_stress },
	{ "libc", test_libc },
	{ "unlink", test_unlink },
};

static bool run(const struct test *t, const char *name)
{
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		if (strcmp(tests[i].name, name) != 0)
			continue;
		tests[i].run(t);
		return true;
	}
	return false;
}

void fief_component_construct(struct fief_env *env)
{
	static struct fief_config config;
	struct test t;
	struct fmt f;

	check_env = env;
	CHECK_OK(fief_config_open(env, &config));
	t.config = config.root;
	fmt_init(&f, t.dir, sizeof(t.dir));
	fmt_add(&f, "/%s", node_attr(t.config, "name", "test"));
	sync_init(env, t.config);
	CHECK_VFS(sync_make(t.dir, VFS_DIR), VFS_OK);
	CHECK(run(&t, node_attr(t.config, "test", "")));
	CHECK_VFS(sync_remove(t.dir, VFS_DIRECTORY), VFS_OK);
	sync_fini();
	fief_exit(env, 0);
}
