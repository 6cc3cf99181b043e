/* SPDX-License-Identifier: MIT */
/* What time it is for people. */

#include <fief/wall_clock.h>
#include <lib/calendar.h>
#include <lib/mem.h>
#include <vfs/plugin/rtc.h>
#include <vfs/plugin/value.h>

enum { SECOND_NS = 1000000000 };

struct rtc_fs {
	struct fixed_fs fixed;
	struct fief_wall_clock clock;
	struct value line; /* named as the config says */
};

static struct calendar now(const struct rtc_fs *r)
{
	const int64_t ns = fief_wall_clock_now(&r->clock);

	return calendar_of(ns / SECOND_NS - (ns % SECOND_NS < 0));
}

/* ---- values ---- */

static enum vfs_err line_get(void *arg, struct fmt *f)
{
	const struct calendar c = now(arg);

	fmt_add(f, "%04lld-%02u-%02u %02u:%02u:%02u", (long long)c.year,
	        c.month, c.day, c.hour, c.minute, c.second);
	return VFS_OK;
}

static enum vfs_err ns_get(void *arg, struct fmt *f)
{
	const struct rtc_fs *r = arg;

	fmt_add(f, "%lld", (long long)fief_wall_clock_now(&r->clock));
	return VFS_OK;
}

#define PART(member)                                                           \
	static enum vfs_err member##_get(void *arg, struct fmt *f)             \
	{                                                                      \
		fmt_add(f, "%lld", (long long)now(arg).member);                \
		return VFS_OK;                                                 \
	}

PART(year)
PART(month)
PART(day)
PART(hour)
PART(minute)
PART(second)
PART(weekday)

static const struct value parts[] = {
	{ .name = "year", .get = year_get },
	{ .name = "month", .get = month_get },
	{ .name = "day", .get = day_get },
	{ .name = "hour", .get = hour_get },
	{ .name = "minute", .get = minute_get },
	{ .name = "second", .get = second_get },
	{ .name = "weekday", .get = weekday_get },
	{ .name = "ns", .get = ns_get },
	{ 0 },
};

/* ---- the file system ---- */

static void tell(struct fixed_node *dir)
{
	for (struct tree_elem *e = tree_first(&dir->list); e;
	     e = tree_next(e)) {
		struct fixed_node *n =
			TREE_OBJECT(e, struct fixed_node, in_list);

		vfs_node_changed(&n->node);
		if (n->node.kind == VFS_DIR)
			tell(n); /* one level: .rtc has none */
	}
}

static void stepped(struct fief_wall_clock *c)
{
	tell(fixed_node(
		FIEF_CONTAINER_OF(c, struct rtc_fs, clock)->fixed.fs.root));
}

static void fini(struct fixed_fs *f)
{
	fief_wall_clock_close(
		&FIEF_CONTAINER_OF(f, struct rtc_fs, fixed)->clock);
}

static enum fief_err fill(struct rtc_fs *r, const char *name)
{
	struct fixed_fs *f = &r->fixed;
	const size_t len = strlen(name);
	struct fixed_node *root, *dir;
	char hidden[VFS_NAME_MAX];
	enum fief_err e;

	if (len >= sizeof(hidden))
		return FIEF_TOO_LONG;
	hidden[0] = '.';
	memcpy(hidden + 1, name, len);
	e = arena_text(&f->arena, name, len, &r->line.name);
	r->line.get = line_get;
	if (!e)
		e = fixed_add(f, NULL, fixed_name("", 0), VFS_DIR, NULL, &root);
	if (!e)
		e = value_add(f, root, &r->line, r);
	if (!e)
		e = fixed_add(f, root, fixed_name(hidden, len + 1), VFS_DIR,
		              NULL, &dir);
	return e ? e : value_add_all(f, dir, "rtc", parts, r);
}

static enum fief_err rtc_create(struct vfs *v, const struct node *config,
                                struct node_error *err, struct vfs_fs **out)
{
	struct rtc_fs *r;
	struct fixed_fs *f;
	enum fief_err e;

	if (!vfs_env(v))
		return node_error_set(err, FIEF_UNSUPPORTED, config->at,
		                      "<rtc>: there is no component");
	e = fixed_create(v, sizeof(*r), &f);
	if (e)
		return e;
	r = FIEF_CONTAINER_OF(f, struct rtc_fs, fixed);
	f->fini = fini;
	r->clock.stepped = stepped;
	e = fill(r, node_attr(config, "name", "rtc"));
	if (!e)
		e = fief_wall_clock_open(&r->clock, vfs_env(v));
	if (e) {
		fixed_cancel(f);
		return node_error_set(err, e, config->at,
		                      "<rtc>: Rtc session: %s",
		                      fief_err_name(e));
	}
	*out = &f->fs;
	return FIEF_OK;
}

static const struct vfs_attr attrs[] = {
	FIXED_ATTR_NAME("rtc"),
	{ 0 },
};

static const struct vfs_schema schema = {
	.text = "what time it is, as a line and in parts",
	.attrs = attrs,
};

const struct vfs_type vfs_rtc = {
	.name = "rtc",
	.create = rtc_create,
	.schema = &schema,
};
