/* SPDX-License-Identifier: MIT */
/* Types that a loader has: asked for by name, counted, given back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include <vfs/plugin/ram.h>
#include <vfs/plugins.h>
#include <vfs/schema.h>

#include "tree.h"

/* A loader of <later>, which is a file system in memory, and of nothing else. */
static struct {
	struct vfs_loader loader;
	struct vfs_type later;
	unsigned users, gets;
	enum fief_err broken; /* what it says of each name, if not OK */
} m;

static enum fief_err get(struct vfs_loader *l, const struct node *config,
                         struct node_error *err, const struct vfs_type **out)
{
	assert_ptr_equal(l, &m.loader);
	m.gets++;
	if (m.broken)
		return node_error_set(err, m.broken, config->at, "it is torn");
	if (strcmp(config->name, "later") != 0)
		return node_error_set(err, FIEF_NOT_FOUND, config->at,
		                      " anywhere");
	m.users++;
	*out = &m.later;
	return FIEF_OK;
}

static void put(struct vfs_loader *l, const struct vfs_type *t)
{
	assert_ptr_equal(l, &m.loader);
	assert_ptr_equal(t, &m.later);
	assert_int_not_equal(m.users, 0);
	m.users--;
}

static int setup(void **state)
{
	(void)state;
	memset(&m, 0, sizeof(m));
	m.loader = (struct vfs_loader){ get, put };
	m.later = (struct vfs_type){ .name = "later",
		                     .create = vfs_ram.create,
		                     .schema = vfs_ram.schema };
	test_loader = &m.loader;
	return 0;
}

static void updated(struct test_tree *t, const char *config, unsigned users)
{
	struct node_error err = { { 0, 0 }, "" };

	if (test_tree_update(t, config, &err))
		fail_msg("%s: %s", config, err.text);
	assert_int_equal(m.users, users);
}

static void refused(struct test_tree *t, const char *config, const char *text)
{
	struct node_error err = { { 0, 0 }, "" };
	const unsigned users = m.users;

	assert_int_not_equal(test_tree_update(t, config, &err), FIEF_OK);
	assert_string_equal(err.text, text);
	assert_int_equal(err.at.line, 1);
	assert_int_equal(m.users, users);
}

static struct vfs_file *made(struct test_tree *t, const char *path)
{
	struct vfs_op op = { .path = path,
		             .flags = VFS_WRITE | VFS_CREATE,
		             .mode = 0600 };

	assert_int_equal(vfs_open(t->vfs, &op), VFS_OK);
	return op.file;
}

/* As long as one is mounted, or has what is open. */
static void counted(void **state)
{
	struct test_tree t;
	struct vfs_file *f;

	(void)state;
	test_tree_init(&t, vfs_plugins, "<vfs/>");
	assert_int_equal(m.gets, 0);
	updated(&t, "<vfs> <later/> </vfs>", 1);
	f = made(&t, "/file");
	updated(&t, "<vfs> <later/> <dir name='d'> <later/> </dir> </vfs>", 2);
	updated(&t, "<vfs> <later size='1M'/> </vfs>", 1);
	assert_int_equal(f->refs, 1);
	updated(&t, "<vfs> <null/> </vfs>", 1);
	vfs_close(f);
	assert_int_equal(m.users, 0);
	updated(&t, "<vfs> <later/> </vfs>", 1);
	test_tree_fini(&t);
	assert_int_equal(m.users, 0);
}

static void in_others(void **state)
{
	struct test_tree t;

	(void)state;
	test_tree_init(&t, vfs_plugins,
	               "<vfs> <overlay> <lower> <later/> </lower> <upper> "
	               "<later/> </upper> </overlay> </vfs>");
	assert_int_equal(m.users, 2);
	updated(&t,
	        "<vfs> <overlay> <lower> <later/> </lower> <upper> <ram/> "
	        "</upper> </overlay> </vfs>",
	        1);
	test_tree_fini(&t);
	assert_int_equal(m.users, 0);
}

static void mistakes(void **state)
{
	struct test_tree t;

	(void)state;
	test_tree_init(&t, vfs_plugins, "<vfs> <later/> </vfs>");
	refused(&t, "<vfs> <nul/> </vfs>",
	        "<nul>: no such file system anywhere, did you mean \"null\"?");
	refused(&t, "<vfs> <later/> <later sise='1'/> </vfs>",
	        "unknown attribute \"sise\" of <later>, did you mean "
	        "\"size\"?");
	refused(&t, "<vfs> <later size='x'/> </vfs>",
	        "attribute 'size' is \"x\", expected a number such as 4096, "
	        "64K, 1M or 0x1000");
	/* One that is made, and then given up with all the others. */
	refused(&t, "<vfs> <dir name='d'> <later/> </dir> <nul/> </vfs>",
	        "<nul>: no such file system anywhere, did you mean \"null\"?");
	m.broken = FIEF_INVALID;
	refused(&t, "<vfs> <ram/> <other/> </vfs>", "it is torn");
	test_tree_fini(&t);
	assert_int_equal(m.users, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(counted, setup),
		cmocka_unit_test_setup(in_others, setup),
		cmocka_unit_test_setup(mistakes, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
