/* SPDX-License-Identifier: MIT */
/* A Block device of RAM, empty or with the content of a ROM module. */

#include <fief/config.h>
#include <fief/log.h>
#include <init/config_schema.h>
#include <lib/mem.h>
#include <os/block/server.h>

static struct main {
	struct fief_env *env;
	struct fief_config config;
	struct fief_root root;
	struct block_server server;
	struct fief_attached_ram memory; /* the device */
	struct block_info info;
} m;

static const struct config_attr attrs[] = {
	{ "size", CONFIG_SIZE, .least = 1, .most = 1ULL << 40 },
	{ "block_size", CONFIG_SIZE, .least = BLOCK_SIZE_MIN,
	  .most = BLOCK_SIZE_MAX, .usual = "512" },
	{ "rom", CONFIG_LABEL },
	{ "writeable", CONFIG_BOOL, .usual = "yes" },
	{ 0 },
};

static const struct config_element schema = { .name = "config",
	                                      .attrs = attrs };

/* ---- the device ---- */

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

static unsigned char *bytes_at(const struct block_range *r)
{
	return (unsigned char *)m.memory.addr + r->first * m.info.block_size;
}

static enum fief_err device_submit(struct block_server *server,
                                   struct block_request *r)
{
	const struct block_range *range = &r->range;

	(void)server;
	if (range->op == BLOCK_OP_READ)
		memcpy(r->data, bytes_at(range), range->bytes);
	else if (range->op == BLOCK_OP_WRITE)
		memcpy(bytes_at(range), r->data, range->bytes);
	/* RAM gains nothing by a trim, and need not be synchronised. */
	block_request_done(r, FIEF_OK);
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

static enum fief_err config_refused(const struct node_error *err,
                                    enum fief_err e)
{
	fief_error("config:%u:%u: %s", err->at.line, err->at.column, err->text);
	return e;
}

static enum fief_err size_set(uint64_t bytes)
{
	m.info.block_count = bytes / m.info.block_size;
	if (block_info_valid(&m.info) && m.info.block_count)
		return fief_attached_ram_init(&m.memory, m.env->ram,
		                              m.info.block_count *
		                                      m.info.block_size);
	fief_error("config: no device of %llu bytes in blocks of %u",
	           (unsigned long long)bytes, m.info.block_size);
	return FIEF_INVALID;
}

/* The content of the module, the last block filled up with zeros; `bytes` if
 * that is more. */
static enum fief_err content_set(const char *module, uint64_t bytes)
{
	const uint64_t block = m.info.block_size;
	struct fief_rom rom = { 0 };
	enum fief_err e = fief_rom_open(m.env, module, &rom);

	if (e || !rom.size) {
		fief_error("ROM module \"%s\": %s", module,
		           e ? fief_err_text(e) : "no content");
		return e ? e : FIEF_NOT_FOUND;
	}
	if (bytes < rom.size)
		bytes = (rom.size + block - 1) / block * block;
	e = size_set(bytes);
	if (!e)
		memcpy(m.memory.addr, rom.data, rom.size);
	fief_rom_close(&rom);
	return e;
}

static enum fief_err device_make(void)
{
	const struct node *config = m.config.root;
	const char *rom = node_attr(config, "rom", NULL);
	struct node_error err = { 0 };
	uint64_t size = 0, block_size = BLOCK_SIZE_MIN;
	enum fief_err e =
		config ? config_element_check(config, &schema, &err) : FIEF_OK;

	if (!e)
		e = node_attr_bool(config, "writeable", true, &err,
		                   &m.info.writeable);
	if (!e)
		e = node_attr_u64(config, "size", 0, &err, &size);
	if (!e)
		e = node_attr_u64(config, "block_size", BLOCK_SIZE_MIN, &err,
		                  &block_size);
	if (e)
		return config_refused(&err, e);
	m.info.block_size = (uint32_t)block_size;
	return rom ? content_set(rom, size) : size_set(size);
}

static enum fief_err start(struct fief_env *env)
{
	enum fief_err e = fief_config_open(env, &m.config);

	if (!e)
		e = device_make();
	if (!e)
		e = fief_root_init(&m.root, env);
	return e ? e : block_server_init(&m.server, env, &m.root, &device_ops);
}

void fief_component_construct(struct fief_env *env)
{
	enum fief_err e;

	m.env = env;
	e = start(env);
	if (e) {
		fief_error("cannot start: %s", fief_err_text(e));
		fief_exit(env, 1);
	}
}
