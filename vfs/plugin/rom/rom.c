/* SPDX-License-Identifier: MIT */
/* A ROM module as a file. */

#include <fief/log.h>
#include <fief/rom.h>
#include <lib/mem.h>
#include <vfs/plugin/fixed.h>
#include <vfs/plugin/rom.h>

struct rom_fs {
	struct fixed_fs fixed;
	struct fief_rom rom;
	struct fief_signal_handler changed;
	bool binary;
};

static struct rom_fs *rom_of(const struct vfs_node *n)
{
	return FIEF_CONTAINER_OF(n->fs, struct rom_fs, fixed.fs);
}

/* Of text, what a client of a ROM sees behind its end are zeros. */
static void content_set(struct rom_fs *r)
{
	struct fixed_node *n = fixed_node(r->fixed.fs.root);

	n->data = r->rom.data;
	n->stat.size = !r->binary && r->rom.data ?
	                       strnlen(r->rom.data, r->rom.size) :
	                       r->rom.size;
	n->stat.mtime = n->stat.ctime = vfs_now(r->fixed.fs.vfs);
}

/* Files that are open read the new content from then on. */
static void changed(struct fief_signal_handler *h, unsigned count)
{
	struct rom_fs *r = FIEF_CONTAINER_OF(h, struct rom_fs, changed);
	enum fief_err e = fief_rom_update(&r->rom);

	(void)count;
	if (e)
		fief_error("vfs: <rom name=\"%s\">: no new content: %s",
		           r->fixed.fs.name, fief_err_name(e));
	content_set(r);
	vfs_node_changed(r->fixed.fs.root);
}

/* ---- the file ---- */

static enum vfs_err rom_stat(struct vfs_node *n, struct vfs_op *op)
{
	return rom_of(n)->rom.data ? fixed_stat(n, op) : VFS_NOT_FOUND;
}

static enum vfs_err rom_read(struct vfs_file *f, struct vfs_op *op)
{
	const struct fixed_node *n = fixed_node(f->node);

	return n->data ? fixed_read(n->data, n->stat.size, op) : VFS_GONE;
}

static enum vfs_err rom_map(struct vfs_file *f, struct vfs_op *op)
{
	const struct rom_fs *r = rom_of(f->node);

	if (!r->rom.data)
		return VFS_GONE;
	op->ds = r->rom.ds;
	op->count = fixed_node(f->node)->stat.size;
	return VFS_OK;
}

static const struct vfs_file_ops file_ops = { .read = rom_read,
	                                      .map = rom_map };

static enum vfs_err rom_open(struct vfs_node *n, struct vfs_file *f,
                             struct vfs_op *op)
{
	if (!rom_of(n)->rom.data)
		return VFS_NOT_FOUND;
	if (op->flags & (VFS_WRITE | VFS_TRUNCATE))
		return VFS_READ_ONLY;
	f->ops = &file_ops;
	return VFS_OK;
}

static const struct vfs_node_ops node_ops = {
	.put = fixed_put,
	.stat = rom_stat,
	.open = rom_open,
};

/* ---- the file system ---- */

static void fini(struct fixed_fs *f)
{
	struct rom_fs *r = FIEF_CONTAINER_OF(f, struct rom_fs, fixed);

	if (r->changed.ep)
		fief_signal_dissolve(r->changed.ep, &r->changed);
	fief_rom_close(&r->rom);
}

static enum fief_err rom_begin(struct vfs *v, struct rom_fs *r,
                               const char *label)
{
	struct fief_env *env = vfs_env(v);
	enum fief_err e =
		env ? fief_rom_open(env, label, &r->rom) : FIEF_UNSUPPORTED;

	if (e)
		return e;
	r->changed.handle = changed;
	e = fief_signal_manage(env->ep, &r->changed);
	return e ? e : fief_rom_sigh(&r->rom, &r->changed);
}

static enum fief_err rom_create(struct vfs *v, const struct node *config,
                                struct node_error *err, struct vfs_fs **out)
{
	const char *name = node_attr(config, "name", "");
	const char *label = node_attr(config, "label", name);
	struct rom_fs *r;
	struct fixed_fs *f;
	bool binary;
	enum fief_err e = node_attr_bool(config, "binary", true, err, &binary);

	if (!e)
		e = fixed_file(v, config, sizeof(*r), VFS_FILE, &node_ops, &f);
	if (e)
		return e;
	f->fini = fini;
	r = FIEF_CONTAINER_OF(f, struct rom_fs, fixed);
	r->binary = binary;
	e = rom_begin(v, r, label);
	if (e) {
		fixed_cancel(f);
		return node_error_set(err, e, config->at,
		                      "<rom>: ROM session \"%s\": %s", label,
		                      fief_err_name(e));
	}
	content_set(r);
	*out = &f->fs;
	return FIEF_OK;
}

static const struct vfs_attr attrs[] = {
	{ "name", NULL, "name of the file", VFS_VALUE_NAME, true },
	{ "label", NULL, "of the ROM session; by default as the name",
	  VFS_VALUE_TEXT },
	{ "binary", "yes", "no: it is text, and ends at the first zero byte",
	  VFS_VALUE_BOOL },
	{ 0 },
};

static const struct vfs_schema schema = {
	.text = "a ROM module as a file that cannot be written",
	.attrs = attrs,
};

const struct vfs_type vfs_rom = {
	.name = "rom",
	.create = rom_create,
	.schema = &schema,
};
