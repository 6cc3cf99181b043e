/* SPDX-License-Identifier: MIT */
/* Parts of bench-server. */
#pragma once

#include <fief/component.h>
#include <session/bench.h>

/* ---- load.c: disturbing others, as asked by a client ---- */
FIEF_MUST enum fief_err load_init(struct fief_env *env);
enum fief_err load_op_besiege(struct fief_rpc_obj *self, uint64_t ns);
enum fief_err load_op_report(struct fief_rpc_obj *self, uint64_t ns);
enum fief_err load_op_burn(struct fief_rpc_obj *self, uint64_t ns);
enum fief_err load_op_flood(struct fief_rpc_obj *self, struct signal_cap target,
                            uint64_t ns);

/* ---- gates.c: objects of further entrypoints ---- */
void gates_init(struct fief_env *env, const struct bench_ops *ops);
enum fief_err gates_op_gate(struct fief_rpc_obj *self, uint32_t ep,
                            struct bench_cap *object);
