/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <vfs/dirent.h>

#include "steps.h"

enum { BUF = 65536 };

static _Alignas(8) char buf[BUF];

static enum vfs_err open_as(struct test_tree *t, const struct test_step *s,
                            uint32_t flags, struct vfs_op *op)
{
	*op = (struct vfs_op){ .path = s->path, .flags = flags, .mode = 0644 };
	return vfs_open(t->vfs, op);
}

static enum vfs_err do_read(struct test_tree *t, const struct test_step *s,
                            struct vfs_op *op)
{
	enum vfs_err e = open_as(t, s, VFS_READ, op);
	struct vfs_file *f = op->file;

	if (e)
		return e;
	memset(buf, '#', sizeof(buf));
	*op = (struct vfs_op){ .buf = buf, .len = s->len, .pos = s->pos };
	e = f->ops->stream ? vfs_read(f, op) : vfs_pread(f, op);
	vfs_close(f);
	if (e)
		return e;
	assert_int_equal(op->count, s->count);
	if (s->text)
		assert_memory_equal(buf, s->text, s->count);
	assert_int_equal(buf[op->count], '#');
	return e;
}

static enum vfs_err write_as(struct test_tree *t, const struct test_step *s,
                             uint32_t flags, struct vfs_op *op)
{
	enum vfs_err e = open_as(t, s, VFS_WRITE | flags, op);
	struct vfs_file *f = op->file;

	if (e)
		return e;
	*op = (struct vfs_op){ .data = s->text,
		               .len = s->len ? s->len : strlen(s->text),
		               .pos = s->pos };
	e = f->ops->stream || flags & VFS_APPEND ? vfs_write(f, op) :
	                                           vfs_pwrite(f, op);
	vfs_close(f);
	if (!e)
		assert_int_equal(op->count, s->count);
	return e;
}

static enum vfs_err do_write(struct test_tree *t, const struct test_step *s,
                             struct vfs_op *op)
{
	return write_as(t, s, 0, op);
}

static enum vfs_err do_create(struct test_tree *t, const struct test_step *s,
                              struct vfs_op *op)
{
	return write_as(t, s, VFS_CREATE, op);
}

static enum vfs_err do_append(struct test_tree *t, const struct test_step *s,
                              struct vfs_op *op)
{
	return write_as(t, s, VFS_APPEND, op);
}

static enum vfs_err do_truncate(struct test_tree *t, const struct test_step *s,
                                struct vfs_op *op)
{
	enum vfs_err e = open_as(t, s, VFS_WRITE | VFS_TRUNCATE, op);

	if (!e)
		vfs_close(op->file);
	return e;
}

static enum vfs_err do_stat(struct test_tree *t, const struct test_step *s,
                            struct vfs_op *op)
{
	enum vfs_err e;

	*op = (struct vfs_op){ .path = s->path, .flags = VFS_NOFOLLOW };
	e = vfs_find(t->vfs, op);
	if (e)
		return e;
	vfs_node_put(op->node);
	assert_int_equal(op->stat.kind, s->kind);
	assert_int_equal(op->stat.size, s->count);
	assert_int_not_equal(op->stat.ino, 0);
	if (s->pos)
		assert_int_equal(op->stat.mode, s->pos);
	return e;
}

static enum vfs_err do_target(struct test_tree *t, const struct test_step *s,
                              struct vfs_op *op)
{
	enum vfs_err e;

	*op = (struct vfs_op){ .path = s->path, .buf = buf, .len = s->len };
	e = vfs_target(t->vfs, op);
	if (e)
		return e;
	assert_int_equal(op->count, s->count);
	assert_memory_equal(buf, s->text, s->count);
	return e;
}

static enum vfs_err do_remove(struct test_tree *t, const struct test_step *s,
                              struct vfs_op *op)
{
	*op = (struct vfs_op){ .path = s->path };
	return vfs_remove(t->vfs, op);
}

static enum vfs_err do_mkdir(struct test_tree *t, const struct test_step *s,
                             struct vfs_op *op)
{
	*op = (struct vfs_op){ .path = s->path, .kind = VFS_DIR, .mode = 0755 };
	return vfs_make(t->vfs, op);
}

static size_t names_add(const struct vfs_op *op, char *names, size_t n)
{
	const struct vfs_dirent *d;

	for (size_t at = 0; (d = vfs_dirent_at(op, at)); at += d->bytes)
		if (strcmp(d->name, ".") && strcmp(d->name, ".."))
			n += (size_t)sprintf(names + n, "%s ", d->name);
	return n;
}

/* With as little room as there may be, so that positions count. */
static enum vfs_err do_list(struct test_tree *t, const struct test_step *s,
                            struct vfs_op *op)
{
	enum vfs_err e = open_as(t, s, VFS_READ | VFS_DIRECTORY, op);
	struct vfs_file *f = op->file;
	char names[1024] = "";
	size_t n = 0;

	if (e)
		return e;
	do {
		*op = (struct vfs_op){ .buf = buf, .len = VFS_DIRENT_MAX };
		e = vfs_list(f, op);
		if (!e)
			n = names_add(op, names, n);
	} while (!e && op->count);
	vfs_close(f);
	if (!e)
		assert_string_equal(names, s->text);
	return e;
}

static const struct {
	const char *what;
	enum vfs_err (*run)(struct test_tree *, const struct test_step *,
	                    struct vfs_op *);
} kinds[] = {
	{ "read", do_read },         { "write", do_write },
	{ "create", do_create },     { "append", do_append },
	{ "truncate", do_truncate }, { "stat", do_stat },
	{ "target", do_target },     { "remove", do_remove },
	{ "mkdir", do_mkdir },       { "list", do_list },
};

static void step(struct test_tree *t, const struct test_step *s)
{
	struct vfs_op op;

	print_message("%s %s\n", s->what, s->path);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strcmp(kinds[i].what, s->what))
			continue;
		assert_string_equal(vfs_err_name(kinds[i].run(t, s, &op)),
		                    vfs_err_name(s->err));
		return;
	}
	fail_msg("no step %s", s->what);
}

void test_steps(struct test_tree *t, const struct test_step *s, size_t count)
{
	for (size_t i = 0; i < count; i++)
		step(t, &s[i]);
}
