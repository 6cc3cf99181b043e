/* SPDX-License-Identifier: MIT */
/*
 * A client of fs_rom or cached_fs_rom that changes the files behind it, by a tree
 * of its own, and waits until each change has come as a ROM. With `shared`, the
 * content must be one dataspace for all, which nobody can write.
 */

#include <fief/config.h>
#include <fief/kif_table.h>
#include <lib/mem.h>
#include <os/check.h>
#include <os/test-files/sync.h>
#include <session/rom.h>

enum { LARGE = 200000, MANY = 64, SHARING = 20, EACH = 65536 };

struct fief_env *check_env;

static struct main {
	struct fief_config config;
	struct fief_signal_handler changed;
	struct fief_rom rom;
	unsigned signals;
	char large[LARGE];
} m;

static void on_changed(struct fief_signal_handler *self, unsigned count)
{
	(void)self;
	m.signals += count;
}

#define CHECK_VFS(expression)                                                  \
	do {                                                                   \
		enum vfs_err check_vfs_ = (expression);                        \
		if (check_vfs_)                                                \
			check_failed(vfs_err_text(check_vfs_), #expression,    \
			             __LINE__);                                \
	} while (0)

/* ---- what the ROM has ---- */

static bool has(const struct fief_rom *r, const char *data, size_t len)
{
	if (!len)
		return !r->size;
	return r->data && r->size == len && !memcmp(r->data, data, len);
}

/* A change has come when it is told, and then is there. What is in between, as
 * a file that is being written, may be seen, too. */
static void await(const char *data, size_t len)
{
	do {
		while (!m.signals)
			fief_entrypoint_wait_io(check_env->ep);
		m.signals = 0;
		CHECK_OK(fief_rom_update(&m.rom));
	} while (!has(&m.rom, data, len));
}

static void await_text(const char *text)
{
	await(text, strlen(text));
}

static void put(const char *path, const char *text)
{
	CHECK_VFS(sync_put(path, text, strlen(text)));
}

/* ---- changes ---- */

static void changes(void)
{
	CHECK_OK(fief_rom_open(check_env, "dir/sub/file", &m.rom));
	CHECK_OK(fief_rom_sigh(&m.rom, &m.changed));
	CHECK(!m.rom.data);
	CHECK_VFS(sync_make("/dir", VFS_DIR));
	CHECK_VFS(sync_make("/dir/sub", VFS_DIR));
	put("/dir/sub/file", "made");
	await_text("made");
	put("/dir/sub/file", "written over");
	await_text("written over");
	put("/dir/sub/new", "renamed over");
	CHECK_VFS(sync_rename("/dir/sub/new", "/dir/sub/file", 0));
	await_text("renamed over");
	memset(m.large, 'x', LARGE);
	CHECK_VFS(sync_put("/dir/sub/file", m.large, LARGE));
	await(m.large, LARGE);
	put("/dir/sub/file", "small");
	await_text("small");
	CHECK_VFS(sync_remove("/dir/sub/file", 0));
	await_text("");
	put("/dir/sub/file", "there again");
	await_text("there again");
}

/* Directories on the way become others. */
static void moves(void)
{
	CHECK_VFS(sync_rename("/dir", "/old", 0));
	await_text("");
	CHECK_VFS(sync_make("/dir", VFS_DIR));
	CHECK_VFS(sync_make("/dir/sub", VFS_DIR));
	put("/dir/sub/file", "another directory");
	await_text("another directory");
	put("/old/sub/file", "of no matter");
	CHECK_VFS(sync_rename("/dir", "/old2", 0));
	await_text("");
	CHECK_VFS(sync_rename("/old", "/dir", 0));
	await_text("of no matter");
}

