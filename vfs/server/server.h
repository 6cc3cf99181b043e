/* SPDX-License-Identifier: MIT */
/* Private parts of the VFS server. */
#pragma once

#include <fief/config.h>
#include <fief/packet_stream.h>
#include <fief/root.h>
#include <lib/label.h>
#include <session/file_system.h>
#include <vfs/config_tree.h>
#include <vfs/vfs.h>

#include "protocol.h"

struct server {
	struct fief_env *env;
	struct fief_config config;
	struct fief_signal_handler config_changed;
	struct fief_root root;
	struct fief_service service;
	struct config_tree tree;
	struct vfs *vfs; /* borrowed: of `tree` */
};

/* What a client may, by the configuration. */
struct policy {
	char root[VFS_PATH_MAX + 1]; /* an absolute path */
	bool writeable;
	const struct node *tree; /* of the client's own; NULL: the common one */
};

struct handle {
	struct fief_id id;
	struct session *session; /* borrowed */
	struct vfs_file *file;   /* one reference; NULL: not open yet */
	struct request *opening; /* owned: of a fifo, until it is open */
	struct vfs_waiter ready; /* of a stream: it may have become so */
	uint32_t told;           /* VFS_CAN_*, as the client knows it */
	struct vfs_op *watch;    /* owned, paid; NULL: nobody watches */
	struct list lock_waits;  /* owned, paid: struct lock_wait */
	struct list_elem in_events;
	uint32_t events; /* FS_EVENT_*, to be told */
	size_t bytes;    /* that the client pays for it */
};

struct session {
	struct fief_service_session base;
	struct server *server;   /* borrowed */
	struct vfs *vfs;         /* borrowed: of the server, or `own` */
	struct client_tree *own; /* owned; NULL: it shares that of all */
	struct handle root;      /* handle 0: its directory */
	struct vfs_op entering;
	enum vfs_err entered; /* LATE: the directory is being looked for */
	char *path;           /* owned: of the policy's directory */
	char *below;          /* behind it: the label's, relative */
	size_t path_bytes;    /* of both */
	struct fief_packet_stream stream;
	struct fief_attached_ram memory;
	struct fief_signal_handler wake; /* the client rings */
	struct fief_id_space handles;    /* owned: struct handle */
	struct list running;             /* owned: struct request */
	struct list events;              /* struct handle: to be told of */
	struct request *events_asked;    /* who waits for them, or NULL */
	struct vfs_lock_scope locks;
	bool writeable;
	bool broken; /* the client does not keep to the protocol */
	bool served; /* the packets are just being looked at */
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
	struct handle
		*handle; /* of a fifo that it opens, acknowledged before */
	bool begun;      /* its operation has returned */
	bool waits;      /* and waits for the other end of a fifo */
};

/* ---- tree.c, or of a component that is this server with another tree ---- */

/* The node of the configuration that says the tree; NULL: <vfs>. */
extern const struct node *(*const server_node)(const struct node *config);
/* What loads plugins that are not linked; NULL: nothing does. */
struct vfs_loader *server_loader(struct fief_env *);

/* ---- policy.c ---- */

/* Which part of the tree, for which label. Errors: DENIED (no policy, no root;
 * the log says which), TOO_LONG. */
enum fief_err policy_find(const struct node *config, const char *label,
                          struct policy *out);

/* ---- client_tree.c ---- */

/* A tree that is a client's alone, who pays for all that is in it; it ends with
 * the session. Errors: DENIED (the log says what is wrong), OUT_OF_RAM. */
enum fief_err client_tree_make(struct session *, const struct node *config);
/* Nothing of it is open any more. NULL is ignored. */
void client_tree_end(struct client_tree *);

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
/* One that is to be open when the request ends. */
enum vfs_err handle_add_opening(struct request *, uint32_t *number);
/* NULL: there is none of that number. */
struct handle *handle_find(struct session *, uint32_t number);
/* The handle that a request is for, unless it was closed meanwhile. */
struct handle *handle_of(const struct request *);
void handle_close(struct session *, uint32_t number);
void handles_close(struct session *);

/* ---- event.c ---- */

void event_add(struct handle *, uint32_t what);
enum vfs_err begin_events(struct request *);
enum vfs_err begin_watch(struct request *);
/* Entries, into the payload behind the reply -> how many. */
uint32_t events_take(struct session *, struct fs_event *to);
/* What a stream is ready for; from now on changes are told. 0: no stream. */
uint32_t stream_ready(struct handle *);
/* The handle is closed. */
void events_end(struct handle *);

/* ---- lock.c ---- */

enum vfs_err begin_lock(struct request *);
void reply_lock(const struct request *, struct fs_reply *);
void lock_waits_end(struct handle *);
