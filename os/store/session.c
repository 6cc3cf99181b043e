/* SPDX-License-Identifier: MIT */
/* Sessions: policy, and the first name space. */

#include <fief/args.h>
#include <fief/log.h>
#include <fief/policy.h>
#include <lib/mem.h>

#include "server.h"

static enum fief_err refuse(const char *label, const char *why)
{
	fief_warning("no session for \"%s\": %s", label, why);
	return FIEF_DENIED;
}

static enum fief_err by_policy(struct session *s, const char *label,
                               struct space **out)
{
	const struct node *policy = fief_policy_find(server.config.root, label);
	const char *prefix = node_attr(policy, "prefix", "");
	bool writeable;

	if (!policy)
		return refuse(label, "there is no policy");
	if (node_attr_bool(policy, "writeable", false, NULL, &writeable))
		return refuse(label, "\"writeable\" is neither yes nor no");
	if (*prefix && !store_name_valid(prefix, strlen(prefix)))
		return refuse(label, "the prefix is no name");
	return space_make(s, prefix, writeable, out);
}

enum fief_err session_init(struct fief_service_session *base,
                           const struct fief_service_request *request)
{
	struct session *s = FIEF_CONTAINER_OF(base, struct session, base);
	uint64_t bytes;
	struct space *first;
	enum fief_err e =
		fief_args_u64(request->args, "buffer", BUFFER_USUAL, &bytes);

	if (e)
		return e;
	if (!bytes || bytes > BUFFER_MAX) {
		fief_warning("no session for \"%s\": a buffer has 1 to %d "
		             "bytes, not %llu",
		             request->label, BUFFER_MAX,
		             (unsigned long long)bytes);
		return FIEF_LIMIT;
	}
	s->buffer = (size_t)bytes;
	fief_guarded_alloc_init(&s->alloc, server.env->heap, &base->budget);
	return by_policy(s, request->label, &first);
}

void session_fini(struct fief_service_session *base)
{
	struct session *s = FIEF_CONTAINER_OF(base, struct session, base);
	struct list_elem *e;

	while ((e = s->spaces.first))
		space_free(FIEF_CONTAINER_OF(e, struct space, link));
}

static enum fief_err op_space(struct fief_rpc_obj *self,
                              struct namespace_cap *out)
{
	struct session *s = FIEF_SESSION_OF(self, struct session);

	out->cap =
		FIEF_CONTAINER_OF(s->spaces.first, struct space, link)->obj.cap;
	return FIEF_OK;
}

const struct store_ops session_ops = { .space = op_space };
