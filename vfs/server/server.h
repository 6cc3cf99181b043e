/* SPDX-License-Identifier: MIT */
/* Private parts of the VFS server. */
#pragma once

#include <fief/config.h>
#include <fief/packet_stream.h>
#include <fief/root.h>
#include <lib/label.h>
#include <session/file_system.h>
#include <vfs/vfs.h>

#include "protocol.h"

struct server {
	struct fief_env *env;
	struct fief_config config;
	struct fief_signal_handler config_changed;
	struct fief_root root;
	struct fief_service service;
	struct vfs *vfs;
};

/* What a client may, by the configuration. */
struct policy {
	char root[VFS_PATH_MAX + 1]; /* an absolute path */
	bool writeable;
};

struct session {
	struct fief_service_session base;
	struct server *server; /* borrowed */
	struct vfs_file
		*root; /* handle 0: its directory, open; NULL: not yet */
	struct vfs_op entering;
	enum vfs_err entered; /* LATE: the directory is being looked for */
	char *path;           /* owned: of that directory, until then */
	size_t path_bytes;
	struct fief_packet_stream stream;
	struct fief_attached_ram memory;
	struct fief_signal_handler wake; /* the client rings */
	struct fief_id_space handles;    /* owned: struct handle */
	struct list running;             /* owned: struct request */
	bool writeable;
	bool broken; /* the client does not keep to the protocol */
	bool served; /* the packets are just being looked at */
};

struct handle {
	struct fief_id id;
	struct vfs_file *file; /* one reference */
};

/* A packet that is worked on. */
struct request {
	struct vfs_op op;
	struct session *session; /* NULL: it is closed */
	struct list_elem in_session;
	struct fief_packet packet;
	struct fs_request asked; /* copied once */
	struct vfs_file *file;   /* counted: of the handle */
	struct vfs_file *to;     /* counted: of asked.to */
	struct vfs_file *opened; /* owned: by FS_OPEN, no handle yet */
	struct vfs_change change;
	size_t bytes;      /* of this, texts included */
	char *path, *text; /* behind it, terminated */
	char *list;        /* owned: entries, before they are copied */
};

/* ---- policy.c ---- */

/* Which part of the tree, for which label. Errors: DENIED (no policy, no root;
 * the log says which), TOO_LONG. */
enum fief_err policy_find(const struct node *config, const char *label,
                          struct policy *out);

/* ---- session.c ---- */

extern const struct file_system_ops session_ops;
enum fief_err session_init(struct fief_service_session *,
                           const struct fief_service_request *);
void session_fini(struct fief_service_session *);

/* ---- request.c ---- */

/* Work on one packet; it is acknowledged now or later. */
void request_run(struct session *, const struct fief_packet *);
/* The session is closed: end what can be ended, forget the rest. */
void requests_forget(struct session *);
/* The acknowledgement, shown when the queue is flushed. */
void session_ack(struct session *, const struct fief_packet *);

/* ---- operation.c ---- */

/* Begin it -> an outcome, or VFS_LATE. */
enum vfs_err operation_begin(struct request *);
/* Go on after that outcome -> the final one, or VFS_LATE. */
enum vfs_err operation_more(struct request *, enum vfs_err);
/* What came of it, into the payload. */
void operation_reply(struct request *, enum vfs_err);
/* Is it one that reads or changes this? */
bool operation_known(uint32_t op);

/* ---- handle.c ---- */

enum vfs_err handle_add(struct session *, struct vfs_file *, uint32_t *number);
struct vfs_file *handle_file(struct session *, uint32_t number);
void handle_close(struct session *, uint32_t number);
void handles_close(struct session *);
