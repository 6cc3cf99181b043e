/* SPDX-License-Identifier: MIT */
/*
 * Tables and nodes say the same: random tables become nodes, documents, nodes again
 * and the same tables; what no table or node can be is refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <lib/capnp_build.h>
#include <lib/node_gen.h>
#include <lib/node_xml.h>
#include <session/mount_table.h>
#include <vfs/mount_table.h>

enum {
	ROUNDS = 3000,
	MOUNTS = 24,
	TEXTS = 4096,
	BYTES = 1 << 18,
	MEMORY = 4 << 20
};

static uint64_t state = 88172645463325252ull;

static uint32_t below(uint32_t n)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return (uint32_t)((state * 0x2545f4914f6cdd1dull) >> 33) % n;
}

/* ---- a random table ---- */

struct table {
	struct vfs_mount mount[MOUNTS];
	struct vfs_mount_attr attr[MOUNTS][3];
	size_t count;
	char texts[TEXTS];
	size_t texts_used;
};

static struct capnp_text keep(struct table *t, const char *s, size_t len)
{
	char *at = t->texts + t->texts_used;

	assert_true(t->texts_used + len + 1 <= TEXTS);
	memcpy(at, s, len);
	at[len] = '\0';
	t->texts_used += len + 1;
	return (struct capnp_text){ at, len };
}

/* With what documents have to be careful with. */
static struct capnp_text random_text(struct table *t)
{
	static const char *const pieces[] = {
		"a",  "<b>", "&amp;", "\"",  "'",        "\n",
		"\t", "\r",  " ",     "]]>", "\xc3\xa4", "\xf0\x9f\x98\x80",
		"/",  ".."
	};
	char text[64] = "x"; /* not blank as a whole */

	for (unsigned n = below(6); n; n--)
		strcat(text, pieces[below(14)]);
	return keep(t, text, strlen(text));
}

static void random_items(struct table *t, const char *dir, unsigned depth,
                         uint32_t within);

static void random_mount(struct table *t, const char *path, unsigned depth,
                         uint32_t within)
{
	static const char *const others[] = { "tar", "inline", "zero", "x.y-z",
		                              "_9" };
	struct vfs_mount *m = &t->mount[t->count];
	struct vfs_mount_attr *a = t->attr[t->count];
	const unsigned attrs = below(4);

	t->count++;
	m->within = within;
	m->path = keep(t, path, strlen(path));
	m->which = (enum vfs_mount_which)below(3);
	if (below(2)) {
		m->which = VFS_MOUNT_OTHER;
		m->other = capnp_text_of(others[below(5)]);
		if (below(2))
			m->text = random_text(t);
	}
	if ((m->which == VFS_MOUNT_NAMESPACE ||
	     m->which == VFS_MOUNT_CONSOLE) &&
	    below(2))
		m->cap_name = random_text(t);
	for (unsigned i = 0; i < attrs; i++)
		a[i] = (struct vfs_mount_attr){
			capnp_text_of((const char *[]){ "name", "size",
			                                "writeable" }[i]),
			below(4) ? random_text(t) : capnp_text_of("")
		};
	if (attrs)
		m->attrs = vfs_mount_attr_list_of(a, attrs);
	if (!m->text.len && depth < 4 && !below(4))
		random_items(t, "", depth + 1, (uint32_t)t->count);
}

/* What is in a directory, in the order in which nodes say it. */
static void random_items(struct table *t, const char *dir, unsigned depth,
                         uint32_t within)
{
	for (unsigned n = below(4), i = 0; i < n && t->count < MOUNTS; i++) {
		char path[128];
		size_t before = t->count;

		if (below(2) || depth == 4) {
			random_mount(t, *dir ? dir : "/", depth, within);
			continue;
		}
		snprintf(path, sizeof(path), "%s/%s%u", dir,
		         below(2) ? "d<&" : "dir", i);
		random_items(t, path, depth + 1, within);
		if (t->count == before) {
			t->mount[t->count].within = within;
			t->mount[t->count].path = keep(t, path, strlen(path));
			t->mount[t->count++].which = VFS_MOUNT_DIRECTORY;
		}
	}
}

static size_t encode(const struct table *t, uint64_t *words)
{
	const struct vfs_mount_table table = { vfs_mount_list_of(t->mount,
		                                                 t->count) };
	struct capnp_builder b;

	assert_int_equal(capnp_builder_init(&b, words, BYTES, NULL, 0),
	                 FIEF_OK);
	assert_int_equal(
		vfs_mount_table_encode(&b, capnp_where_root(&b), &table),
		FIEF_OK);
	return capnp_builder_bytes(&b);
}

