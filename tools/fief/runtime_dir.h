/* SPDX-License-Identifier: MIT */
/*
 * The folder of control sockets, one a running instance: `fief` in the folder
 * that XDG_RUNTIME_DIR names, otherwise `fief-UID` in the folder for temporary
 * files. It belongs to the user and nobody else may look into it. A name is
 * taken while somebody holds the lock on NAME.lock; the kernel ends the lock
 * with its holder, so that a killed instance blocks nothing.
 */
#pragma once

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

enum { INSTANCE_NAME_MAX = 64 };

struct runtime_dir {
	int fd; /* owned */
	char path[PATH_MAX];
};

/* Open, or make, the folder. False after a message if it cannot be trusted. */
bool runtime_dir_open(struct runtime_dir *d);
void runtime_dir_close(struct runtime_dir *d);

/* Letters, digits, '.', '_' and '-', the first one a letter or digit. */
bool instance_name_valid(const char *name);

/* A valid name out of a file name. */
void instance_name_from_file(char out[INSTANCE_NAME_MAX + 1], const char *file);

struct instance_claim {
	int lock;   /* owned: held as long as the name is ours */
	int listen; /* owned: the control socket */
	char name[INSTANCE_NAME_MAX + 1];
};

enum claim { CLAIM_OK, CLAIM_TAKEN, CLAIM_FAILED };

/* Take a name and listen on its socket. FAILED comes after a message. */
enum claim instance_claim(const struct runtime_dir *d, const char *name,
                          struct instance_claim *out);
void instance_release(const struct runtime_dir *d, struct instance_claim *c);

/* Connect to an instance; -1 if there is none. What a dead one left behind is
 * removed. */
int instance_connect(const struct runtime_dir *d, const char *name);

/* Names that have a socket, sorted, possibly stale; the caller frees each and
 * the array. */
char **instance_names(const struct runtime_dir *d, size_t *count);
void instance_names_free(char **names, size_t count);
