/* SPDX-License-Identifier: MIT */
/* Who gets which part of the tree. */

#include <fief/log.h>
#include <fief/policy.h>
#include <lib/mem.h>

#include "server.h"

static enum fief_err refuse(const char *label, const char *why)
{
	fief_warning("no session for \"%s\": %s", label, why);
	return FIEF_DENIED;
}

enum fief_err policy_find(const struct node *config, const char *label,
                          struct policy *out)
{
	const struct node *policy = fief_policy_find(config, label);
	const char *root = node_attr(policy, "root", NULL);
	size_t len;

	if (!policy)
		return refuse(label, "there is no policy");
	out->tree = node_first(policy, "vfs");
	if (!root && out->tree)
		root = "/";
	if (!root || *root != '/')
		return refuse(label, "the policy has no root");
	len = strlen(root);
	while (len && root[len - 1] == '/')
		len--;
	if (len > VFS_PATH_MAX)
		return FIEF_TOO_LONG;
	memcpy(out->root, root, len);
	out->root[len] = '\0';
	out->writeable = false;
	if (node_attr_bool(policy, "writeable", false, NULL, &out->writeable))
		return refuse(label, "\"writeable\" is neither yes nor no");
	return FIEF_OK;
}
