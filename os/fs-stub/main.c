/* SPDX-License-Identifier: MIT */
/* Stand-in for a file system: tells its clients who they reached. */

#include <fief/config.h>
#include <fief/log.h>
#include <fief/root.h>
#include <lib/label.h>
#include <session/fs_stub.h>

struct fs {
	struct fief_service_session base;
	struct label label;
};

static struct main {
	struct fief_root root;
	struct fief_service service;
	struct label name; /* from the config */
} m;

static enum fief_err op_identify(struct fief_rpc_obj *self,
                                 struct capnp_text *server,
                                 struct capnp_text *label)
{
	const struct fs *fs = FIEF_SESSION_OF(self, struct fs);

	*server = capnp_text_of(m.name.text);
	*label = capnp_text_of(fs->label.text);
	return FIEF_OK;
}

static const struct fs_stub_ops fs_ops = { .identify = op_identify };

static enum fief_err fs_init(struct fief_service_session *s,
                             const struct fief_service_request *request)
{
	struct fs *fs = (struct fs *)s;
	enum fief_err e = label_set(&fs->label, request->label);

	if (!e)
		fief_log("session \"%s\"", fs->label.text);
	return e;
}

static void name_read(struct fief_env *env)
{
	static const char fallback[] = "fs-stub";
	struct fief_config config;
	const char *name = fallback;

	if (!fief_config_open(env, &config))
		name = node_attr(config.root, "name", fallback);
	if (label_set(&m.name, name))
		fief_error("config: the name is too long");
	fief_config_close(&config);
}

void fief_component_construct(struct fief_env *env)
{
	enum fief_err e;

	name_read(env);
	m.service = (struct fief_service){
		.name = FS_STUB_SERVICE,
		.type = &fs_stub_rpc_type,
		.ops = &fs_ops,
		.size = sizeof(struct fs),
		.init = fs_init,
	};
	e = fief_root_init(&m.root, env);
	if (!e)
		e = fief_root_announce(&m.root, &m.service);
	if (e) {
		fief_error("cannot provide File_system: %s", fief_err_text(e));
		fief_exit(env, 1);
	}
}
