/* SPDX-License-Identifier: MIT */
/* The store beside a model of it, on files in memory and on a disk that fails. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <os/store/engine.h>
#include <vfs/plugin/ram.h>
#include <vfs/test/crash_fs.h>
#include <vfs/test/tree.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum { NAMES = 12, BLOBS = 10, BLOB = 3000, STEPS = 4000, HISTORY = 24 };

static const struct vfs_type *const types[] = { &vfs_ram, &crash_type, NULL };

/* ---- a store and what it has to hold ---- */

struct fixture {
	struct test_tree tree;
	struct store *store;
	uint64_t lot;
	struct store_hash hash[BLOBS]; /* of blob_of(i) */
	int bound[NAMES];              /* the blob; -1: none */
	int maybe[NAMES];              /* what it may be instead; -2: nothing */
	struct store_pin pin[BLOBS];
	bool pinned[BLOBS], there[BLOBS];
};

static const char *blob_of(unsigned i, size_t *len)
{
	static char data[BLOB];

	*len = i * i * 37 % BLOB; /* of 0: an empty one */
	for (size_t k = 0; k < *len; k++)
		data[k] = (char)(k * (i + 3) + i);
	return data;
}

static const char *name_of(unsigned i)
{
	static char text[32];

	snprintf(text, sizeof(text), "%s/n%u", i % 2 ? "a" : "a-b", i);
	return text;
}

static uint64_t draw(struct fixture *f, uint64_t below)
{
	f->lot ^= f->lot << 13;
	f->lot ^= f->lot >> 7;
	f->lot ^= f->lot << 17;
	return (f->lot >> 8) % below;
}

static enum store_err begin(struct fixture *f, const char *config)
{
	test_tree_init(&f->tree, types, config);
	f->store = calloc(1, sizeof(*f->store));
	assert_non_null(f->store);
	f->store->disk.vfs = f->tree.vfs;
	f->store->alloc = &f->tree.heap.alloc;
	f->store->blob_max = BLOB;
	f->store->names_max = NAMES;
	return store_open(f->store);
}

static void end(struct fixture *f)
{
	for (unsigned i = 0; i < BLOBS; i++)
		if (f->pinned[i])
			store_unpin(f->store, &f->pin[i]);
	memset(f->pinned, 0, sizeof(f->pinned));
	store_close(f->store);
	free(f->store);
	test_tree_fini(&f->tree);
}

static void model_init(struct fixture *f, uint64_t lot)
{
	memset(f, 0, sizeof(*f));
	f->lot = lot;
	for (unsigned i = 0; i < NAMES; i++) {
		f->bound[i] = -1;
		f->maybe[i] = -2;
	}
	for (unsigned i = 0; i < BLOBS; i++) {
		br_sha256_context c;
		size_t len;
		const char *data = blob_of(i, &len);

		br_sha256_init(&c);
		br_sha256_update(&c, data, len);
		f->hash[i] = store_hash_end(&c);
	}
}

/* ---- checks ---- */

static void has(struct fixture *f, unsigned i)
{
	char buf[BLOB];
	struct store_range r = { .buf = buf, .len = sizeof(buf) };
	size_t len;
	const char *data = blob_of(i, &len);

	assert_int_equal(store_get(f->store, &f->hash[i], &r), STORE_OK);
	assert_int_equal(r.size, len);
	assert_int_equal(r.count, len);
	assert_memory_equal(buf, data, len);
}

static int resolved(struct fixture *f, unsigned name)
{
	struct store_hash h;
	const enum store_err e = store_resolve(f->store, name_of(name), &h);

	if (e == STORE_NOT_FOUND)
		return -1;
	assert_int_equal(e, STORE_OK);
	for (unsigned i = 0; i < BLOBS; i++)
		if (store_hash_equal(&h, &f->hash[i]))
			return (int)i;
	fail();
	return -1;
}

