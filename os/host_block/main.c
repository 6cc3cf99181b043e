/* SPDX-License-Identifier: MIT */
/* A file or block device of the host, as a Block device. */

#include <fief/config.h>
#include <fief/kif_host.h>
#include <fief/log.h>
#include <init/config_schema.h>
#include <os/block/server.h>

static struct main {
	const struct kif_host_file_ops *file; /* of the grant */
	struct fief_config config;
	struct fief_root root;
	struct block_server server;
	struct block_info info;
} m;

static const struct config_attr attrs[] = {
	{ "block_size", CONFIG_SIZE, .least = BLOCK_SIZE_MIN,
	  .most = BLOCK_SIZE_MAX, .usual = "512" },
	{ "writeable", CONFIG_BOOL, .usual = "no" },
	{ 0 },
};

static const struct config_element schema = { .name = "config",
	                                      .attrs = attrs };

/* ---- the device ---- */

/* What a client learns of a failure; all others are GONE. */
static enum fief_err status_of(enum kif_host_err e)
{
	switch ((int)e) {
	case KIF_HOST_OK:
		return FIEF_OK;
	case KIF_HOST_DENIED:
	case KIF_HOST_READ_ONLY:
		return FIEF_DENIED;
	case KIF_HOST_UNSUPPORTED:
		return FIEF_UNSUPPORTED;
	default:
		return FIEF_GONE;
	}
}

static uint64_t offset_of(const struct block_range *r)
{
	return r->first * m.info.block_size;
}

/* The host may take or give less than it was asked for. Nothing at all: the
 * file was cut, or the disk is full. */
static enum kif_host_err transfer(const struct block_request *r)
{
	unsigned char *at = r->data;
	uint64_t off = offset_of(&r->range);
	size_t left = r->range.bytes, n = 0;
	enum kif_host_err e = KIF_HOST_OK;

	for (; left && !e; at += n, off += n, left -= n) {
		n = 0;
		e = r->range.op == BLOCK_OP_READ ?
		            m.file->read(at, left, off, &n) :
		            m.file->write(at, left, off, &n);
		if (!e && !n)
			e = KIF_HOST_IO;
	}
	return e;
}

static enum kif_host_err request_do(const struct block_request *r)
{
	switch (r->range.op) {
	case BLOCK_OP_READ:
	case BLOCK_OP_WRITE:
		return transfer(r);
	case BLOCK_OP_SYNC:
		/* Nobody has written then. */
		return m.info.writeable ? m.file->sync() : KIF_HOST_OK;
	case BLOCK_OP_TRIM:
		return m.file->punch(offset_of(&r->range),
		                     r->range.count * m.info.block_size);
	}
	return KIF_HOST_UNSUPPORTED;
}

static enum fief_err device_open(struct block_server *server, const char *label,
                                 bool writeable, struct block_view *view,
                                 void **owner)
{
	(void)server, (void)label, (void)owner;
	view->info = m.info;
	view->info.writeable = m.info.writeable && writeable;
	return FIEF_OK;
}

static void device_close(struct block_server *server, void *owner,
                         bool writeable)
{
	(void)server, (void)owner, (void)writeable;
}

static enum fief_err device_submit(struct block_server *server,
                                   struct block_request *r)
{
	(void)server;
	block_request_done(r, status_of(request_do(r)));
	return FIEF_OK;
}

static void device_cancel(struct block_server *server, struct block_request *r)
{
	(void)server, (void)r; /* none is ever under way */
}

static const struct block_device_ops device_ops = {
	.open = device_open,
	.close = device_close,
	.submit = device_submit,
	.cancel = device_cancel,
};

/* ---- start ---- */

static enum fief_err config_read(void)
{
	const struct node *config = m.config.root;
	struct node_error err = { 0 };
	uint64_t block_size = BLOCK_SIZE_MIN;
	enum fief_err e =
		config ? config_element_check(config, &schema, &err) : FIEF_OK;

	if (!e)
		e = node_attr_bool(config, "writeable", false, &err,
		                   &m.info.writeable);
	if (!e)
		e = node_attr_u64(config, "block_size", BLOCK_SIZE_MIN, &err,
		                  &block_size);
	if (e)
		fief_error("config:%u:%u: %s", err.at.line, err.at.column,
		           err.text);
	m.info.block_size = (uint32_t)block_size;
	return e;
}

/* A file that ends within a block is refused: a client could neither read nor
 * write its last bytes. */
static enum fief_err size_set(const struct kif_host_block *host)
{
	const uint32_t block = m.info.block_size;

	if (block % host->block) {
		fief_error("block_size %u: the device has blocks of %u", block,
		           host->block);
		return FIEF_INVALID;
	}
	if (!host->bytes || host->bytes % block) {
		fief_error("%llu bytes are not whole blocks of %u",
		           (unsigned long long)host->bytes, block);
		return FIEF_INVALID;
	}
	m.info.block_count = host->bytes / block;
	if (block_info_valid(&m.info))
		return FIEF_OK;
	fief_error("block_size %u is no power of two", block);
	return FIEF_INVALID;
}

static enum fief_err device_make(const struct kif_host *host)
{
	struct kif_host_block block;

	if (!host || host->kind != KIF_HOST_FILE) {
		fief_error("started without a grant of a file");
		return FIEF_NOT_FOUND;
	}
	if (m.info.writeable && !host->writeable) {
		fief_error("writeable=\"yes\": the grant is read-only");
		return FIEF_DENIED;
	}
	m.file = host->file;
	if (m.file->info(&block)) {
		fief_error("the host does not tell the size of the file");
		return FIEF_GONE;
	}
	return size_set(&block);
}

static enum fief_err start(struct fief_env *env)
{
	enum fief_err e = fief_config_open(env, &m.config);

	if (!e)
		e = config_read();
	if (!e)
		e = device_make(env->host);
	if (!e)
		e = fief_root_init(&m.root, env);
	return e ? e : block_server_init(&m.server, env, &m.root, &device_ops);
}

void fief_component_construct(struct fief_env *env)
{
	enum fief_err e = start(env);

	if (e) {
		fief_error("cannot start: %s", fief_err_text(e));
		fief_exit(env, 1);
	}
}
