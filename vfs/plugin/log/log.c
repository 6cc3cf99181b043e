/* SPDX-License-Identifier: MIT */
/*
 * Lines for a LOG session. Each open file has its own line, so that those who
 * write at the same time do not mix theirs.
 */

#include <fief/session.h>
#include <lib/mem.h>
#include <session/log.h>
#include <vfs/plugin/fixed.h>
#include <vfs/plugin/log.h>

enum { LINE = 400 }; /* as much as a message of LOG holds, at least */

#define RDEV (UINT64_C(1) << 32 | 11) /* as /dev/kmsg */

struct log_fs {
	struct fixed_fs fixed;
	struct fief_session session; /* of its own; or none */
	struct log_cap log;          /* that or the component's */
};

struct line {
	size_t len;
	char text[LINE];
};

static struct log_fs *log_of(const struct vfs_file *f)
{
	return FIEF_CONTAINER_OF(f->node->fs, struct log_fs, fixed.fs);
}

/* ---- the file ---- */

/* What is not at its end is kept by the server until the rest comes. */
static enum vfs_err line_out(struct vfs_file *f)
{
	struct line *l = f->state;
	struct capnp_text text = { .s = l->text };
	enum fief_err e;

	if (!l->len)
		return VFS_OK;
	text.len = (uint32_t)l->len;
	e = log_write(log_of(f)->log, text);
	if (e)
		return e == FIEF_GONE ? VFS_GONE : VFS_IO;
	l->len = 0;
	return VFS_OK;
}

/* What is taken over counts; a failure with nothing taken is told. */
static enum vfs_err log_write_bytes(struct vfs_file *f, struct vfs_op *op)
{
	const char *from = op->data;
	struct line *l = f->state;
	enum vfs_err e = VFS_OK;

	while (!e && op->count < op->len) {
		const char c = from[op->count];

		if (l->len == LINE)
			e = line_out(f);
		if (e)
			break;
		l->text[l->len++] = c;
		op->count++;
		if (c == '\n')
			e = line_out(f);
	}
	return op->count ? VFS_OK : e;
}

static enum vfs_err log_read(struct vfs_file *f, struct vfs_op *op)
{
	(void)f, (void)op;
	return VFS_OK;
}

static enum vfs_err log_sync(struct vfs_file *f, struct vfs_op *op)
{
	(void)op;
	return line_out(f);
}

/* A line that has no end gets one, lest what others write goes on in it. */
static void log_close(struct vfs_file *f)
{
	struct line *l = f->state;

	if (l->len == LINE && line_out(f))
		l->len = 0; /* lost with the session */
	if (l->len) {
		l->text[l->len++] = '\n';
		if (line_out(f))
			l->len = 0; /* the same */
	}
	fief_free(log_of(f)->fixed.alloc, l, sizeof(*l));
}

static const struct vfs_file_ops file_ops = {
	.stream = true,
	.close = log_close,
	.read = log_read,
	.write = log_write_bytes,
	.sync = log_sync,
};

static enum vfs_err log_open(struct vfs_node *n, struct vfs_file *f,
                             struct vfs_op *op)
{
	struct log_fs *l = FIEF_CONTAINER_OF(n->fs, struct log_fs, fixed.fs);
	void *mem;

	(void)op;
	if (fief_alloc_zeroed(l->fixed.alloc, sizeof(struct line), &mem))
		return VFS_NO_MEMORY;
	f->state = mem;
	f->ops = &file_ops;
	return VFS_OK;
}

static const struct vfs_node_ops node_ops = {
	.put = fixed_put,
	.stat = fixed_stat,
	.open = log_open,
};

/* ---- the file system ---- */

static void fini(struct fixed_fs *f)
{
	fief_session_close(
		f->fs.vfs ? vfs_env(f->fs.vfs) : NULL,
		&FIEF_CONTAINER_OF(f, struct log_fs, fixed)->session);
}

static enum fief_err session_begin(struct vfs *v, struct log_fs *l,
                                   const char *label)
{
	const struct fief_session_args args = {
		.service = LOG_SERVICE,
		.label = label,
		.ram = LOG_RAM_QUOTA,
		.caps = LOG_CAP_QUOTA,
	};
	struct fief_env *env = vfs_env(v);
	enum fief_err e;

	if (!env)
		return FIEF_UNSUPPORTED;
	if (!label) {
		l->log.cap = env->log;
		return env->log == FIEF_CAP_NULL ? FIEF_NOT_FOUND : FIEF_OK;
	}
	e = fief_session_open(env, &args, &l->session);
	l->log.cap = l->session.cap;
	return e;
}

static enum fief_err log_create(struct vfs *v, const struct node *config,
                                struct node_error *err, struct vfs_fs **out)
{
	const char *label = node_attr(config, "label", NULL);
	struct log_fs *l;
	struct fixed_fs *f;
	enum fief_err e =
		fixed_file(v, config, sizeof(*l), VFS_CHAR, &node_ops, &f);

	if (e)
		return e;
	l = FIEF_CONTAINER_OF(f, struct log_fs, fixed);
	e = session_begin(v, l, label);
	if (e) {
		fixed_cancel(f);
		return node_error_set(err, e, config->at,
		                      "<log>: LOG session \"%s\": %s",
		                      label ? label : "", fief_err_name(e));
	}
	f->fini = fini;
	fixed_node(f->fs.root)->stat.rdev = RDEV;
	*out = &f->fs;
	return FIEF_OK;
}

static const struct vfs_attr attrs[] = {
	FIXED_ATTR_NAME("log"),
	{ "label", NULL,
	  "of a LOG session; by default the component's own one is used",
	  VFS_VALUE_TEXT },
	{ 0 },
};

static const struct vfs_schema schema = {
	.text = "what is written to it goes to a LOG session, line by line",
	.attrs = attrs,
};

const struct vfs_type vfs_log = {
	.name = "log",
	.create = log_create,
	.schema = &schema,
};
