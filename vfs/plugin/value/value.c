/* SPDX-License-Identifier: MIT */
/* Files that tell, or take, one value each. */

#include <lib/mem.h>
#include <vfs/plugin/value.h>

enum { INFO_MAX = 1024 };

struct source {
	const struct value *value; /* the one, or all of a table */
	void *arg;
	const char *type; /* of the info; NULL: it is one value */
};

struct text {
	size_t len;
	char s[INFO_MAX];
};

/* ---- what it says ---- */

static enum vfs_err one(const struct source *s, const struct value *v,
                        char *buf, size_t size)
{
	struct fmt f;
	enum vfs_err e;

	fmt_init(&f, buf, size);
	e = v->get(s->arg, &f);
	return e || fmt_fits(&f) ? e : VFS_IO;
}

/* As the value of an attribute. */
static void quoted(struct fmt *f, const char *s)
{
	static const char special[] = "&<\"";
	static const char *const escaped[] = { "&amp;", "&lt;", "&quot;" };

	for (; *s; s++) {
		const char *c = strchr(special, *s);

		if (c)
			fmt_string(f, escaped[c - special]);
		else
			fmt_char(f, *s);
	}
}

static enum vfs_err info(const struct source *s, struct fmt *f)
{
	char buf[VALUE_MAX];
	enum vfs_err e = VFS_OK;

	fmt_add(f, "<%s", s->type);
	for (const struct value *v = s->value; !e && v->name; v++) {
		e = one(s, v, buf, sizeof(buf));
		if (e)
			break;
		fmt_add(f, " %s=\"", v->name);
		quoted(f, buf);
		fmt_char(f, '"');
	}
	fmt_string(f, "/>");
	return e;
}

static enum vfs_err render(const struct source *s, struct text *t)
{
	struct fmt f;
	enum vfs_err e;

	fmt_init(&f, t->s, s->type ? sizeof(t->s) : VALUE_MAX);
	e = s->type ? info(s, &f) : s->value->get(s->arg, &f);
	fmt_char(&f, '\n');
	t->len = f.len;
	return e || fmt_fits(&f) ? e : VFS_IO;
}

/* ---- the file ---- */

static const struct source *source_of(const struct vfs_file *f)
{
	return fixed_node(f->node)->user;
}

static enum vfs_err value_read(struct vfs_file *f, struct vfs_op *op)
{
	const struct text *t = f->state;

	return fixed_read(t->s, t->len, op);
}

static enum vfs_err value_write(struct vfs_file *f, struct vfs_op *op)
{
	const struct source *s = source_of(f);
	char text[VALUE_MAX];
	size_t len = op->len;
	enum vfs_err e;

	if (len >= sizeof(text) || op->pos || memchr(op->data, 0, len))
		return VFS_INVALID;
	memcpy(text, op->data, len);
	if (len && text[len - 1] == '\n')
		len--;
	text[len] = '\0';
	e = s->value->set(s->arg, text);
	op->count = e ? 0 : op->len;
	return e;
}

static void value_close(struct vfs_file *f)
{
	fief_free(fixed_fs(fixed_node(f->node))->alloc, f->state,
	          sizeof(struct text));
}

static const struct vfs_file_ops file_ops = {
	.close = value_close,
	.read = value_read,
	.write = value_write,
};

/* The size of a value is known only when it is read, as in /proc. */
static enum vfs_err value_open(struct vfs_node *n, struct vfs_file *f,
                               struct vfs_op *op)
{
	const struct source *s = fixed_node(n)->user;
	struct fief_alloc *alloc = fixed_fs(fixed_node(n))->alloc;
	enum vfs_err e = VFS_OK;
	void *mem;

	if (op->flags & (VFS_WRITE | VFS_TRUNCATE) &&
	    (s->type || !s->value->set))
		return VFS_READ_ONLY;
	if (fief_alloc(alloc, sizeof(struct text), &mem))
		return VFS_NO_MEMORY;
	((struct text *)mem)->len = 0;
	if (op->flags & VFS_READ)
		e = render(s, mem);
	if (e) {
		fief_free(alloc, mem, sizeof(struct text));
		return e;
	}
	f->state = mem;
	f->ops = &file_ops;
	return VFS_OK;
}

/* `echo 1 > value` truncates before it writes. */
static enum vfs_err value_change(struct vfs_node *n, struct vfs_op *op)
{
	const struct source *s = fixed_node(n)->user;

	if (s->type || !s->value->set)
		return VFS_READ_ONLY;
	return op->change->what == VFS_SET_SIZE && !op->change->size ?
	               VFS_OK :
	               VFS_NOT_PERMITTED;
}

static const struct vfs_node_ops node_ops = {
	.put = fixed_put,
	.stat = fixed_stat,
	.change = value_change,
	.open = value_open,
};

/* ---- making ---- */

static enum fief_err add(struct fixed_fs *f, struct fixed_node *dir,
                         const char *name, struct source from)
{
	struct fixed_node *n;
	void *mem;
	enum fief_err e = arena_alloc(&f->arena, sizeof(from), &mem);

	if (!e)
		e = fixed_add(f, dir, fixed_name(name, strlen(name)), VFS_FILE,
		              &node_ops, &n);
	if (e)
		return e;
	*(struct source *)mem = from;
	n->user = mem;
	if (!from.type && from.value->set)
		n->stat.mode = 0644;
	return FIEF_OK;
}

enum fief_err value_add(struct fixed_fs *f, struct fixed_node *dir,
                        const struct value *v, void *arg)
{
	return add(f, dir, v->name, (struct source){ .value = v, .arg = arg });
}

enum fief_err value_add_all(struct fixed_fs *f, struct fixed_node *dir,
                            const char *type, const struct value *table,
                            void *arg)
{
	const struct source all = { table, arg, type };
	enum fief_err e = add(f, dir, "info", all);

	for (const struct value *v = table; !e && v->name; v++)
		e = value_add(f, dir, v, arg);
	return e;
}
