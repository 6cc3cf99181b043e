/* SPDX-License-Identifier: MIT */
/* Files of values: self, what value.h is for; and random bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <fief/kif_table.h>
#include <vfs/plugin/value.h>
#include <vfs/plugins.h>

#include "fake_env.h"
#include "steps.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static int begin(void **state)
{
	(void)state;
	test_env = &fake_env;
	fake_quota_fails = FIEF_OK;
	fake_rom_set("entropy", "0123456789012345678901234567890123456789", 40);
	fake_rom_set("none", NULL, 0);
	return 0;
}

/* ---- self ---- */

static const struct test_step self_steps[] = {
	{ "read", "label", .len = 99, .text = "<me> & \"you\"\n", .count = 13 },
	{ "read", "ram_quota", .len = 99, .text = "5000000000\n", .count = 11 },
	{ "read", "ram_used", .len = 99, .text = "1000000\n", .count = 8 },
	{ "read", "ram_avail", .len = 99, .text = "4999000000\n", .count = 11 },
	{ "read", "caps_quota", .len = 99, .text = "100\n", .count = 4 },
	{ "read", "caps_used", .len = 99, .text = "30\n", .count = 3 },
	{ "read", "caps_avail", .len = 99, .text = "70\n", .count = 3 },
	{ "read", "info", .len = 45,
	  .text = "<self label=\"&lt;me> &amp; &quot;you&quot;\" up",
	  .count = 45 },
	{ "write", "ram_quota", .text = "1", .err = VFS_READ_ONLY },
	{ "write", "info", .text = "1", .err = VFS_READ_ONLY },
	{ "truncate", "label", .err = VFS_READ_ONLY },
	{ "stat", "caps_used", .kind = VFS_FILE, .pos = 0444 },
	{ "list", ".",
	  .text = "info label uptime ram_quota ram_used ram_avail caps_quota "
	          "caps_used caps_avail " },
};

static void self(void **state)
{
	static const struct test_step failing[] = {
		{ "read", "ram_quota", .err = VFS_GONE },
		{ "read", "info", .err = VFS_GONE },
		{ "read", "label", .len = 1, .text = "<", .count = 1 },
	};
	struct test_tree t;

	(void)state;
	test_tree_init(&t, vfs_plugins,
	               "<vfs> <self label=\"&lt;me> &amp; "
	               "&quot;you&quot;\"/> </vfs>");
	test_steps(&t, self_steps, COUNT(self_steps));
	fake_quota_fails = FIEF_GONE;
	test_steps(&t, failing, COUNT(failing));
	test_tree_fini(&t);
}

/* ---- a value that can be set ---- */

static char setting[64] = "old";

static enum vfs_err setting_get(void *arg, struct fmt *f)
{
	fmt_string(f, arg);
	return VFS_OK;
}

static enum vfs_err setting_set(void *arg, const char *text)
{
	if (!strcmp(text, "bad") || strlen(text) >= sizeof(setting))
		return VFS_INVALID;
	strcpy(arg, text);
	return VFS_OK;
}

static enum fief_err knob_create(struct vfs *v, const struct node *config,
                                 struct node_error *err, struct vfs_fs **out)
{
	static const struct value knob = { "knob", setting_get, setting_set };
	struct fixed_node *root;
	struct fixed_fs *f;

	(void)config, (void)err;
	assert_int_equal(fixed_create(v, sizeof(*f), &f), FIEF_OK);
	assert_int_equal(
		fixed_add(f, NULL, fixed_name("", 0), VFS_DIR, NULL, &root),
		FIEF_OK);
	assert_int_equal(value_add(f, root, &knob, setting), FIEF_OK);
	assert_int_equal(value_add(f, root, &knob, setting), FIEF_CONFLICT);
	*out = &f->fs;
	return FIEF_OK;
}

static const struct test_step knob_steps[] = {
	{ "read", "knob", .len = 9, .text = "old\n", .count = 4 },
	{ "write", "knob", .text = "new\n", .count = 4 },
	{ "read", "knob", .len = 9, .text = "new\n", .count = 4 },
	{ "truncate", "knob" },
	{ "write", "knob", .text = "newer", .count = 5 },
	{ "read", "knob", .len = 9, .text = "newer\n", .count = 6 },
	{ "write", "knob", .text = "bad", .err = VFS_INVALID },
	{ "write", "knob", .pos = 1, .text = "x", .err = VFS_INVALID },
	{ "write", "knob", .len = 3, .text = "a\0b", .err = VFS_INVALID },
	{ "read", "knob", .len = 9, .text = "newer\n", .count = 6 },
	{ "stat", "knob", .kind = VFS_FILE, .pos = 0644 },
};

static void value_set(void **state)
{
	static const struct vfs_type knob = { "knob", knob_create, NULL };
	static const struct vfs_type *const types[] = { &knob, NULL };
	struct test_tree t;

	(void)state;
	test_tree_init(&t, types, "<vfs> <knob/> </vfs>");
	test_steps(&t, knob_steps, COUNT(knob_steps));
	test_tree_fini(&t);
}

