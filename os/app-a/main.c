/* SPDX-License-Identifier: MIT */
/* Opens File_system sessions by label; who serves them is not its business. */

#include <fief/log.h>
#include <fief/session.h>
#include <session/fs_stub.h>

static enum fief_err use(struct fief_env *env, const char *label)
{
	const struct fief_session_args args = { .service = FS_STUB_SERVICE,
		                                .label = label,
		                                .ram = FS_STUB_RAM_QUOTA,
		                                .caps = FS_STUB_CAP_QUOTA };
	struct fs_stub_identify_reply reply;
	struct fief_session session;
	enum fief_err e;

	e = fief_session_open(env, &args, &session);
	if (e)
		return e;
	e = fs_stub_identify((struct fs_stub_cap){ session.cap }, &reply);
	if (!e)
		fief_log("\"%s\" is served by %.*s as \"%.*s\"", label,
		         (int)reply.server.len, reply.server.s,
		         (int)reply.label.len, reply.label.s);
	return e;
}

void fief_component_construct(struct fief_env *env)
{
	static const char *const labels[] = { "data", "config" };

	for (unsigned i = 0; i < sizeof(labels) / sizeof(labels[0]); i++) {
		enum fief_err e = use(env, labels[i]);

		if (e)
			fief_error("File_system \"%s\": %s", labels[i],
			           fief_err_text(e));
	}
	fief_log("done");
}
