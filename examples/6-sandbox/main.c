/* SPDX-License-Identifier: MIT */
/* A launcher: runs another component by a config of its own, serves its LOG,
 * and counts its lines. The guest reaches nothing that is not said here. */

#include <fief/component.h>
#include <fief/log.h>
#include <init/sandbox.h>
#include <session/log.h>

static struct launcher {
	struct fief_env *env;
	struct sandbox *sandbox;
	unsigned lines;
} launcher;

/* ---- the guest's LOG ---- */

static enum fief_err op_write(struct fief_rpc_obj *self, struct capnp_text text)
{
	(void)self;
	launcher.lines++;
	while (text.len && text.s[text.len - 1] == '\n')
		text.len--;
	fief_log("guest says: %.*s", (int)text.len, text.s);
	return FIEF_OK;
}

static const struct log_ops log_ops = { .write = op_write };

static struct fief_service log_service = {
	.name = LOG_SERVICE,
	.type = &log_rpc_type,
	.ops = &log_ops,
	.size = sizeof(struct fief_service_session),
};

/* ---- the guest ---- */

static const char config[] =
	"<config>"
	"  <parent-provides>"
	"    <service name='ROM'/> <service name='PD'/> <service name='CPU'/>"
	"  </parent-provides>"
	"  <start name='guest' ram='1M' caps='100'>"
	"    <binary name='hello'/> <exit propagate='yes'/>"
	"    <route>"
	"      <service name='LOG'> <local/> </service>"
	"      <service name='ROM' label='hello'> <parent/> </service>"
	"      <service name='PD'> <parent/> </service>"
	"      <service name='CPU'> <parent/> </service>"
	"    </route>"
	"  </start>"
	"</config>";

static void on_exit(void *arg, int code)
{
	(void)arg;
	fief_log("guest ended with %d after %u line", code, launcher.lines);
	fief_exit(launcher.env, code);
}

void fief_component_construct(struct fief_env *env)
{
	const struct sandbox_hooks hooks = { .exited = on_exit };
	enum fief_err e;

	launcher.env = env;
	e = sandbox_create(env, &hooks, &launcher.sandbox);
	if (!e)
		e = sandbox_serve(launcher.sandbox, &log_service);
	if (!e)
		e = sandbox_apply(launcher.sandbox, "config of the guest",
		                  config, sizeof(config) - 1);
	if (e) {
		fief_error("cannot run the guest: %s", fief_err_text(e));
		fief_exit(env, 1);
	}
}
