/* SPDX-License-Identifier: MIT */
/* A program made for Linux, as a component. */

#include <fief/config.h>
#include <fief/kif_guest.h>
#include <fief/log.h>
#include <init/config_schema.h>
#include <lib/mem.h>

#include "call.h"
#include "file.h"
#include "load.h"
#include "memory.h"
#include "tree.h"

KIF_GUEST_IMAGE;

static struct main {
	struct fief_env *env;
	struct fief_config config;
	struct load_args args;
	uint64_t memory;
} m;

/* ---- the config ---- */

static enum fief_err wrong(const struct node *n, const char *what)
{
	fief_error("config:%u:%u: %s", n->at.line, n->at.column, what);
	return FIEF_INVALID;
}

/* "NAME=VALUE", for as long as we are. */
static enum fief_err variable_add(const struct node *n)
{
	const char *name = node_attr(n, "name", ""),
		   *value = node_attr(n, "value", "");
	const size_t len = strlen(name), more = strlen(value);
	char *text;
	void *mem;

	if (!len || m.args.envs == WORDS_MAX)
		return wrong(n, len ? "more than 256 variables" :
		                      "<env> has no name");
	if (fief_alloc(m.env->heap, len + more + 2, &mem))
		return FIEF_OUT_OF_RAM;
	text = mem;
	memcpy(text, name, len);
	text[len] = '=';
	memcpy(text + len + 1, value, more + 1);
	m.args.env[m.args.envs++] = text;
	return FIEF_OK;
}

static enum fief_err word_add(const struct node *n)
{
	if (node_has_type(n, "env"))
		return variable_add(n);
	if (!node_has_type(n, "arg"))
		return wrong(n, "expected are <arg value=\"\"/> and "
		                "<env name=\"\" value=\"\"/>");
	if (m.args.args == WORDS_MAX)
		return wrong(n, "more than 256 arguments");
	m.args.arg[m.args.args++] = node_attr(n, "value", "");
	return FIEF_OK;
}

/* The program's name is its first argument, unless <exec> says another one. */
static enum fief_err exec_read(const struct node *exec)
{
	enum fief_err e = FIEF_OK;

	m.args.path = node_attr(exec, "path", NULL);
	if (!m.args.path) {
		fief_error("config: there is no <exec path=\"...\">");
		return FIEF_INVALID;
	}
	m.args.arg[m.args.args++] = node_attr(exec, "name", m.args.path);
	NODE_FOR_EACH(n, exec, NULL)
		if (!e)
			e = word_add(n);
	return e;
}

static enum fief_err config_read(void)
{
	enum { USUAL = 32 << 20 };
	const struct node *config = m.config.root;
	struct node_error err;

	if (node_attr_u64(node_first(config, "libc"), "memory", USUAL, &err,
	                  &m.memory))
		return wrong(config, err.text);
	m.memory = page_up(m.memory);
	return exec_read(node_first(config, "exec"));
}

/* ---- what it starts with ---- */

static enum fief_err stream_open(const char *name, int fd, unsigned flags)
{
	const char *path =
		node_attr(node_first(m.config.root, "libc"), name, NULL);
	long got;

	if (!path)
		return FIEF_OK;
	got = fd_open(AT_FDCWD, path, flags, 0666);
	if (got < 0) {
		fief_error("<libc %s=\"%s\">: error %ld", name, path, -got);
		return FIEF_NOT_FOUND;
	}
	if (got != fd) {
		fd_put(vfs_file_get(fd_of((int)got)), fd, false);
		fd_close((int)got);
	}
	return FIEF_OK;
}

static enum fief_err files_open(void)
{
	const char *cwd =
		node_attr(node_first(m.config.root, "libc"), "cwd", "/");
	enum fief_err e = stream_open("stdin", 0, 0);

	if (!e)
		e = stream_open("stdout", 1, 1 | O_APPEND);
	if (!e)
		e = stream_open("stderr", 2, 1 | O_APPEND);
	if (!e && tree_cwd_set(cwd)) {
		fief_error("<libc cwd=\"%s\">: there is no such directory",
		           cwd);
		e = FIEF_NOT_FOUND;
	}
	return e;
}

/* As a shell says it of a program that cannot be run. */
static FIEF_NORETURN void cannot_run(const char *what, enum linux_errno e)
{
	enum { NOT_RUNNABLE = 126, NOT_FOUND = 127 };

	fief_error("cannot run \"%s\": %s%s", m.args.path,
	           e == ENOENT  ? "there is no " :
	           e == ENOEXEC ? "no program for this machine: " :
	           e == ENOMEM  ? "not enough memory for " :
	                          "cannot be read: ",
	           what);
	fief_exit(m.env, e == ENOENT ? NOT_FOUND : NOT_RUNNABLE);
}

static enum fief_err start(struct fief_env *env)
{
	enum fief_err e = fief_config_open(env, &m.config);

	if (!e)
		e = config_read();
	if (!e)
		e = tree_init(env, m.config.root);
	if (!e)
		e = files_open();
	if (!e)
		e = memory_init(env, m.memory);
	if (!e)
		self_init(env);
	return e;
}

void fief_component_construct(struct fief_env *env)
{
	const char *what;
	uint64_t ip = 0, sp = 0;
	enum linux_errno bad;
	enum fief_err e;

	m.env = env;
	e = start(env);
	if (e) {
		fief_error("cannot start: %s", fief_err_text(e));
		fief_exit(env, 1);
	}
	bad = load_program(&m.args, &ip, &sp, &what);
	if (bad)
		cannot_run(what, bad);
	env->guest->enter(guest_entry);
	guest_start(ip, sp);
}
