/* SPDX-License-Identifier: MIT */
/* The server: sessions and their name spaces. */
#pragma once

#include <fief/attached.h>
#include <fief/config.h>
#include <fief/root.h>
#include <session/store.h>

#include "engine.h"

enum {
	BUFFER_USUAL = 65536,
	BUFFER_MAX = 16 << 20,
	SPACES_MAX = 16, /* of a session */
	PINS_MAX = 1024, /* of a session */
};

struct server {
	struct fief_env *env;
	struct fief_config config;
	struct fief_root root;
	struct fief_service service;
	struct store store;
};

extern struct server server;

/* What a holder of its capability may. */
struct space {
	struct fief_rpc_obj obj;
	struct list_elem link;   /* in the session's */
	struct session *session; /* borrowed: outlives it */
	struct fief_attached_ram buffer;
	struct store_upload upload;
	struct list pins;       /* struct pin: what was put here */
	struct store_hash hash; /* of a reply */
	bool writeable;
	size_t prefix_len;
	char prefix[STORE_NAME_MAX + 2]; /* with its slash; or empty */
};

struct pin {
	struct store_pin pin;
	struct list_elem link; /* in the space's */
};

struct session {
	struct fief_service_session base;
	struct fief_guarded_alloc alloc; /* of the donation */
	struct list spaces;              /* owned */
	unsigned nspaces, npins;
	size_t buffer; /* bytes of each */
};

/* ---- space.c ---- */
FIEF_MUST enum fief_err space_make(struct session *, const char *prefix,
                                   bool writeable, struct space **out);
void space_free(struct space *);

/* ---- session.c ---- */
enum fief_err session_init(struct fief_service_session *,
                           const struct fief_service_request *);
void session_fini(struct fief_service_session *);
extern const struct store_ops session_ops;