/* All that was said to be done is there, of the rest all or nothing. */
static void check(struct fixture *f)
{
	size_t listed = 0, expected = 0;
	const char *name = "";

	for (unsigned i = 0; i < NAMES; i++) {
		const int blob = resolved(f, i);

		if (blob != f->bound[i])
			assert_int_equal(blob, f->maybe[i]);
		f->bound[i] = blob;
		f->maybe[i] = -2;
		expected += blob >= 0;
		if (blob >= 0)
			has(f, (unsigned)blob);
	}
	while ((name = store_name_next(f->store, "", name)))
		listed++;
	assert_int_equal(listed, expected);
	for (unsigned i = 0; i < BLOBS; i++)
		if (f->pinned[i])
			has(f, i);
}

/* Whatever stands there by its final name is whole. */
static enum vfs_err whole(void *arg, const char *file)
{
	char buf[BLOB];
	struct store_range r = { .buf = buf, .len = sizeof(buf) };
	struct store_hash h;

	assert_true(store_hash_parse(file, strlen(file), &h));
	assert_int_equal(store_get(((struct fixture *)arg)->store, &h, &r),
	                 STORE_OK);
	return VFS_OK;
}

/* ---- steps; each tells whether the disk still works ---- */

static bool put(struct fixture *f, unsigned i)
{
	struct store_upload u = { 0 };
	size_t len, half;
	const char *data = blob_of(i, &len);
	enum store_err e;

	half = (size_t)draw(f, len + 1);
	e = store_append(f->store, &u, data, half);
	if (!e)
		e = store_append(f->store, &u, data + half, len - half);
	if (!e && f->pinned[i])
		store_unpin(f->store, &f->pin[i]);
	if (!e) {
		f->pinned[i] = false;
		e = store_finish(f->store, &u, &f->pin[i]);
		f->pinned[i] = !e;
	}
	if (!e)
		assert_true(store_hash_equal(&f->pin[i].hash, &f->hash[i]));
	else
		assert_int_equal(e, STORE_FAILED);
	f->there[i] |= !e;
	return !e;
}

static bool bind(struct fixture *f, unsigned name, unsigned i)
{
	const enum store_err e =
		store_bind(f->store, name_of(name), &f->hash[i]);

	if (!f->there[i] && e == STORE_NOT_FOUND)
		return true;
	f->maybe[name] = e ? (int)i : -2;
	if (!e)
		f->bound[name] = (int)i;
	return !e;
}

static bool unbind(struct fixture *f, unsigned name)
{
	const enum store_err e = store_unbind(f->store, name_of(name));

	if (f->bound[name] < 0) {
		assert_int_equal(e, STORE_NOT_FOUND);
		return true;
	}
	f->maybe[name] = e ? -1 : -2;
	if (!e)
		f->bound[name] = -1;
	return !e;
}

static bool collect(struct fixture *f)
{
	uint64_t blobs, bytes;

	if (store_collect(f->store, &blobs, &bytes))
		return false;
	for (unsigned i = 0; i < BLOBS; i++) {
		bool kept = f->pinned[i];

		for (unsigned n = 0; n < NAMES; n++)
			kept |= f->bound[n] == (int)i;
		f->there[i] &= kept;
	}
	return true;
}

static bool step(struct fixture *f)
{
	const unsigned i = (unsigned)draw(f, BLOBS);

	switch (draw(f, 8)) {
	case 0:
		return unbind(f, (unsigned)draw(f, NAMES));
	case 1:
		return collect(f);
	case 2:
		if (f->pinned[i])
			store_unpin(f->store, &f->pin[i]);
		f->pinned[i] = false;
		return true;
	case 3:
	case 4:
		return put(f, i);
	default:
		return bind(f, (unsigned)draw(f, NAMES), i);
	}
}

/* ---- tests ---- */

