/* SPDX-License-Identifier: MIT */
/* Files of a tree as block devices, by policy. */

#include <fief/config.h>
#include <fief/log.h>
#include <fief/policy.h>
#include <init/config_schema.h>
#include <lib/mem.h>
#include <vfs/plugins.h>

#include "disk.h"

static struct main {
	struct fief_env *env;
	struct fief_config config;
	struct fief_signal_handler config_changed;
	bool config_wrong;
	struct fief_root root;
	struct block_server server;
	struct vfs *vfs;
	struct vfs_op op; /* of a session that is opened: one at a time */
	bool over;
	enum vfs_err outcome;
} m;

/* ---- configuration ---- */

#define POLICY                                                                 \
	{ "file", CONFIG_TEXT, .required = true },                             \
		{ "writeable", CONFIG_BOOL, .usual = "no" },                   \
		{ "block_size", CONFIG_SIZE, .least = BLOCK_SIZE_MIN,          \
		  .most = BLOCK_SIZE_MAX, .usual = "512" },                    \
		{ "size", CONFIG_SIZE, .least = 1, .most = INT64_MAX },        \
	{                                                                      \
		0                                                              \
	}

static const struct config_attr policy_attrs[] = {
	{ "label", CONFIG_LABEL },
	{ "label_prefix", CONFIG_LABEL },
	{ "label_suffix", CONFIG_LABEL },
	{ "label_last", CONFIG_LABEL },
	POLICY,
};
static const struct config_attr default_attrs[] = { POLICY };
static const struct config_element policy = { .name = "policy",
	                                      .attrs = policy_attrs };
static const struct config_element default_policy = { .name = "default-policy",
	                                              .attrs = default_attrs,
	                                              .once = true };
static const struct config_element tree = { .name = "vfs",
	                                    .once = true,
	                                    .any = true };
static const struct config_element *const parts[] = { &tree, &policy,
	                                              &default_policy, NULL };
static const struct config_element schema = { .name = "config",
	                                      .children = parts };

static enum fief_err refused(const struct node_error *err, enum fief_err e)
{
	fief_error("config:%u:%u: %s", err->at.line, err->at.column, err->text);
	return e;
}

static enum fief_err config_check(const struct node **vfs)
{
	struct node_error err = { 0 };
	enum fief_err e = config_element_check(m.config.root, &schema, &err);

	if (e)
		return refused(&err, e);
	*vfs = node_first(m.config.root, "vfs");
	if (*vfs)
		return FIEF_OK;
	fief_error("config: there is no <vfs>");
	return FIEF_INVALID;
}

/* What is open stays; new sessions wait for a config that is right. */
static void on_config(struct fief_signal_handler *self, unsigned count)
{
	struct node_error err = { 0 };
	const struct node *vfs;
	enum fief_err e;

	(void)self, (void)count;
	if (fief_config_update(&m.config))
		return;
	e = config_check(&vfs);
	if (!e)
		e = vfs_update(m.vfs, vfs, &err);
	if (e && err.text[0])
		e = refused(&err, e);
	m.config_wrong = e != FIEF_OK;
}

/* ---- files: a session waits while its file is opened ---- */

static void ended(struct vfs_op *op, enum vfs_err e)
{
	(void)op;
	m.over = true;
	m.outcome = e;
}

static struct vfs_op *begin(const struct vfs_op *op)
{
	m.op = *op;
	m.op.done = ended;
	m.over = false;
	return &m.op;
}

static enum vfs_err waited(enum vfs_err e)
{
	if (e != VFS_LATE)
		return e;
	while (!m.over)
		fief_entrypoint_wait_io(m.env->ep);
	return m.outcome;
}

static enum vfs_err file_open(const char *path, uint32_t flags,
                              struct vfs_file **out)
{
	const struct vfs_op op = { .path = path, .flags = flags, .mode = 0600 };
	enum vfs_err e = waited(vfs_open(m.vfs, begin(&op)));

	if (!e)
		*out = m.op.file;
	return e;
}

static enum vfs_err file_size(struct vfs_file *f, uint64_t *size)
{
	static const struct vfs_op op;
	enum vfs_err e = waited(vfs_file_stat(f, begin(&op)));

	if (!e)
		*size = m.op.stat.size;
	return e;
}

static enum vfs_err file_grow(struct vfs_file *f, uint64_t size)
{
	const struct vfs_change c = { .what = VFS_SET_SIZE, .size = size };

	m.op = (struct vfs_op){ .change = &c, .done = ended };
	m.over = false;
	return waited(vfs_file_change(f, &m.op));
}

