/* SPDX-License-Identifier: MIT */
/* A client: its stream, its directory, and its turn. */

#include <fief/args.h>
#include <fief/kif_table.h>
#include <fief/log.h>
#include <lib/mem.h>

#include "server.h"

enum {
	TURN = FS_QUEUE, /* packets in a row; then others have theirs */
	/* What packets that are worked on take at most. */
	REQUESTS_BYTES = FS_QUEUE * (sizeof(struct request) + FS_PAYLOAD),
};

static struct session *session_of(struct fief_service_session *s)
{
	return (struct session *)(void *)s;
}

/* ---- packets ---- */

void session_ack(struct session *s, const struct fief_packet *p)
{
	if (fief_packet_ack(&s->stream, p))
		s->broken = true;
	if (!s->served && !s->broken)
		fief_packet_sink_flush(&s->stream);
}

/* False if there may be more. */
static bool work(struct session *s)
{
	struct fief_packet p;
	enum fief_err e = FIEF_OK;

	if (s->entered == VFS_LATE)
		return true; /* root_entered wakes us */
	s->served = true;
	for (unsigned i = 0; i < TURN && !s->broken && !e; i++) {
		e = fief_packet_take(&s->stream, &p);
		if (!e)
			request_run(s, &p);
	}
	s->served = false;
	if (e == FIEF_INVALID && !s->broken) {
		s->broken = true;
		fief_warning("a client breaks the protocol of the queue: it is "
		             "not served any more");
	}
	if (!s->broken)
		fief_packet_sink_flush(&s->stream);
	return e || s->broken;
}

static void on_wake(struct fief_signal_handler *self, unsigned count)
{
	struct session *s = FIEF_CONTAINER_OF(self, struct session, wake);

	(void)count;
	if (s->broken)
		return;
	fief_packet_sink_awake(&s->stream);
	if (!work(s) || !fief_packet_sink_sleep(&s->stream))
		fief_kif->signal(self->cap);
}

/* ---- operations ---- */

static struct session *session_from(struct fief_rpc_obj *self)
{
	return FIEF_SESSION_OF(self, struct session);
}

static enum fief_err op_stream(struct fief_rpc_obj *self,
                               struct dataspace_cap *ds, uint64_t *bytes,
                               uint32_t *queue, struct signal_cap *wake)
{
	struct session *s = session_from(self);

	ds->cap = s->memory.ds;
	*bytes = s->memory.bytes;
	*queue = FS_QUEUE;
	wake->cap = s->wake.cap;
	return FIEF_OK;
}

static enum fief_err op_sigh(struct fief_rpc_obj *self,
                             struct signal_cap handler)
{
	struct session *s = session_from(self);

	fief_kif->drop(s->stream.peer, 1);
	s->stream.peer = handler.cap;
	return FIEF_OK;
}

static enum fief_err op_process(struct fief_rpc_obj *self)
{
	struct session *s = session_from(self);

	if (!s->broken && !work(s))
		fief_kif->signal(s->wake.cap);
	return FIEF_OK;
}

/* The caller waits: nobody else is asked for it. */
static enum fief_err op_map(struct fief_rpc_obj *self, uint32_t handle,
                            struct dataspace_cap *ds, uint64_t *bytes)
{
	struct session *s = session_from(self);
	const struct handle *h = handle_find(s, handle);
	static struct vfs_op op;
	enum vfs_err e;

	if (!h || !h->file)
		return FIEF_NOT_FOUND;
	memset(&op, 0, offsetof(struct vfs_op, walk));
	e = vfs_map(h->file, &op);
	if (e == VFS_NO_SPACE || e == VFS_NO_MEMORY)
		return FIEF_OUT_OF_RAM;
	if (e)
		return e == VFS_NOT_OPEN ? FIEF_DENIED : FIEF_UNSUPPORTED;
	ds->cap = op.ds;
	*bytes = op.count;
	return FIEF_OK;
}

const struct file_system_ops session_ops = {
	.map = op_map,
	.stream = op_stream,
	.sigh = op_sigh,
	.process = op_process,
};

/* ---- begin and end ---- */

/* Which of the two directories: that of the policy is the configuration's, which may
 * lead there by links. Below it, nothing leads up, and no link is followed: clients
 * make them. */
static enum vfs_err root_found(struct session *s, enum vfs_err e);

static void root_entered(struct vfs_op *op, enum vfs_err e)
{
	struct session *s = FIEF_CONTAINER_OF(op, struct session, entering);

	s->entered = root_found(s, e);
	if (s->entered == VFS_LATE)
		return;
	if (s->entered && s->entered != VFS_CANCELED)
		fief_warning("\"%s/%s\": %s", s->path, s->below,
		             vfs_err_text(s->entered));
	fief_kif->signal(s->wake.cap); /* packets may wait for this */
}

static enum vfs_err root_open(struct session *s, const char *path,
                              uint32_t flags)
{
	s->entering = (struct vfs_op){
		.done = root_entered,
		.path = path,
		.at = s->root.file ? s->root.file->place : NULL,
		.flags = VFS_READ | VFS_DIRECTORY | flags,
	};
	return vfs_open(s->vfs, &s->entering);
}

