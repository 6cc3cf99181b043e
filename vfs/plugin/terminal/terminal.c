/* SPDX-License-Identifier: MIT */
/* Bytes in and out of a Terminal session. */

#include <fief/attached.h>
#include <fief/kif_table.h>
#include <fief/session.h>
#include <lib/mem.h>
#include <session/terminal.h>
#include <vfs/plugin/terminal.h>
#include <vfs/plugin/value.h>

#define RDEV (UINT64_C(5) << 32) /* as /dev/tty */

struct term_fs {
	struct fixed_fs fixed;
	struct fief_session session;
	struct fief_attached buffer; /* both ways */
	struct fief_signal_handler can_read, can_write, resized;
	struct fixed_node *values; /* their directory */
	struct list files;         /* struct term_file: open */
	char *in;                  /* owned: came, and not read yet */
	size_t in_at, in_len;
	bool may_read, may_write; /* since a signal, or the start */
	bool end;                 /* nothing will come any more */
};

struct term_file {
	struct list_elem link;
	struct vfs_file *file;
};

static struct term_fs *term_of(const struct vfs_node *n)
{
	return FIEF_CONTAINER_OF(n->fs, struct term_fs, fixed.fs);
}

static struct terminal_cap cap_of(const struct term_fs *t)
{
	return (struct terminal_cap){ t->session.cap };
}

/* ---- bytes ---- */

/* What has come is taken as a whole: the buffer is for writing, too. */
static enum vfs_err fetch(struct term_fs *t)
{
	uint64_t len = 0;
	bool end = false;
	enum fief_err e;

	if (t->in_at < t->in_len || t->end || !t->may_read)
		return VFS_OK;
	e = terminal_read(cap_of(t), &len, &end);
	if (e || len > t->buffer.bytes)
		return e == FIEF_GONE ? VFS_GONE : VFS_IO;
	memcpy(t->in, t->buffer.addr, (size_t)len);
	t->in_at = 0;
	t->in_len = (size_t)len;
	t->end = end;
	t->may_read = len > 0;
	return VFS_OK;
}

static enum vfs_err file_read(struct vfs_file *f, struct vfs_op *op)
{
	struct term_fs *t = term_of(f->node);
	enum vfs_err e = fetch(t);

	if (e)
		return e;
	op->count = t->in_len - t->in_at;
	if (!op->count)
		return t->end || !op->len ? VFS_OK : VFS_AGAIN;
	if (op->count > op->len)
		op->count = op->len;
	memcpy(op->buf, t->in + t->in_at, op->count);
	t->in_at += op->count;
	return VFS_OK;
}

static enum vfs_err write_outcome(enum fief_err e)
{
	return e == FIEF_GONE ? VFS_BROKEN_PIPE : e ? VFS_IO : VFS_OK;
}

static enum vfs_err file_write(struct vfs_file *f, struct vfs_op *op)
{
	struct term_fs *t = term_of(f->node);
	const size_t len =
		op->len < t->buffer.bytes ? op->len : t->buffer.bytes;
	uint64_t written = 0;
	enum fief_err e;

	if (!op->len)
		return VFS_OK;
	if (!t->may_write)
		return VFS_AGAIN;
	memcpy(t->buffer.addr, op->data, len);
	e = terminal_write(cap_of(t), len, &written);
	if (e || written > len)
		return write_outcome(e ? e : FIEF_INVALID);
	t->may_write = written == len;
	op->count = (size_t)written;
	return written ? VFS_OK : VFS_AGAIN;
}

static unsigned file_ready(struct vfs_file *f)
{
	struct term_fs *t = term_of(f->node);
	const bool failed = fetch(t) != VFS_OK; /* the next read says why */

	return (failed || t->end || t->in_at < t->in_len ? VFS_CAN_READ : 0) |
	       (t->may_write ? VFS_CAN_WRITE : 0) | (t->end ? VFS_HUNG_UP : 0);
}

/* ---- open files ---- */

