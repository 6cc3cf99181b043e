/* SPDX-License-Identifier: MIT */
/* <counter/>: a file whose content is a number, the next one each time it is opened. */

#include <lib/number.h>
#include <vfs/plugin/value.h>
#include <vfs/so/plugin.h>

struct counter {
	struct fixed_fs fixed; /* first: see <vfs/plugin/fixed.h> */
	uint64_t next, step;
};

/* ---- the file ---- */

static enum vfs_err count_get(void *arg, struct fmt *out)
{
	struct counter *c = arg;

	fmt_add(out, "%lu", c->next);
	c->next += c->step;
	return VFS_OK;
}

static enum vfs_err count_set(void *arg, const char *text)
{
	struct counter *c = arg;

	return number_parse(text, UINT64_MAX, &c->next) ? VFS_INVALID : VFS_OK;
}

static const struct value count = { "counter", count_get, count_set };

/* ---- the file system ---- */

static struct counter *counter_of(struct vfs_fs *fs)
{
	return FIEF_CONTAINER_OF(fs, struct counter, fixed.fs);
}

/* The schema says that it is a number, if it is there. */
static uint64_t step_of(const struct node *config)
{
	uint64_t step;

	return node_attr_u64(config, "step", 1, NULL, &step) ? 1 : step;
}

/* Another step: it goes on from where it is. */
static bool counter_keeps(struct vfs_fs *fs, const struct node *config)
{
	(void)fs, (void)config;
	return true;
}

static void counter_update(struct vfs_fs *fs, const struct node *config)
{
	counter_of(fs)->step = step_of(config);
}

static void counter_destroy(struct vfs_fs *fs)
{
	fixed_cancel(&counter_of(fs)->fixed);
}

static const struct vfs_fs_ops counter_ops = {
	.destroy = counter_destroy,
	.keeps = counter_keeps,
	.update = counter_update,
};

static enum fief_err counter_create(struct vfs *v, const struct node *config,
                                    struct node_error *err, struct vfs_fs **out)
{
	struct fixed_node *root;
	struct fixed_fs *fixed;
	struct counter *c;
	enum fief_err e = fixed_create(v, sizeof(*c), &fixed);

	(void)err;
	if (e)
		return e;
	c = FIEF_CONTAINER_OF(fixed, struct counter, fixed);
	c->step = step_of(config);
	e = fixed_add(fixed, NULL, fixed_name("", 0), VFS_DIR, NULL, &root);
	if (!e)
		e = value_add(fixed, root, &count, c);
	if (e) {
		fixed_cancel(fixed);
		return e;
	}
	fixed->fs.ops = &counter_ops;
	*out = &fixed->fs;
	return FIEF_OK;
}

static const struct vfs_attr attrs[] = {
	{ "step", "1", "what is added each time", VFS_VALUE_NUMBER, false },
	{ 0 },
};

static const struct vfs_schema schema = {
	.text = "a number, the next one each time it is read",
	.attrs = attrs,
};

static const struct vfs_type counter = {
	.name = "counter",
	.create = counter_create,
	.schema = &schema,
};

VFS_PLUGIN(counter);
