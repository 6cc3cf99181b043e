/* SPDX-License-Identifier: MIT */
/* Private parts of file systems of fixed names. */
#pragma once

#include <vfs/plugin/fixed.h>

extern const struct vfs_node_ops fixed_dir_ops, fixed_link_ops, fixed_data_ops,
	fixed_no_ops, fixed_device_ops;

/* Orders of keys and nodes: struct vfs_name, uint64_t. */
int fixed_by_name(const void *key, const struct tree_elem *e);
int fixed_by_pos(const void *key, const struct tree_elem *e);

static inline const struct fixed_node *fixed_named(const struct tree_elem *e)
{
	return (const void *)((const char *)e -
	                      offsetof(struct fixed_node, in_names));
}

static inline const struct fixed_node *fixed_listed(const struct tree_elem *e)
{
	return (const void *)((const char *)e -
	                      offsetof(struct fixed_node, in_list));
}