static void file_close(struct vfs_file *f)
{
	struct term_file *o = f->state;

	list_remove(&o->link);
	fief_free(term_of(f->node)->fixed.alloc, o, sizeof(*o));
}

static const struct vfs_file_ops file_ops = {
	.stream = true,
	.close = file_close,
	.read = file_read,
	.write = file_write,
	.ready = file_ready,
};

static enum vfs_err term_open(struct vfs_node *n, struct vfs_file *f,
                              struct vfs_op *op)
{
	struct term_fs *t = term_of(n);
	struct term_file *o;
	void *mem;

	(void)op;
	if (fief_alloc_zeroed(t->fixed.alloc, sizeof(*o), &mem))
		return VFS_NO_MEMORY;
	o = mem;
	o->file = f;
	list_add_last(&t->files, &o->link);
	f->state = o;
	f->ops = &file_ops;
	return VFS_OK;
}

static const struct vfs_node_ops node_ops = {
	.put = fixed_put,
	.stat = fixed_stat,
	.open = term_open,
};

/* ---- signals ---- */

static void tell(struct term_fs *t)
{
	LIST_FOR_EACH(o, &t->files, struct term_file, link)
		vfs_file_ready(o->file);
}

static void on_read(struct fief_signal_handler *self, unsigned count)
{
	struct term_fs *t = FIEF_CONTAINER_OF(self, struct term_fs, can_read);

	(void)count;
	t->may_read = true;
	tell(t);
}

static void on_write(struct fief_signal_handler *self, unsigned count)
{
	struct term_fs *t = FIEF_CONTAINER_OF(self, struct term_fs, can_write);

	(void)count;
	t->may_write = true;
	tell(t);
}

static void on_size(struct fief_signal_handler *self, unsigned count)
{
	static const char *const names[] = { "columns", "rows", "info" };
	struct term_fs *t = FIEF_CONTAINER_OF(self, struct term_fs, resized);

	(void)count;
	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		vfs_node_changed(
			&fixed_find(t->values,
		                    fixed_name(names[i], strlen(names[i])))
				 ->node);
}

/* ---- values ---- */

static enum vfs_err size_of(struct term_fs *t, struct fmt *out, bool columns)
{
	uint32_t c, r;
	enum fief_err e = terminal_size(cap_of(t), &c, &r);

	if (e)
		return e == FIEF_GONE ? VFS_GONE : VFS_IO;
	fmt_add(out, "%u", columns ? c : r);
	return VFS_OK;
}

static enum vfs_err columns_get(void *arg, struct fmt *out)
{
	return size_of(arg, out, true);
}

static enum vfs_err rows_get(void *arg, struct fmt *out)
{
	return size_of(arg, out, false);
}

static const struct value values[] = {
	{ .name = "columns", .get = columns_get },
	{ .name = "rows", .get = rows_get },
	{ 0 },
};

/* ---- the session ---- */

static enum fief_err
handler_set(struct fief_env *env, struct fief_signal_handler *h,
            void (*handle)(struct fief_signal_handler *, unsigned),
            struct terminal_cap cap,
            enum fief_err (*sigh)(struct terminal_cap, struct signal_cap))
{
	enum fief_err e;

	h->handle = handle;
	h->level = FIEF_SIGNAL_IO;
	e = fief_signal_manage(env->ep, h);
	return e ? e : sigh(cap, (struct signal_cap){ h->cap });
}

static enum fief_err buffer_open(struct term_fs *t)
{
	struct dataspace_cap ds;
	uint64_t size;
	void *mem;
	enum fief_err e = terminal_buffer(cap_of(t), &ds, &size);

	if (!e && !size)
		e = FIEF_INVALID;
	if (!e)
		e = fief_attach(&t->buffer, ds.cap, size, KIF_READ | KIF_WRITE);
	if (!e)
		e = fief_alloc(t->fixed.alloc, t->buffer.bytes, &mem);
	if (!e)
		t->in = mem;
	return e;
}

