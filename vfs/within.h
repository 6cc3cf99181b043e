/* SPDX-License-Identifier: MIT */
/* File systems in others: for those whose nodes have some in them. */
#pragma once

#include <vfs/node.h>

/* Make the one that the node is, checked by its table; its root is the caller's
 * reference. Errors: those of its type, with their place. */
FIEF_MUST enum fief_err vfs_fs_create(struct vfs *, const struct node *config,
                                      struct node_error *, struct vfs_fs **out);
/* Is the node one, as far as its table tells? Errors: INVALID, LIMIT, NOT_FOUND. */
FIEF_MUST enum fief_err vfs_fs_check(struct vfs *, const struct node *config,
                                     struct node_error *);
/* Can it, which is as `was` says, go on with that config? For `keeps` of the one
 * around it. */
bool vfs_fs_keeps(struct vfs_fs *, const struct node *was,
                  const struct node *config);
/* For `update` of the one around it, for each one in it. */
void vfs_fs_update(struct vfs_fs *, const struct node *config);
/* A tree of its own from the children of a node, of what that one has; to be
 * destroyed by vfs_destroy. */
FIEF_MUST enum fief_err vfs_create_within(struct vfs *,
                                          const struct node *config,
                                          struct node_error *,
                                          struct vfs **out);
/* A directory as these nodes make it, over each other, to begin paths at that have
 * no slash in front. */
enum vfs_err vfs_place_of(struct vfs *, struct vfs_node *const *layers,
                          unsigned count, struct vfs_place **out);
/* Open op->node of one that is in another, whose reference it takes, for
 * op->flags -> op->file, to be closed by vfs_close. */
enum vfs_err vfs_open_node(struct vfs *, struct vfs_op *);
