/* SPDX-License-Identifier: MIT */
/* One of many clients of a server of files, which read as much as they can in the
 * same time. */

#include <fief/config.h>
#include <fief/kif_table.h>
#include <fief/log.h>
#include <lib/mem.h>
#include <vfs/plugins.h>
#include <vfs/vfs.h>

enum { PAGE = 4096 };

static struct {
	struct fief_config config;
	struct vfs *vfs;
	struct vfs_op op;
	char page[PAGE];
} m;

static void must(struct fief_env *env, const char *what, enum vfs_err e)
{
	if (!e)
		return;
	fief_error("%s: %s", what, vfs_err_name(e));
	fief_exit(env, 1);
}

static struct vfs_file *file_of(struct fief_env *env)
{
	m.op = (struct vfs_op){ .path = "/page",
		                .flags = VFS_READ | VFS_WRITE | VFS_CREATE,
		                .mode = 0600 };
	must(env, "open", vfs_open(m.vfs, &m.op));
	return m.op.file;
}

static uint64_t reads_until(struct fief_env *env, struct vfs_file *f,
                            uint64_t until)
{
	uint64_t count = 0;

	for (; fief_kif->time() < until; count++) {
		m.op.buf = m.page;
		m.op.len = PAGE;
		m.op.pos = 0;
		must(env, "read", vfs_pread(f, &m.op));
	}
	return count;
}

void fief_component_construct(struct fief_env *env)
{
	const struct vfs_args args = { .alloc = env->heap,
		                       .env = env,
		                       .types = vfs_plugins };
	struct node_error err = { { 0, 0 }, "" };
	uint64_t begin = 0, end = 0;
	struct vfs_file *f;

	if (fief_config_open(env, &m.config) ||
	    node_attr_u64(m.config.root, "begin", 0, &err, &begin) ||
	    node_attr_u64(m.config.root, "end", 0, &err, &end) ||
	    vfs_create(&args, node_first(m.config.root, "vfs"), &err, &m.vfs)) {
		fief_error("%s", err.text);
		fief_exit(env, 1);
	}
	f = file_of(env);
	m.op = (struct vfs_op){ .data = m.page, .len = PAGE };
	must(env, "write", vfs_pwrite(f, &m.op));
	if (fief_kif->time() > begin)
		fief_warning("late");
	while (fief_kif->time() < begin)
		fief_kif->park(begin);
	/* Who is first has all of the server for a moment: not counted. */
	(void)reads_until(env, f, begin + (end - begin) / 10);
	fief_log("READS %llu", (unsigned long long)reads_until(env, f, end));
	/* All go on until all are done: else the last ones had less company. */
	(void)reads_until(env, f, end + (end - begin) / 10);
	fief_exit(env, 0);
}