static enum fief_err session_open(struct term_fs *t, struct fief_env *env,
                                  const char *label)
{
	const struct fief_session_args a = { .service = TERMINAL_SERVICE,
		                             .label = label,
		                             .ram = TERMINAL_RAM_QUOTA,
		                             .caps = TERMINAL_CAP_QUOTA };
	enum fief_err e = fief_session_open(env, &a, &t->session);

	if (!e)
		e = buffer_open(t);
	t->may_write = true;
	if (!e)
		e = handler_set(env, &t->can_read, on_read, cap_of(t),
		                terminal_read_sigh);
	if (!e)
		e = handler_set(env, &t->can_write, on_write, cap_of(t),
		                terminal_write_sigh);
	if (!e)
		e = handler_set(env, &t->resized, on_size, cap_of(t),
		                terminal_size_sigh);
	return e;
}

static void fini(struct fixed_fs *f)
{
	struct term_fs *t = FIEF_CONTAINER_OF(f, struct term_fs, fixed);
	struct fief_env *env = vfs_env(f->fs.vfs);
	struct fief_signal_handler *const handlers[] = { &t->can_read,
		                                         &t->can_write,
		                                         &t->resized };

	for (unsigned i = 0; i < 3; i++)
		if (handlers[i]->cap)
			fief_signal_dissolve(env->ep, handlers[i]);
	fief_free(f->alloc, t->in, t->buffer.bytes);
	if (t->buffer.addr)
		fief_detach(&t->buffer);
	if (t->session.cap)
		fief_session_close(env, &t->session);
}

/* ---- the file system ---- */

/* The name behind a dot is another one: it may be too long, or there already. */
static enum fief_err files_make(struct term_fs *t, const char *name)
{
	char dir[VFS_NAME_MAX + 1];
	const size_t len = strlen(name);
	struct fixed_node *root, *n;
	enum fief_err e = fixed_add(&t->fixed, NULL, fixed_name("", 0), VFS_DIR,
	                            NULL, &root);

	if (len >= VFS_NAME_MAX)
		return FIEF_TOO_LONG;
	dir[0] = '.';
	memcpy(dir + 1, name, len);
	if (!e)
		e = fixed_add(&t->fixed, root, fixed_name(name, len), VFS_CHAR,
		              &node_ops, &n);
	if (!e)
		n->stat.rdev = RDEV;
	if (!e)
		e = fixed_add(&t->fixed, root, fixed_name(dir, len + 1),
		              VFS_DIR, NULL, &t->values);
	return e ? e :
	           value_add_all(&t->fixed, t->values, "terminal", values, t);
}

static enum fief_err terminal_create(struct vfs *v, const struct node *config,
                                     struct node_error *err,
                                     struct vfs_fs **out)
{
	const char *label = node_attr(config, "label", NULL);
	struct fief_env *env = vfs_env(v);
	struct fixed_fs *f;
	struct term_fs *t;
	enum fief_err e = fixed_create(v, sizeof(*t), &f);

	if (e)
		return e;
	t = FIEF_CONTAINER_OF(f, struct term_fs, fixed);
	if (env)
		f->fini = fini;
	e = env ? session_open(t, env, label) : FIEF_UNSUPPORTED;
	if (!e)
		e = files_make(t, node_attr(config, "name", "terminal"));
	if (e) {
		fixed_cancel(f);
		return node_error_set(err, e, config->at,
		                      "<terminal>: Terminal session \"%s\": %s",
		                      label ? label : "", fief_err_name(e));
	}
	*out = &f->fs;
	return FIEF_OK;
}

static const struct vfs_attr attrs[] = {
	FIXED_ATTR_NAME("terminal"),
	{ "label", NULL, "of the Terminal session", VFS_VALUE_TEXT, false },
	{ 0 },
};

static const struct vfs_schema schema = {
	.text = "a Terminal session, and its size as values",
	.attrs = attrs,
};

const struct vfs_type vfs_terminal = {
	.name = "terminal",
	.create = terminal_create,
	.schema = &schema,
};