/* ---- there and back ---- */

static char memory[MEMORY];
static uint64_t there[BYTES / 8], back[BYTES / 8];

static const struct node *read_table(struct arena *a, const uint64_t *words,
                                     size_t size)
{
	struct node_error err = { 0 };
	struct node *n = NULL;

	arena_init_fixed(a, memory, sizeof(memory));
	if (mount_table_read(words, size, a, &err, &n))
		fail_msg("%s", err.text);
	return n;
}

/* As a document, and read from it. */
static const struct node *as_document(struct arena *a, const struct node *n)
{
	static char text[BYTES];
	struct node_xml_input in = { text, 0, 1 };
	struct node_error err = { 0 };
	struct node *again = NULL;

	assert_int_equal(node_gen_document(n, text, sizeof(text), &in.len),
	                 FIEF_OK);
	if (node_xml_parse(&in, a, &err, &again))
		fail_msg("%s in %s", err.text, text);
	assert_true(node_equal(n, again));
	return again;
}

static size_t write_table(struct arena *a, const struct node *n)
{
	struct node_error err = { 0 };
	size_t len = 0;

	if (mount_table_write(n, a, back, sizeof(back), &err, &len))
		fail_msg("%s", err.text);
	return len;
}

static void random_tables(void **unused)
{
	static struct table t;
	size_t mounts = 0;

	(void)unused;
	for (unsigned i = 0; i < ROUNDS; i++) {
		struct arena a;
		size_t size;

		memset(&t, 0, sizeof(t));
		random_items(&t, "", 0, 0);
		mounts += t.count;
		size = encode(&t, there);
		assert_int_equal(
			write_table(&a, as_document(&a, read_table(&a, there,
		                                                   size))),
			size);
		assert_memory_equal(there, back, size);
	}
	assert_true(mounts > ROUNDS);
}

/* In any order: at each path, the order is the same. */
static size_t path_order(const struct vfs_mount *m, size_t count,
                         struct capnp_text path, struct capnp_text *out)
{
	size_t n = 0;

	for (size_t i = 0; i < count; i++)
		if (capnp_text_equal(m[i].path, path))
			out[n++] = m[i].text.len ? m[i].text : m[i].other;
	return n;
}

static void decode(size_t size, struct vfs_mount *m, size_t *count)
{
	static struct capnp_reader reader;
	struct vfs_mount_table table;
	struct capnp_struct root;

	assert_int_equal(capnp_reader_init(&reader, back, size, NULL, 0),
	                 FIEF_OK);
	assert_int_equal(capnp_root(&reader, &root), FIEF_OK);
	assert_int_equal(vfs_mount_table_decode(&root, &table), FIEF_OK);
	*count = table.mounts.list.count;
	assert_true(*count <= MOUNTS);
	for (size_t i = 0; i < *count; i++)
		assert_int_equal(vfs_mount_list_at(&table.mounts, i, &m[i]),
		                 FIEF_OK);
}

static bool flat(const struct table *t)
{
	for (size_t i = 0; i < t->count; i++)
		if (t->mount[i].within)
			return false;
	return true;
}

static void any_order(void **unused)
{
	static struct table t;
	unsigned looked = 0;

	(void)unused;
	for (unsigned i = 0; i < ROUNDS; i++) {
		struct vfs_mount again[MOUNTS];
		struct arena a;
		size_t size, count;

		memset(&t, 0, sizeof(t));
		random_items(&t, "", 0, 0);
		if (!flat(&t))
			continue;
		looked++;
		for (size_t k = t.count; k > 1; k--) {
			const size_t with = below((uint32_t)k);
			const struct vfs_mount m = t.mount[k - 1];

			t.mount[k - 1] = t.mount[with];
			t.mount[with] = m;
		}
		size = encode(&t, there);
		size = write_table(&a, read_table(&a, there, size));
		decode(size, again, &count);
		assert_int_equal(count, t.count);
		for (size_t k = 0; k < count; k++) {
			struct capnp_text x[MOUNTS], y[MOUNTS];
			const size_t n =
				path_order(t.mount, count, t.mount[k].path, x);

			assert_int_equal(
				path_order(again, count, t.mount[k].path, y),
				n);
			for (size_t j = 0; j < n; j++)
				assert_true(capnp_text_equal(x[j], y[j]));
		}
	}
	assert_true(looked > ROUNDS / 4);
}

/* ---- what is refused ---- */