/* By `update`: where it fits the dataspace that is there, it is not another. */
static void in_place(bool shared)
{
	const struct rom_cap cap = { m.rom.session.cap };
	const char *data = m.rom.data;
	bool fits;

	CHECK_OK(rom_update(cap, &fits));
	CHECK(fits);
	m.signals = 0;
	put("/dir/sub/temp", "in place");
	CHECK_VFS(sync_rename("/dir/sub/temp", "/dir/sub/file", 0));
	while (!m.signals)
		fief_entrypoint_wait_io(check_env->ep);
	CHECK_OK(rom_update(cap, &fits));
	CHECK(fits == !shared);
	if (!shared)
		CHECK(!memcmp(data, "in place", 9));
	m.signals = 1;
	await_text("in place");
}

/* ---- sharing ---- */

/* More at a time than the server has room for, if each had its own. */
static void shares(void)
{
	static struct fief_rom r[SHARING];
	void *at;

	CHECK_VFS(sync_put("/shared", m.large, EACH));
	for (unsigned i = 0; i < SHARING; i++)
		CHECK_OK(fief_rom_open(check_env, "shared", &r[i]));
	for (unsigned i = 0; i < SHARING; i++)
		CHECK(has(&r[i], m.large, EACH));
	CHECK(fief_kif->map(r[0].ds, 0, 0, NULL, KIF_READ | KIF_WRITE, &at));
	for (unsigned i = 0; i < SHARING; i++)
		fief_rom_close(&r[i]);
}

static void name_of(unsigned i, char name[8])
{
	struct fmt f;

	fmt_init(&f, name, 8);
	fmt_add(&f, "/many%u", i);
}

/* More than the server has room for, one after the other; the first one and one
 * that is used all the time come again. */
static void many(void)
{
	struct fief_rom used;
	char name[8];

	CHECK_OK(fief_rom_open(check_env, "shared", &used));
	for (unsigned i = 0; i <= MANY; i++) {
		struct fief_rom r;

		name_of(i % MANY, name);
		m.large[0] = (char)(i % MANY);
		CHECK_VFS(sync_put(name, m.large, EACH));
		CHECK_OK(fief_rom_open(check_env, name + 1, &r));
		CHECK(has(&r, m.large, EACH));
		fief_rom_close(&r);
		CHECK_VFS(sync_remove(name, 0));
	}
	m.large[0] = 'x';
	CHECK(has(&used, m.large, EACH));
	fief_rom_close(&used);
}

/* ---- what has no content ---- */

static void refused(const char *label)
{
	struct fief_rom r;

	CHECK(fief_rom_open(check_env, label, &r) == FIEF_DENIED);
}

static void nothing(void)
{
	struct fief_rom r;

	CHECK_OK(fief_rom_open(check_env, "dir", &r));
	CHECK(!r.data);
	fief_rom_close(&r);
	refused("../files");
	refused("dir/../file");
	refused("/");
	refused("d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d");
}

static void too_large(const char *path)
{
	struct vfs_file *f;
	struct fief_rom r;

	CHECK_VFS(sync_open(path, VFS_WRITE | VFS_CREATE, &f));
	CHECK_VFS(sync_truncate(f, (uint64_t)1 << 20));
	CHECK_OK(fief_rom_open(check_env, path + 1, &r));
	CHECK(!r.data);
	CHECK_VFS(sync_truncate(f, EACH));
	CHECK_OK(fief_rom_update(&r));
	CHECK(r.size == EACH);
	fief_rom_close(&r);
	vfs_close(f);
	CHECK_VFS(sync_remove(path, 0));
}

void fief_component_construct(struct fief_env *env)
{
	bool shared = false;

	check_env = env;
	CHECK_OK(fief_config_open(env, &m.config));
	CHECK_OK(node_attr_bool(m.config.root, "shared", false, NULL, &shared));
	sync_init(env, m.config.root);
	m.changed.handle = on_changed;
	m.changed.level = FIEF_SIGNAL_IO;
	CHECK_OK(fief_signal_manage(env->ep, &m.changed));
	changes();
	moves();
	in_place(shared);
	if (shared) {
		shares();
		many();
	}
	nothing();
	too_large("/too_large");
	fief_log("all changes came");
	fief_exit(env, 0);
}
