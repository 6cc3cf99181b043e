/* SPDX-License-Identifier: MIT */
/* A name space as tests use it. What fails where it must not, ends the test. */
#pragma once

#include <fief/attached.h>
#include <fief/session.h>
#include <lib/mem.h>
#include <os/check.h>
#include <session/store.h>

enum { HASH = 32 };

struct client {
	struct namespace_cap cap;
	struct fief_attached buffer;
};

/* Of a session, or narrowed. Takes the capability over. */
void client_init(struct client *, struct namespace_cap);
/* The first one of a session with that label and donation. */
void client_open(struct client *, struct fief_session *, const char *label,
                 uint64_t ram, uint32_t caps);
void client_fini(struct client *);

enum store_status client_put(struct client *, const char *data, size_t len,
                             uint8_t hash[HASH]);
enum store_status client_bind(struct client *, const char *name,
                              const uint8_t hash[HASH]);
enum store_status client_resolve(struct client *, const char *name,
                                 uint8_t hash[HASH]);
enum store_status client_get(struct client *, const uint8_t hash[HASH],
                             uint64_t offset, uint64_t *length, uint64_t *size);
/* Is the list of names that text? */
void client_lists(struct client *, const char *expected);

struct fief_config;
void life(void);
void hostile(void);
void crash(const struct fief_config *);