static const struct {
	struct vfs_mount mount;
	enum fief_err err;
} wrong[] = {
	{ { .path = { "data", 4 }, .which = VFS_MOUNT_RAM }, FIEF_INVALID },
	{ { .path = { NULL, 0 }, .which = VFS_MOUNT_RAM }, FIEF_INVALID },
	{ { .path = { "/..", 3 }, .which = VFS_MOUNT_RAM }, FIEF_INVALID },
	{ { .path = { "/a/./b", 6 }, .which = VFS_MOUNT_RAM }, FIEF_INVALID },
	{ { .path = { "/a//b", 5 }, .which = VFS_MOUNT_RAM }, FIEF_INVALID },
	{ { .path = { "/a/", 3 }, .which = VFS_MOUNT_RAM }, FIEF_INVALID },
	{ { .path = { "/\x01", 2 }, .which = VFS_MOUNT_RAM }, FIEF_INVALID },
	{ { .path = { "/\xff", 2 }, .which = VFS_MOUNT_RAM }, FIEF_INVALID },
	{ { .path = { "/", 1 }, .which = VFS_MOUNT_SOCKET }, FIEF_UNSUPPORTED },
	{ { .path = { "/", 1 }, .which = VFS_MOUNT_OTHER }, FIEF_INVALID },
	{ { .path = { "/", 1 },
	    .which = VFS_MOUNT_OTHER,
	    .other = { "ram", 3 } },
	  FIEF_INVALID },
	{ { .path = { "/", 1 },
	    .which = VFS_MOUNT_OTHER,
	    .other = { "a b", 3 } },
	  FIEF_INVALID },
	{ { .path = { "/", 1 },
	    .which = VFS_MOUNT_RAM,
	    .cap_name = { "x", 1 } },
	  FIEF_INVALID },
	{ { .path = { "/d", 2 },
	    .which = VFS_MOUNT_DIRECTORY,
	    .text = { "x", 1 } },
	  FIEF_INVALID },
	{ { .path = { "/", 1 }, .which = VFS_MOUNT_RAM, .text = { "\x02", 1 } },
	  FIEF_INVALID },
	{ { .path = { "/", 1 }, .which = VFS_MOUNT_RAM, .within = 2 },
	  FIEF_INVALID },
	{ { .path = { "/", 1 }, .which = VFS_MOUNT_RAM, .within = UINT32_MAX },
	  FIEF_INVALID },
	{ { .path = { "/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a",
	              50 },
	    .which = VFS_MOUNT_RAM },
	  FIEF_LIMIT },
};

static void refused(void **unused)
{
	static struct table t;
	struct node_error err;
	struct arena a;
	struct node *n;

	(void)unused;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		size_t size;

		t.count = 2;
		t.mount[0] = (struct vfs_mount){ .path = { "/", 1 },
			                         .which = VFS_MOUNT_RAM };
		t.mount[1] = wrong[i].mount;
		size = encode(&t, there);
		arena_init_fixed(&a, memory, sizeof(memory));
		assert_int_equal(mount_table_read(there, size, &a, &err, &n),
		                 wrong[i].err);
		assert_non_null(strstr(err.text, "mount 2: "));
	}
	assert_int_equal(mount_table_read(there, 12, &a, &err, &n),
	                 FIEF_INVALID);
}

static const struct {
	const char *text;
	enum fief_err err;
} nodes[] = {
	{ "<vfs/>", FIEF_OK },
	{ "<vfs> <fs label=''/> </vfs>", FIEF_OK },
	{ "<vfs> <import> <ram/> </import> </vfs>", FIEF_OK },
	{ "<vfs> <dir/> </vfs>", FIEF_INVALID },
	{ "<vfs> <dir name='a/b'/> </vfs>", FIEF_INVALID },
};

static void from_nodes(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < sizeof(nodes) / sizeof(nodes[0]); i++) {
		const struct node_xml_input in = { nodes[i].text,
			                           strlen(nodes[i].text), 1 };
		struct node_error err = { 0 };
		struct arena a;
		struct node *n;
		size_t len;

		arena_init_fixed(&a, memory, sizeof(memory));
		assert_int_equal(node_xml_parse(&in, &a, &err, &n), FIEF_OK);
		assert_int_equal(mount_table_write(n, &a, back, sizeof(back),
		                                   &err, &len),
		                 nodes[i].err);
		if (!nodes[i].err)
			assert_int_equal(
				mount_table_write(n, &a, back, 8, &err, &len),
				len > 8 ? FIEF_TOO_LONG : FIEF_OK);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_tables),
		cmocka_unit_test(any_order),
		cmocka_unit_test(refused),
		cmocka_unit_test(from_nodes),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
