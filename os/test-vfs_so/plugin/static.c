/* SPDX-License-Identifier: MIT */
/* Has variables, with and without a value, and pointers to its own functions; does
 * to its parts what they do not have the right for, if it is told to. */

#include <lib/mem.h>
#include <vfs/plugin/value.h>

#include <vfs/so/plugin.h>

static unsigned first = 40, second;
static unsigned many[3000]; /* more than a page */

static void first_up(void)
{
	first++;
}

static void second_up(void)
{
	second++;
	many[second] = first;
}

static void (*step[])(void) = { first_up, second_up };

static enum vfs_err sum_get(void *arg, struct fmt *out)
{
	(void)arg;
	for (size_t i = 0; i < sizeof(step) / sizeof(step[0]); i++)
		step[i]();
	step[0] = second_up;
	fmt_add(out, "%u %u %u", first, second, many[second]);
	return VFS_OK;
}

static const struct value sum = { "static", sum_get, NULL };

/* ---- rights ---- */

static const char text[] = "a constant";
static unsigned char code[] = { 0xc3 }; /* ret */

static void write_to(const volatile void *at)
{
	*(volatile char *)(uintptr_t)at = 1;
}

static void touch(const char *part)
{
	if (!strcmp(part, "code"))
		write_to((const void *)(uintptr_t)first_up);
	else if (!strcmp(part, "constant"))
		write_to(text);
	else if (!strcmp(part, "relocated"))
		write_to(&sum);
	else if (!strcmp(part, "data"))
		((void (*)(void))(uintptr_t)code)();
}

static enum fief_err static_create(struct vfs *v, const struct node *config,
                                   struct node_error *err, struct vfs_fs **out)
{
	struct fixed_node *root;
	struct fixed_fs *f;
	enum fief_err e = fixed_create(v, sizeof(*f), &f);

	(void)err;
	touch(node_attr(config, "touch", ""));
	if (e)
		return e;
	e = fixed_add(f, NULL, fixed_name("", 0), VFS_DIR, NULL, &root);
	if (!e)
		e = value_add(f, root, &sum, NULL);
	if (e)
		fixed_cancel(f);
	else
		*out = &f->fs;
	return e;
}

static const struct vfs_attr attrs[] = {
	{ .name = "touch", .text = "which part: it crashes" },
	{ 0 },
};

static const struct vfs_schema schema = {
	.text = "tells of its variables",
	.attrs = attrs,
};

static const struct vfs_type type = {
	.name = "test-static",
	.create = static_create,
	.schema = &schema,
};

VFS_PLUGIN(type);