/* ---- random ---- */

/* RFC 8439, 2.3.2. */

static void bytes(const char *config, void *buf, size_t len)
{
	struct vfs_op op = { .path = "random", .flags = VFS_READ };
	struct test_tree t;
	struct vfs_file *f;

	test_tree_init(&t, vfs_plugins, config);
	assert_int_equal(vfs_open(t.vfs, &op), VFS_OK);
	f = op.file;
	op = (struct vfs_op){ .buf = buf, .len = len };
	assert_int_equal(vfs_read(f, &op), VFS_OK);
	assert_int_equal(op.count, len);
	vfs_close(f);
	test_tree_fini(&t);
}

/* Each bit of a byte is as often 0 as 1: 65,536 throws, 6 deviations of 128. */
static void random_bytes(void **state)
{
	static const char *const configs[] = {
		"<vfs> <random/> </vfs>",
		"<vfs> <random seed=\"entropy\"/> </vfs>",
	};
	static uint8_t buf[65536], again[65536];
	struct node_error err;
	struct test_tree t;

	(void)state;
	for (size_t c = 0; c < COUNT(configs); c++) {
		bytes(configs[c], buf, sizeof(buf));
		bytes(configs[c], again, sizeof(again));
		assert_memory_not_equal(buf, again, 32);
		assert_memory_not_equal(buf, buf + 32768, 32);
		for (unsigned bit = 0; bit < 8; bit++) {
			int set = 0;

			for (size_t i = 0; i < sizeof(buf); i++)
				set += buf[i] >> bit & 1;
			assert_in_range(set, 32768 - 768, 32768 + 768);
		}
	}
	test_tree_init(&t, vfs_plugins, "<vfs/>");
	assert_int_equal(
		test_tree_update(&t, "<vfs> <random seed=\"none\"/> </vfs>",
	                         &err),
		FIEF_NOT_FOUND);
	assert_int_equal(fake_roms_open, 0);
	test_tree_fini(&t);
}

/* ---- rtc ---- */

#define SECOND INT64_C(1000000000)

/* 2026-11-23 13:16:10, half a second before it was when kif's clock began, as far
 * as this test is away from that. */
static int64_t wall_for(int64_t seconds)
{
	return seconds * SECOND + SECOND / 2 - (int64_t)fief_kif->time();
}

static void told(struct vfs_op *op, enum vfs_err e)
{
	assert_int_equal(e, VFS_OK);
	++*(unsigned *)op->user;
}

static void rtc(void **state)
{
	static const struct test_step steps[] = {
		{ "read", "clock", .len = 99, .text = "2026-11-23 13:16:10\n",
		  .count = 20 },
		{ "read", ".clock/year", .len = 9, .text = "2026\n",
		  .count = 5 },
		{ "read", ".clock/weekday", .len = 9, .text = "1\n",
		  .count = 2 },
		{ "write", "clock", .text = "1", .err = VFS_READ_ONLY },
		{ "list", ".clock",
		  .text = "info year month day hour minute second weekday "
		          "ns " },
		{ "read", ".clock/info", .len = 41,
		  .text = "<rtc year=\"2026\" month=\"11\" day=\"23\" hour",
		  .count = 41 },
	};
	static const struct test_step before[] = {
		{ "read", "clock", .len = 99, .text = "1969-12-31 23:59:59\n",
		  .count = 20 },
		{ "read", ".clock/second", .len = 9, .text = "59\n",
		  .count = 3 },
	};
	struct vfs_op open = { .path = "clock", .flags = VFS_READ }, watch;
	struct test_tree t;
	unsigned times = 0;

	(void)state;
	fake_wall = wall_for(1795439770);
	test_tree_init(&t, vfs_plugins, "<vfs> <rtc name=\"clock\"/> </vfs>");
	test_steps(&t, steps, COUNT(steps));
	assert_int_equal(vfs_open(t.vfs, &open), VFS_OK);
	watch = (struct vfs_op){ .done = told, .user = &times };
	assert_int_equal(vfs_watch(open.file, &watch), VFS_LATE);
	vfs_tell(t.vfs);
	assert_int_equal(times, 0);
	fake_wall_step(wall_for(-1));
	vfs_tell(t.vfs);
	assert_int_equal(times, 1);
	vfs_close(open.file);
	test_steps(&t, before, COUNT(before));
	test_tree_fini(&t);
}

static void rtc_refused(void **state)
{
	struct node_error err;
	struct test_tree t;

	(void)state;
	test_tree_init(&t, vfs_plugins, "<vfs/>");
	fake_rtc_fails = FIEF_DENIED;
	assert_int_equal(test_tree_update(&t, "<vfs> <rtc/> </vfs>", &err),
	                 FIEF_DENIED);
	fake_rtc_fails = FIEF_OK;
	test_tree_fini(&t);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(self, begin),
		cmocka_unit_test_setup(value_set, begin),
		cmocka_unit_test_setup(random_bytes, begin),
		cmocka_unit_test_setup(rtc, begin),
		cmocka_unit_test_setup(rtc_refused, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
