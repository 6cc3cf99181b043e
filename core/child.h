/* SPDX-License-Identifier: MIT */
/* Operations on all sessions that a child starts with at once. */
#pragma once

#include <session/parent.h>

enum fief_err core_op_start_child(struct fief_rpc_obj *,
                                  const struct parent_start_child_params *,
                                  struct parent_start_child_results *);
enum fief_err core_op_close_child(struct fief_rpc_obj *, uint32_t pd_id,
                                  uint32_t cpu_id, uint32_t log_id,
                                  uint32_t rom_id);