static enum vfs_err root_found(struct session *s, enum vfs_err e)
{
	const bool first = !s->root.file;

	if (e == VFS_AT_LINK) {
		vfs_node_put(s->entering.node);
		e = VFS_LOOP;
	}
	if (!first)
		vfs_close(s->root.file);
	s->root.file = e ? NULL : s->entering.file;
	if (e || !first || !*s->below)
		return e;
	e = root_open(s, s->below, VFS_NOLINKS | VFS_NOFOLLOW);
	return e == VFS_LATE ? e : root_found(s, e);
}

static enum fief_err paths_set(struct session *s, const char *root,
                               const char *dir)
{
	const size_t len = strlen(root) + 1, below = strlen(dir) + 1;
	void *mem;

	if (fief_alloc(s->server->env->heap, len + below, &mem))
		return FIEF_OUT_OF_RAM;
	s->path = mem;
	s->below = s->path + len;
	s->path_bytes = len + below;
	memcpy(s->path, root, len);
	memcpy(s->below, dir, below);
	return FIEF_OK;
}

/* The directory of a label's last element, below that of the policy. Another server
 * may have to be asked for it: then there is a session, in which nothing is found if
 * that is not. */
static enum fief_err root_enter(struct session *s, const struct policy *p,
                                const char *dir)
{
	enum fief_err e;

	if (strstr(dir, "/../") || *dir != '/' || label_has_suffix(dir, "/.."))
		return FIEF_DENIED;
	while (*dir == '/') /* a path with one would begin at the very root */
		dir++;
	e = paths_set(s, p->root, dir);
	if (e)
		return e;
	s->entered = root_open(s, *s->path ? s->path : "/", 0);
	if (s->entered != VFS_LATE)
		s->entered = root_found(s, s->entered);
	if (s->entered == VFS_LATE || !s->entered)
		return FIEF_OK;
	fief_warning("\"%s/%s\": %s", s->path, s->below,
	             vfs_err_text(s->entered));
	return s->entered == VFS_NO_MEMORY ? FIEF_OUT_OF_RAM : FIEF_DENIED;
}

static void root_leave(struct session *s)
{
	if (s->entered == VFS_LATE && s->entering.cancel)
		s->entering.cancel(&s->entering);
	handles_close(s);
	fief_free(s->server->env->heap, s->path, s->path_bytes);
}

static enum fief_err stream_make(struct session *s, const char *args)
{
	uint64_t buffer;
	size_t bytes;
	enum fief_err e = fief_args_u64(args, "buffer", FS_BUFFER, &buffer);

	if (e)
		return e;
	if (buffer < FS_BUFFER_MIN)
		return FIEF_INVALID;
	bytes = fief_packet_stream_bytes(FS_QUEUE, (size_t)buffer);
	if (bytes == SIZE_MAX)
		return FIEF_LIMIT;
	e = fief_budget_take(&s->base.budget, REQUESTS_BYTES, 0);
	if (!e)
		e = fief_attached_ram_init(&s->memory, &s->base.ram.ram, bytes);
	if (!e)
		e = fief_packet_stream_init(&s->stream, s->memory.addr,
		                            s->memory.bytes, FS_QUEUE);
	return e;
}

enum fief_err session_init(struct fief_service_session *base,
                           const struct fief_service_request *q)
{
	struct session *s = session_of(base);
	static struct policy policy;
	char wish[8];
	enum fief_err e;

	s->server = FIEF_CONTAINER_OF(base->service, struct server, service);
	fief_id_space_init(&s->handles, FS_HANDLE_MAX);
	s->root.session = s;
	s->locks.budget = &s->base.budget;
	e = policy_find(s->server->config.root, q->label, &policy);
	if (e)
		return e;
	s->vfs = s->server->vfs;
	s->writeable = policy.writeable;
	if (!fief_args_text(q->args, "writeable", wish, sizeof(wish)) &&
	    !strcmp(wish, "no"))
		s->writeable = false;
	e = stream_make(s, q->args);
	if (!e && policy.tree)
		e = client_tree_make(s, policy.tree);
	if (!e)
		e = root_enter(s, &policy, label_last(q->label));
	if (e)
		goto free;
	s->wake.handle = on_wake;
	e = fief_signal_manage(s->server->env->ep, &s->wake);
	if (!e)
		return FIEF_OK;
free:
	root_leave(s);
	client_tree_end(s->own);
	fief_attached_ram_fini(&s->memory);
	return e;
}

void session_fini(struct fief_service_session *base)
{
	struct session *s = session_of(base);

	fief_signal_dissolve(s->server->env->ep, &s->wake);
	requests_forget(s);
	root_leave(s);
	vfs_locks_drop(s->vfs, &s->locks, NULL);
	client_tree_end(s->own);
	fief_kif->drop(s->stream.peer, 1);
	fief_attached_ram_fini(&s->memory);
}
