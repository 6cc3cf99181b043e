/* SPDX-License-Identifier: MIT */
/* Entries of directories by 9P2000.L: listed, made, linked, renamed, removed. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ask.h"

/* Names from a position on; how many, and where they end. */
static unsigned list(uint32_t fid, uint64_t *pos, unsigned *bits)
{
	uint32_t count = 0, bytes;
	char name[VFS_NAME_MAX + 1];

	ask(OK, P9_READDIR, "484", fid, *pos, 400u);
	bytes = p9_u32(&answer.in);
	assert_int_equal(bytes, answer.in.left);
	for (; answer.in.left; count++) {
		p9_bytes(&answer.in, P9_QID);
		*pos = p9_u64(&answer.in);
		p9_u8(&answer.in);
		p9_text(&answer.in, name, sizeof(name));
		if (name[0] == 'n') {
			assert_false(bits[name[1] - 'a']++);
			assert_int_equal(name[2], 0);
		}
	}
	assert_false(answer.in.bad);
	return count;
}

static void test_list(void **state)
{
	static const uint64_t strange[] = { 7, 1ull << 40, UINT64_MAX,
		                            UINT64_MAX >> 1 };
	unsigned seen[26] = { 0 }, rounds = 0, none[26];
	uint64_t pos = 0;
	char name[3] = "na";

	(void)state;
	for (; name[1] <= 'z'; name[1]++)
		ask(OK, P9_MKDIR, "4s44", ROOT, name, 0755u, 0u);
	ask_clone(1);
	ask(OK, P9_LOPEN, "44", 1u, TO_READ);
	while (list(1, &pos, seen))
		rounds++;
	assert_true(rounds > 1);
	for (size_t i = 0; i < 26; i++)
		assert_int_equal(seen[i], 1);
	for (size_t i = 0; i < sizeof(strange) / sizeof(strange[0]); i++) {
		memset(none, 0, sizeof(none));
		pos = strange[i];
		list(1, &pos, none);
	}
}

static void test_make(void **state)
{
	(void)state;
	ask(OK, P9_MKDIR, "4s44", ROOT, "d", 0700u, 0u);
	ask(EXISTS, P9_MKDIR, "4s44", ROOT, "d", 0700u, 0u);
	ask(OK, P9_MKNOD, "4s4444", ROOT, "p", 0010600u, 0u, 0u, 0u);
	assert_int_equal(p9_u8(&answer.in), 0);
	ask(NOT_PERMITTED, P9_MKNOD, "4s4444", ROOT, "c", 0020600u, 1u, 3u, 0u);
	ask(OK, P9_SYMLINK, "4ss4", ROOT, "l", "../any/where", 0u);
	assert_int_equal(p9_u8(&answer.in), 2);
	ask_walk(1, "l");
	ask(OK, P9_READLINK, "4", 1u);
	assert_int_equal(p9_u16(&answer.in), 12);
	assert_memory_equal(answer.in.at, "../any/where", 12);
	ask_walk(2, "p");
	assert_int_equal(ask_attributes(2).mode, 0010600);
	ask(INVALID, P9_READLINK, "4", 2u);
	ask(NOT_DIR, P9_MKDIR, "4s44", 2u, "d", 0700u, 0u);
	ask(INVALID, P9_MKDIR, "4s44", ROOT, "a/b", 0700u, 0u);
	ask(INVALID, P9_MKDIR, "4s4", ROOT, "e", 0700u);
}

static void test_link(void **state)
{
	(void)state;
	ask_file(1, "f");
	ask(OK, P9_MKDIR, "4s44", ROOT, "d", 0700u, 0u);
	ask_walk(2, "d");
	ask(OK, P9_LINK, "44s", 2u, 1u, "other");
	assert_int_equal(ask_attributes(1).links, 2);
	ask(EXISTS, P9_LINK, "44s", 2u, 1u, "other");
	ask(NOT_PERMITTED, P9_LINK, "44s", ROOT, 2u, "dir");
	ask(BAD_FID, P9_LINK, "44s", ROOT, 99u, "x");
	ask(NOT_DIR, P9_LINK, "44s", 1u, 1u, "x");
}

static void test_remove(void **state)
{
	(void)state;
	ask_file(1, "f");
	ask_write(OK, 1, 0, "kept");
	ask(OK, P9_MKDIR, "4s44", ROOT, "d", 0700u, 0u);
	ask_walk(2, "d");
	ask(OK, P9_MKDIR, "4s44", 2u, "e", 0700u, 0u);
	ask(NOT_EMPTY, P9_UNLINKAT, "4s4", ROOT, "d", 0x200u);
	ask(IS_DIR, P9_UNLINKAT, "4s4", ROOT, "d", 0u);
	ask(NOT_DIR, P9_UNLINKAT, "4s4", ROOT, "f", 0x200u);
	ask(OK, P9_UNLINKAT, "4s4", ROOT, "f", 0u);
	ask_reads(1, 0, "kept", 4); /* what is open stays open */
	assert_int_equal(ask_attributes(1).links, 0);
	ask(NOT_EMPTY, P9_REMOVE, "4", 2u);
	ask(BAD_FID, P9_CLUNK, "4", 2u); /* it goes, whatever came of it */
	ask(OK, P9_WALK, "442ss", ROOT, 2u, 2u, "d", "e");
	ask(OK, P9_REMOVE, "4", 2u);
	ask(BUSY, P9_REMOVE, "4", ROOT);
}

static void test_rename(void **state)
{
	(void)state;
	ask_file(1, "f");
	ask(OK, P9_MKDIR, "4s44", ROOT, "d", 0700u, 0u);
	ask(OK, P9_WALK, "442s", ROOT, 2u, 1u, "d");
	ask(OK, P9_MKDIR, "4s44", 2u, "e", 0700u, 0u);
	ask(OK, P9_WALK, "442s", 2u, 3u, 1u, "e");
	ask_walk(4, "f");
	ask(OK, P9_RENAMEAT, "4s4s", ROOT, "d", ROOT, "new");
	ask(OK, P9_MKDIR, "4s44", 3u, "below", 0700u, 0u); /* it went along */
	ask(OK, P9_RENAME, "44s", 4u, 3u, "g");
	assert_int_equal(ask_attributes(4).mode, 0100640); /* so did that */
	ask(OK, P9_WALK, "442sss", ROOT, 5u, 3u, "new", "e", "g");
	assert_int_equal(p9_u16(&answer.in), 3);
	ask(INVALID, P9_RENAMEAT, "4s4s", ROOT, "new", 3u, "x");
	ask(NO_ENTRY, P9_RENAMEAT, "4s4s", ROOT, "d", ROOT, "x");
	ask(NOT_EMPTY, P9_RENAMEAT, "4s4s", 3u, "below", ROOT, "new");
	ask(BUSY, P9_RENAME, "44s", ROOT, 3u, "x");
	ask(NOT_DIR, P9_RENAME, "44s", 4u, 4u, "x");
	ask(BAD_FID, P9_RENAME, "44s", 4u, 99u, "x");
	ask(INVALID, P9_RENAMEAT, "4s4s", ROOT, "new", ROOT, "a/b");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, ask_begin, ask_end)
	static const struct CMUnitTest tests[] = {
		TEST(test_list),   TEST(test_make),   TEST(test_link),
		TEST(test_remove), TEST(test_rename),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
