/* SPDX-License-Identifier: MIT */
/* The file system behind a session: its beginning and its end. */

#include <fief/kif_table.h>
#include <lib/fmt.h>
#include <lib/mem.h>
#include <vfs/schema.h>

#include "fs.h"

static void fs_close(struct fs *fs)
{
	struct list_elem *e;

	while ((e = list_take_first(&fs->closing)))
		fs_node_free(fs, LIST_OBJECT(e, struct fs_node, in_closing));
	if (fs->acks.cap)
		fief_signal_dissolve(fs->env->ep, &fs->acks);
	fief_kif->drop(fs->stream.peer, 1);
	fief_detach(&fs->memory);
	fief_session_close(fs->env, &fs->session);
	fief_free(fs->alloc, fs, sizeof(*fs));
}

static void fs_destroy(struct vfs_fs *f)
{
	struct fs *fs = FIEF_CONTAINER_OF(f, struct fs, fs);

	calls_end(fs);
	list_remove(&fs->events.link);
	owners_end(fs);
	fs_close(fs);
}

static const struct vfs_fs_ops fs_ops = {
	.destroy = fs_destroy,
	.walk = fs_walk,
};

/* The server may be hostile: what it says of the buffer is checked. */
static enum fief_err stream_open(struct fs *fs)
{
	const struct file_system_cap cap = { fs->session.cap };
	struct dataspace_cap ds;
	struct signal_cap wake;
	uint64_t bytes;
	uint32_t queue;
	size_t bulk;
	enum fief_err e = file_system_stream(cap, &ds, &bytes, &queue, &wake);

	if (e)
		return e;
	fs->stream.peer = wake.cap;
	e = fief_attach(&fs->memory, ds.cap, bytes, KIF_READ | KIF_WRITE);
	if (!e && queue != FS_QUEUE)
		e = FIEF_INVALID;
	if (!e)
		e = fief_packet_stream_init(&fs->stream, fs->memory.addr,
		                            fs->memory.bytes, FS_QUEUE);
	if (e)
		return e;
	fs->stream.peer = wake.cap;
	bulk = fs->stream.bulk_bytes;
	if (bulk < FS_BUFFER_MIN)
		return FIEF_INVALID;
	fs->chunk_bytes = (uint32_t)((bulk - (size_t)FS_QUEUE * FS_PAYLOAD) /
	                             DATA_CHUNKS) &
	                  ~(uint32_t)63;
	fs->acks.handle = calls_collected;
	fs->acks.level = FIEF_SIGNAL_IO;
	e = fief_signal_manage(fs->env->ep, &fs->acks);
	if (e)
		return e;
	return file_system_sigh(cap, (struct signal_cap){ fs->acks.cap });
}

static enum fief_err session_open(struct fs *fs, const struct node *config,
                                  struct node_error *err)
{
	char args[64];
	struct fief_session_args a = {
		.service = FILE_SYSTEM_SERVICE,
		.label = node_attr(config, "label", "/"),
		.args = args,
		.ram = FILE_SYSTEM_RAM_QUOTA,
		.caps = FILE_SYSTEM_CAP_QUOTA,
	};
	uint64_t buffer = 0, quota = 0;
	bool writeable = true;
	size_t len;
	enum fief_err e =
		node_attr_u64(config, "buffer", FS_BUFFER, err, &buffer);

	if (!e)
		e = node_attr_u64(config, "quota", FS_CLIENT_QUOTA, err,
		                  &quota);
	if (!e)
		e = node_attr_bool(config, "writeable", true, err, &writeable);
	if (e)
		return e;
	if (buffer < FS_BUFFER_MIN || buffer > UINT32_MAX / 2)
		return node_error_set(err, FIEF_LIMIT, config->at,
		                      "<fs>: a buffer has 128K to 2G");
	if (quota > UINT32_MAX)
		return node_error_set(err, FIEF_LIMIT, config->at,
		                      "<fs>: a quota is at most 4G");
	a.ram += buffer > FS_BUFFER ? buffer - FS_BUFFER : 0;
	a.ram += quota > FS_CLIENT_QUOTA ? quota - FS_CLIENT_QUOTA : 0;
	len = fmt_text(args, sizeof(args), "buffer=%llu, writeable=%s",
	               (unsigned long long)buffer, writeable ? "yes" : "no");
	(void)len; /* there is room for any number */
	return fief_session_open(fs->env, &a, &fs->session);
}

static enum fief_err fs_create(struct vfs *v, const struct node *config,
                               struct node_error *err, struct vfs_fs **out)
{
	const struct fs_reply root = { .kind = VFS_DIR, .mode = 0755 };
	struct fs_node *n;
	struct fs *fs;
	void *mem;
	enum fief_err e = fief_alloc_zeroed(vfs_alloc(v), sizeof(*fs), &mem);

	if (e)
		return e;
	fs = mem;
	fs->env = vfs_env(v);
	fs->alloc = vfs_alloc(v);
	fs->async = vfs_async(v);
	vfs_fs_init(&fs->fs, v, &fs_ops, NULL);
	fs_told_init(fs);
	e = session_open(fs, config, err);
	if (!e)
		e = stream_open(fs);
	if (!e && fs_node_make(fs, 0, &root, NULL, &n))
		e = FIEF_OUT_OF_RAM;
	if (e) {
		fs_close(fs);
		return node_error_set(err, e, config->at,
		                      "<fs>: no File_system session: %s",
		                      fief_err_text(e));
	}
	fs->fs.root = &n->node;
	*out = &fs->fs;
	return FIEF_OK;
}

static const struct vfs_attr fs_attrs[] = {
	{ "label", "/", "label of the session: a directory of the server",
	  VFS_VALUE_TEXT, false },
	{ "writeable", "yes", "is the session asked for to be written to",
	  VFS_VALUE_BOOL, false },
	{ "buffer", "256K", "bytes of memory that it shares with the server",
	  VFS_VALUE_NUMBER, false },
	{ "quota", "128K",
	  "bytes that the server is given for open files, locks and fifos",
	  VFS_VALUE_NUMBER, false },
	{ 0 },
};

static const struct vfs_schema fs_schema = {
	.text = "files of a server, by a File_system session",
	.attrs = fs_attrs,
};

const struct vfs_type vfs_fs = {
	.name = "fs",
	.create = fs_create,
	.schema = &fs_schema,
};