/* Open, as long as it is to be. */
static enum vfs_err file_ready(const char *path, bool writeable, uint64_t want,
                               struct vfs_file **out, uint64_t *size)
{
	const uint32_t flags = VFS_READ | (writeable ? VFS_WRITE : 0) |
	                       (writeable && want ? VFS_CREATE : 0);
	enum vfs_err e = file_open(path, flags, out);

	if (e)
		return e;
	e = file_size(*out, size);
	if (!e && writeable && want > *size) {
		e = file_grow(*out, want);
		*size = want;
	}
	if (e)
		vfs_close(*out);
	return e;
}

/* ---- sessions ---- */

static enum fief_err disk_make(struct vfs_file *f, uint32_t block_size,
                               struct disk **out)
{
	struct disk *d;
	void *mem;

	if (fief_alloc_zeroed(m.env->heap, sizeof(*d), &mem)) {
		vfs_close(f);
		return FIEF_OUT_OF_RAM;
	}
	d = mem;
	d->alloc = m.env->heap;
	d->file = f;
	d->block_size = block_size;
	*out = d;
	return FIEF_OK;
}

static enum fief_err disk_open(const struct node *p, const char *label,
                               bool writeable, struct block_view *view,
                               struct disk **out)
{
	const char *path = node_attr(p, "file", "");
	uint64_t block_size = 0, want = 0, size = 0;
	struct vfs_file *f;
	enum vfs_err e;

	if (node_attr_u64(p, "block_size", BLOCK_SIZE_MIN, NULL, &block_size) ||
	    node_attr_u64(p, "size", 0, NULL, &want))
		return FIEF_DENIED; /* not so: it was checked */
	e = file_ready(path, writeable, want, &f, &size);
	if (e) {
		fief_warning("\"%s\": %s: %s", label, path, vfs_err_text(e));
		return FIEF_DENIED;
	}
	view->info = (struct block_info){ (uint32_t)block_size,
		                          size / block_size, writeable };
	if (view->info.block_count && block_info_valid(&view->info))
		return disk_make(f, (uint32_t)block_size, out);
	fief_warning("\"%s\": %s: %llu bytes are no device of blocks of %llu",
	             label, path, (unsigned long long)size,
	             (unsigned long long)block_size);
	vfs_close(f);
	return FIEF_INVALID;
}

static enum fief_err device_open(struct block_server *server, const char *label,
                                 bool writeable, struct block_view *view,
                                 void **owner)
{
	const struct node *p = fief_policy_find(m.config.root, label);
	struct disk *d;
	bool allowed;
	enum fief_err e;

	(void)server;
	if (!p || m.config_wrong ||
	    node_attr_bool(p, "writeable", false, NULL, &allowed))
		return FIEF_DENIED;
	e = disk_open(p, label, writeable && allowed, view, &d);
	if (!e)
		*owner = d;
	return e;
}

static void device_close(struct block_server *server, void *owner,
                         bool writeable)
{
	struct disk *d = owner;

	(void)server, (void)writeable;
	vfs_close(d->file);
	fief_free(d->alloc, d, sizeof(*d));
}

static enum fief_err device_submit(struct block_server *server,
                                   struct block_request *r)
{
	(void)server;
	disk_submit(r->session->owner, r);
	return FIEF_OK;
}

static void device_cancel(struct block_server *server, struct block_request *r)
{
	(void)server;
	disk_cancel(r->session->owner, r);
}

static const struct block_device_ops device_ops = {
	.open = device_open,
	.close = device_close,
	.submit = device_submit,
	.cancel = device_cancel,
};

/* ---- start ---- */

static enum fief_err tree_make(void)
{
	const struct vfs_args args = { .alloc = m.env->heap,
		                       .env = m.env,
		                       .types = vfs_plugins,
		                       .async = true };
	struct node_error err = { { 0, 0 }, "out of memory" };
	const struct node *vfs;
	enum fief_err e = config_check(&vfs);

	if (e)
		return e;
	e = vfs_create(&args, vfs, &err, &m.vfs);
	return e ? refused(&err, e) : e;
}

static enum fief_err start(struct fief_env *env)
{
	enum fief_err e = fief_config_open(env, &m.config);

	if (!e)
		e = tree_make();
	if (e)
		return e;
	m.config_changed.handle = on_config;
	e = fief_signal_manage(env->ep, &m.config_changed);
	if (!e)
		e = fief_rom_sigh(&m.config.rom, &m.config_changed);
	if (!e)
		e = fief_root_init(&m.root, env);
	return e ? e : block_server_init(&m.server, env, &m.root, &device_ops);
}

void fief_component_construct(struct fief_env *env)
{
	enum fief_err e;

	m.env = env;
	e = start(env);
	if (e) {
		fief_error("cannot start: %s", fief_err_text(e));
		fief_exit(env, 1);
	}
}
