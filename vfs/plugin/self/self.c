/* SPDX-License-Identifier: MIT */
/* Files that tell of the component itself. */

#include <fief/component.h>
#include <fief/kif_table.h>
#include <lib/mem.h>
#include <session/pd.h>
#include <vfs/plugin/self.h>
#include <vfs/plugin/value.h>

struct self_fs {
	struct fixed_fs fixed;
	const char *label; /* in the arena */
	struct pd_cap pd;
	uint64_t since; /* ns of kif's clock */
};

struct quota {
	uint64_t ram, ram_used;
	uint32_t caps, caps_used;
};

static enum vfs_err ask(const struct self_fs *s, struct quota *q)
{
	return vfs_err_of(pd_quota(s->pd, &q->ram, &q->ram_used, &q->caps,
	                           &q->caps_used));
}

/* ---- values ---- */

static enum vfs_err label_get(void *arg, struct fmt *f)
{
	fmt_string(f, ((const struct self_fs *)arg)->label);
	return VFS_OK;
}

static enum vfs_err uptime_get(void *arg, struct fmt *f)
{
	const struct self_fs *s = arg;
	const uint64_t ms = (fief_kif->time() - s->since) / 1000000;

	fmt_add(f, "%lu.%03lu", (unsigned long)(ms / 1000),
	        (unsigned long)(ms % 1000));
	return VFS_OK;
}

#define QUOTA_VALUE(name, expression)                                          \
	static enum vfs_err name##_get(void *arg, struct fmt *f)               \
	{                                                                      \
		struct quota q;                                                \
		enum vfs_err e = ask(arg, &q);                                 \
                                                                               \
		if (!e)                                                        \
			fmt_add(f, "%lu", (unsigned long)(expression));        \
		return e;                                                      \
	}

QUOTA_VALUE(ram_quota, q.ram)
QUOTA_VALUE(ram_used, q.ram_used)
QUOTA_VALUE(ram_avail, q.ram - q.ram_used)
QUOTA_VALUE(caps_quota, q.caps)
QUOTA_VALUE(caps_used, q.caps_used)
QUOTA_VALUE(caps_avail, q.caps - q.caps_used)

static const struct value values[] = {
	{ .name = "label", .get = label_get },
	{ .name = "uptime", .get = uptime_get },
	{ .name = "ram_quota", .get = ram_quota_get },
	{ .name = "ram_used", .get = ram_used_get },
	{ .name = "ram_avail", .get = ram_avail_get },
	{ .name = "caps_quota", .get = caps_quota_get },
	{ .name = "caps_used", .get = caps_used_get },
	{ .name = "caps_avail", .get = caps_avail_get },
	{ 0 },
};

/* ---- the file system ---- */

static enum fief_err fill(struct self_fs *s, const char *label)
{
	struct fixed_fs *f = &s->fixed;
	struct fixed_node *root;
	enum fief_err e =
		arena_text(&f->arena, label, strlen(label), &s->label);

	if (!e)
		e = fixed_add(f, NULL, fixed_name("", 0), VFS_DIR, NULL, &root);
	return e ? e : value_add_all(f, root, "self", values, s);
}

static enum fief_err self_create(struct vfs *v, const struct node *config,
                                 struct node_error *err, struct vfs_fs **out)
{
	struct self_fs *s;
	struct fixed_fs *f;
	enum fief_err e;

	if (!vfs_env(v))
		return node_error_set(err, FIEF_UNSUPPORTED, config->at,
		                      "<self>: there is no component");
	e = fixed_create(v, sizeof(*s), &f);
	if (e)
		return e;
	s = FIEF_CONTAINER_OF(f, struct self_fs, fixed);
	s->pd.cap = vfs_env(v)->pd;
	s->since = fief_kif->time();
	e = fill(s, node_attr(config, "label", ""));
	if (e) {
		fixed_cancel(f);
		return e;
	}
	*out = &f->fs;
	return FIEF_OK;
}

static const struct vfs_attr attrs[] = {
	{ .name = "label",
	  .text = "what the file `label` says; a component is not told its "
	          "own" },
	{ 0 },
};

static const struct vfs_schema schema = {
	.text = "files that tell of the component itself",
	.attrs = attrs,
};

const struct vfs_type vfs_self = {
	.name = "self",
	.create = self_create,
	.schema = &schema,
};
