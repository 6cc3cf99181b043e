/* SPDX-License-Identifier: MIT */
/* Does with a tree what its config says: reads files, compares what it has left. */

#include <fief/config.h>
#include <fief/log.h>
#include <lib/mem.h>
#include <session/pd.h>
#include <vfs/config_tree.h>
#include <vfs/so/loader.h>

#include "test.h"

struct fief_env *check_env;

static struct main {
	struct fief_env *env;
	struct fief_config config;
	struct config_tree tree;
	struct vfs_so so;
	struct fief_signal_handler config_changed, steps;
	const struct node *step; /* under way; NULL: none */
	struct left mark;
	struct vfs_op op;
	struct vfs_file *file;
	char text[64];
} m;

/* ---- what is left of the quota ---- */

struct left left_now(void)
{
	uint64_t ram, ram_used;
	uint32_t caps, caps_used;

	CHECK_OK(pd_quota((struct pd_cap){ m.env->pd }, &ram, &ram_used, &caps,
	                  &caps_used));
	return (struct left){ ram - ram_used, caps - caps_used };
}

static void compare(void)
{
	const struct left now = left_now();

	fief_log("left: %s RAM, %s capabilities",
	         now.ram < m.mark.ram  ? "less" :
	         now.ram == m.mark.ram ? "as much" :
	                                 "more",
	         now.caps < m.mark.caps  ? "fewer" :
	         now.caps == m.mark.caps ? "as many" :
	                                   "more");
}

/* ---- reading ---- */

static void next_step(void);

static void read_end(enum vfs_err e)
{
	const char *path = node_attr(m.step, "path", "");

	if (e)
		fief_log("%s: %s", path, vfs_err_name(e));
	else
		fief_log("%s: %s", path, m.text);
	if (m.file)
		vfs_close(m.file);
	m.file = NULL;
	m.step = node_next(m.step, NULL);
	next_step();
}

static void on_read(struct vfs_op *op, enum vfs_err e)
{
	m.text[e ? 0 : op->count] = '\0';
	if (strchr(m.text, '\n'))
		*strchr(m.text, '\n') = '\0';
	read_end(e);
}

static void on_open(struct vfs_op *op, enum vfs_err e)
{
	if (e) {
		read_end(e);
		return;
	}
	m.file = op->file;
	m.op = (struct vfs_op){ .done = on_read,
		                .buf = m.text,
		                .len = sizeof(m.text) - 1 };
	e = vfs_pread(m.file, &m.op);
	if (e != VFS_LATE)
		on_read(&m.op, e);
}

static void read_begin(void)
{
	enum vfs_err e;

	m.op = (struct vfs_op){ .done = on_open,
		                .path = node_attr(m.step, "path", ""),
		                .flags = VFS_READ };
	e = vfs_open(m.tree.vfs, &m.op);
	if (e != VFS_LATE)
		on_open(&m.op, e);
}

/* ---- steps ---- */

static void next_step(void)
{
	for (; m.step; m.step = node_next(m.step, NULL)) {
		if (node_has_type(m.step, "read")) {
			read_begin();
			return;
		}
		if (node_has_type(m.step, "mark"))
			m.mark = left_now();
		else if (node_has_type(m.step, "compare"))
			compare();
		else if (node_has_type(m.step, "fail"))
			fail_all(m.step);
	}
}

/* Later: what the tree does not need any more is gone then. */
static void on_steps(struct fief_signal_handler *self, unsigned count)
{
	(void)self, (void)count;
	m.step = node_first(m.config.root, NULL);
	next_step();
}

static void on_config(struct fief_signal_handler *self, unsigned count)
{
	(void)self, (void)count;
	CHECK(!m.step);
	CHECK_OK(fief_config_update(&m.config));
	config_tree_update(&m.tree);
	fief_signal_local_submit(&m.steps);
}

void fief_component_construct(struct fief_env *env)
{
	check_env = m.env = env;
	vfs_so_init(&m.so, env);
	m.config_changed.handle = on_config;
	m.steps.handle = on_steps;
	CHECK_OK(fief_config_open(env, &m.config));
	if (config_tree_open(&m.tree, env, &m.config, NULL, &m.so.loader))
		fief_exit(env, 1); /* it said why */
	CHECK_OK(fief_signal_manage(env->ep, &m.config_changed));
	CHECK_OK(fief_rom_sigh(&m.config.rom, &m.config_changed));
	fief_signal_local(env->ep, &m.steps);
	fief_signal_local_submit(&m.steps);
}