/* FIPS 180-4 by NIST's examples. */
static void vectors(void **state)
{
	static const struct {
		const char *text, *hex;
		unsigned times;
	} v[] = {
		{ "",
		  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852"
		  "b8"
		  "55",
		  1 },
		{ "abc",
		  "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f200"
		  "15"
		  "ad",
		  1 },
		{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
		  "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db"
		  "06"
		  "c1",
		  1 },
		{ "aaaaaaaaaa",
		  "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc711"
		  "2c"
		  "d0",
		  100000 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(v); i++) {
		char hex[STORE_HEX];
		br_sha256_context c;
		struct store_hash h;

		br_sha256_init(&c);
		for (unsigned k = 0; k < v[i].times; k++)
			br_sha256_update(&c, v[i].text, strlen(v[i].text));
		h = store_hash_end(&c);
		store_hash_print(&h, hex);
		assert_memory_equal(hex, v[i].hex, STORE_HEX);
	}
}

static void names(void **state)
{
	static const struct {
		const char *name;
		bool valid;
	} v[] = {
		{ "a", true },       { "a/b.c/D-9_", true },
		{ "...", true },     { "", false },
		{ "/", false },      { "a/", false },
		{ "/a", false },     { "a//b", false },
		{ ".", false },      { "..", false },
		{ "a/../b", false }, { "a/.", false },
		{ "a b", false },    { "a%b", false },
		{ "a\nb", false },   { "\xc3\xa4", false },
	};
	char file[STORE_NAME_MAX + 1], again[STORE_NAME_MAX + 1];
	char longest[STORE_NAME_MAX + 1];

	(void)state;
	for (size_t i = 0; i < COUNT(v); i++) {
		assert_int_equal(store_name_valid(v[i].name, strlen(v[i].name)),
		                 v[i].valid);
		if (!v[i].valid)
			continue;
		store_name_to_file(v[i].name, file);
		assert_null(strchr(file, '/'));
		assert_true(store_name_of_file(file, again));
		assert_string_equal(again, v[i].name);
	}
	memset(longest, 'x', sizeof(longest));
	assert_true(store_name_valid(longest, STORE_NAME_MAX));
	assert_false(store_name_valid(longest, STORE_NAME_MAX + 1));
}

static void against_model(void **state)
{
	struct fixture f;

	(void)state;
	for (uint64_t seed = 1; seed <= 4; seed++) {
		model_init(&f, seed);
		assert_int_equal(begin(&f, "<vfs> <ram/> </vfs>"), STORE_OK);
		for (unsigned i = 0; i < STEPS; i++) {
			assert_true(step(&f));
			if (i % 16 == 0)
				check(&f);
		}
		check(&f);
		end(&f);
	}
}

/* Of one name, by somebody else. */
static void spoil(struct fixture *f, const char *dir, const char *file,
                  const char *text)
{
	char path[DISK_PATH];
	struct vfs_op op = { .path = path, .flags = VFS_WRITE | VFS_TRUNCATE };
	struct vfs_op write = { .data = text, .len = strlen(text) };

	snprintf(path, sizeof(path), "%s/%s", dir, file);
	assert_int_equal(vfs_open(f->tree.vfs, &op), VFS_OK);
	assert_int_equal(vfs_pwrite(op.file, &write), VFS_OK);
	vfs_close(op.file);
}

static void corrupt(void **state)
{
	char buf[BLOB], file[STORE_NAME_MAX + 1] = "";
	struct store_range r = { .buf = buf, .len = sizeof(buf) };
	struct store_hash h;
	struct fixture f;
	uint64_t blobs, bytes;

	(void)state;
	model_init(&f, 1);
	assert_int_equal(begin(&f, "<vfs> <ram/> </vfs>"), STORE_OK);
	for (unsigned i = 4; i < 7; i++)
		assert_true(put(&f, i) && bind(&f, i, i));
	store_hash_print(&f.hash[5], file);
	spoil(&f, "/blob", file, "something else");
	assert_int_equal(store_get(f.store, &f.hash[5], &r), STORE_CORRUPT);
	has(&f, 4);
	has(&f, 6);
	assert_true(put(&f, 5)); /* heals it */
	check(&f);

	/* A name that says nothing. */
	store_name_to_file(name_of(5), file);
	spoil(&f, "/name", file, "sha256 no");
	for (unsigned i = 4; i < 7; i++) {
		store_unpin(f.store, &f.pin[i]);
		f.pinned[i] = false;
	}
	store_close(f.store);
	assert_int_equal(store_open(f.store), STORE_OK);
	assert_int_equal(f.store->broken, 1);
	assert_int_equal(store_resolve(f.store, name_of(5), &h), STORE_CORRUPT);
	assert_int_equal(store_collect(f.store, &blobs, &bytes), STORE_CORRUPT);
	assert_int_equal(resolved(&f, 4), 4);
	assert_true(bind(&f, 5, 5));
	assert_int_equal(store_collect(f.store, &blobs, &bytes), STORE_OK);
	assert_int_equal(blobs, 0);
	check(&f);
	end(&f);
}

static void limits(void **state)
{
	static char data[BLOB + 1];
	struct store_upload u = { 0 };
	struct fixture f;
	char name[8];

	(void)state;
	model_init(&f, 1);
	assert_int_equal(begin(&f, "<vfs> <ram/> </vfs>"), STORE_OK);
	assert_int_equal(store_append(f.store, &u, data, BLOB), STORE_OK);
	assert_int_equal(store_append(f.store, &u, data, 1), STORE_LIMIT);
	assert_false(u.begun);
	assert_true(put(&f, 3));
	for (unsigned i = 0; i < NAMES; i++) {
		snprintf(name, sizeof(name), "x%u", i);
		assert_int_equal(store_bind(f.store, name, &f.hash[3]),
		                 STORE_OK);
	}
	assert_int_equal(store_bind(f.store, "more", &f.hash[3]), STORE_LIMIT);
	assert_int_equal(store_bind(f.store, "x0", &f.hash[3]), STORE_OK);
	assert_int_equal(store_bind(f.store, "../x", &f.hash[3]),
	                 STORE_BAD_NAME);
	assert_int_equal(store_unbind(f.store, "x0"), STORE_OK);
	assert_int_equal(store_bind(f.store, "more", &f.hash[3]), STORE_OK);
	end(&f);

	/* Files that have no room. */
	model_init(&f, 1);
	assert_int_equal(begin(&f, "<vfs> <ram size=\"64K\"/> </vfs>"),
	                 STORE_OK);
	for (unsigned i = 0; i < 100; i++) {
		const enum store_err e = store_append(f.store, &u, data, 2000);

		store_abandon(f.store, &u);
		assert_int_equal(e, STORE_OK);
	}
	end(&f);
}

/* ---- crashes ---- */

/* The same history, with the power gone at change `at`. True if it came to that. */
static bool crash_at(uint64_t seed, unsigned at, enum crash_keep keep)
{
	struct crash_disk *disk = crash_disk_create();
	struct fixture f;
	bool works;

	crash_disk_use(disk);
	model_init(&f, seed);
	crash_disk_arm(disk, at);
	works = begin(&f, "<vfs> <crash/> </vfs>") == STORE_OK;
	for (unsigned i = 0; works && i < HISTORY; i++)
		works = step(&f);
	end(&f);
	crash_disk_restart(disk, keep, seed * 1000003 + at);
	assert_int_equal(begin(&f, "<vfs> <crash/> </vfs>"), STORE_OK);
	assert_int_equal(f.store->broken, 0);
	check(&f);
	assert_int_equal(disk_list(&f.store->disk, "/blob", whole, &f), VFS_OK);
	/* It goes on from there. */
	memset(f.there, 1, sizeof(f.there));
	for (unsigned i = 0; i < BLOBS; i++)
		assert_true(put(&f, i));
	for (unsigned i = 0; i < HISTORY; i++)
		assert_true(step(&f));
	check(&f);
	end(&f);
	crash_disk_destroy(disk);
	return !works;
}

static void crashes(void **state)
{
	unsigned points = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= 12; seed++)
		for (int keep = CRASH_KEEP_NONE; keep <= CRASH_KEEP_SOME;
		     keep++) {
			unsigned at = 1;

			while (crash_at(seed, at, (enum crash_keep)keep))
				at++;
			points += at - 1;
		}
	printf("%u crashes\n", points);
	assert_true(points > 1000);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(vectors),       cmocka_unit_test(names),
		cmocka_unit_test(against_model), cmocka_unit_test(corrupt),
		cmocka_unit_test(limits),        cmocka_unit_test(crashes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
