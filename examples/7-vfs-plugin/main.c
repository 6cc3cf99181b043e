/* SPDX-License-Identifier: MIT */
/* A component with a tree of files, in which plugins can be that it does not know. */

#include <fief/config.h>
#include <fief/log.h>
#include <vfs/plugins.h>
#include <vfs/so/loader.h>

static struct {
	struct fief_env *env;
	struct fief_config config;
	struct vfs_so so;
	struct vfs *vfs;
	struct vfs_op op; /* the only one; large for a stack */
} m;

static enum fief_err tree_make(void)
{
	const struct vfs_args args = { .alloc = m.env->heap,
		                       .env = m.env,
		                       .types = vfs_plugins,
		                       .loader = &m.so.loader };
	struct node_error err = { { 0, 0 }, "out of memory" };
	const struct node *n = node_first(m.config.root, "vfs");
	enum fief_err e =
		n ? vfs_create(&args, n, &err, &m.vfs) : FIEF_NOT_FOUND;

	if (e)
		fief_error("no tree: %s", err.text);
	return e;
}

/* The file is one that is never late: nobody has to be waited for. */
static enum vfs_err file_log(const char *path)
{
	struct vfs_file *f;
	char text[32];
	enum vfs_err e;

	m.op = (struct vfs_op){ .path = path, .flags = VFS_READ };
	e = vfs_open(m.vfs, &m.op);
	if (e)
		return e;
	f = m.op.file;
	m.op = (struct vfs_op){ .buf = text, .len = sizeof(text) };
	e = vfs_read(f, &m.op);
	if (!e)
		fief_log("%s: %.*s", path, (int)m.op.count - 1, text);
	vfs_close(f);
	return e;
}

void fief_component_construct(struct fief_env *env)
{
	enum vfs_err e = VFS_OK;

	m.env = env;
	vfs_so_init(&m.so, env);
	if (fief_config_open(env, &m.config) || tree_make())
		fief_exit(env, 1);
	for (unsigned i = 0; !e && i < 3; i++)
		e = file_log(node_attr(m.config.root, "file", "/counter"));
	if (e)
		fief_error("cannot read: %s", vfs_err_text(e));
	vfs_destroy(m.vfs);
	vfs_so_fini(&m.so);
	fief_exit(env, e ? 1 : 0);
}
