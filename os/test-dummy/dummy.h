/* SPDX-License-Identifier: MIT */
/* The steps that a config can name; see README.md. */
#pragma once

#include <fief/component.h>
#include <lib/node.h>

/* server.c */
FIEF_MUST enum fief_err dummy_server_init(struct fief_env *env);
FIEF_MUST enum fief_err dummy_provide(const struct node *n);

/* client.c */
FIEF_MUST enum fief_err dummy_session(struct fief_env *env,
                                      const struct node *n);
/* Those that are movable may have moved. */
void dummy_renew(struct fief_env *env);
FIEF_MUST enum fief_err dummy_upgrade(struct fief_env *env,
                                      const struct node *n);
FIEF_MUST enum fief_err dummy_call(const struct node *n);
FIEF_MUST enum fief_err dummy_close(struct fief_env *env, const struct node *n);
FIEF_MUST enum fief_err dummy_place(struct fief_env *env, const struct node *n);
FIEF_MUST enum fief_err dummy_urge(struct fief_env *env, const struct node *n);
