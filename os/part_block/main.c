/* SPDX-License-Identifier: MIT */
/* Partitions of a block device, each a block device by policy. */

#include <fief/config.h>
#include <fief/log.h>
#include <fief/policy.h>
#include <fief/reporter.h>
#include <init/config_schema.h>
#include <lib/mem.h>

#include "relay.h"
#include "table.h"

enum { BUFFER_DEFAULT = 4 << 20, BUFFER_MIN = 128 << 10 };

/* Who has a partition open: one that writes, or some that read. */
struct use {
	unsigned readers, writers;
};

static struct main {
	struct fief_env *env;
	struct fief_config config;
	struct fief_signal_handler config_changed;
	bool config_wrong;
	struct fief_reporter reporter;
	struct fief_root root;
	struct block_client device;
	struct block_job job; /* reads the table */
	struct block_server server;
	struct relays relays;
	struct table table;
	struct use use[PARTITIONS_MAX];
	unsigned char block[TABLE_BLOCK_MAX];
} m;

/* ---- configuration ---- */

#define POLICY                                                                 \
	{ "partition", CONFIG_NUMBER }, { "name", CONFIG_TEXT },               \
		{ "guid", CONFIG_TEXT }, { "writeable", CONFIG_BOOL },         \
	{                                                                      \
		0                                                              \
	}

static const struct config_attr policy_attrs[] = {
	{ "label", CONFIG_LABEL },
	{ "label_prefix", CONFIG_LABEL },
	{ "label_suffix", CONFIG_LABEL },
	{ "label_last", CONFIG_LABEL },
	POLICY,
};
static const struct config_attr default_attrs[] = { POLICY };
static const struct config_attr report_attrs[] = {
	{ "partitions", CONFIG_BOOL, .usual = "no" },
	{ 0 },
};
static const struct config_attr attrs[] = {
	{ "io_buffer", CONFIG_SIZE, .least = BUFFER_MIN,
	  .most = BLOCK_BUFFER_MAX, .usual = "4M" },
	{ 0 },
};
static const struct config_element policy = { .name = "policy",
	                                      .attrs = policy_attrs };
static const struct config_element default_policy = { .name = "default-policy",
	                                              .attrs = default_attrs,
	                                              .once = true };
static const struct config_element report = { .name = "report",
	                                      .attrs = report_attrs,
	                                      .once = true };
static const struct config_element *const parts[] = { &policy, &default_policy,
	                                              &report, NULL };
static const struct config_element schema = { .name = "config",
	                                      .attrs = attrs,
	                                      .children = parts };

static enum fief_err config_check(void)
{
	struct node_error err = { 0 };
	enum fief_err e;

	if (!m.config.root)
		return FIEF_OK;
	e = config_element_check(m.config.root, &schema, &err);
	if (e)
		fief_error("config:%u:%u: %s", err.at.line, err.at.column,
		           err.text);
	return e;
}

/* Sessions that are open keep what they have; new ones wait for a config that
 * is right. */
static void on_config(struct fief_signal_handler *self, unsigned count)
{
	(void)self, (void)count;
	if (!fief_config_update(&m.config))
		m.config_wrong = config_check() != FIEF_OK;
}

/* ---- sessions ---- */

static bool named(const struct node *p, const char *attr, const char *value)
{
	const char *wanted = node_attr(p, attr, NULL);

	return !wanted || !strcmp(wanted, value);
}

/* All that the policy names has to fit, and it has to name something. */
static const struct partition *partition_of(const struct node *p)
{
	uint64_t number;

	if (!node_attr(p, "partition", NULL) && !node_attr(p, "name", NULL) &&
	    !node_attr(p, "guid", NULL))
		return NULL;
	for (unsigned i = 0; i < m.table.count; i++) {
		const struct partition *at = &m.table.partition[i];

		if (!node_attr_u64(p, "partition", at->number, NULL, &number) &&
		    number == at->number && named(p, "name", at->name) &&
		    named(p, "guid", at->guid))
			return at;
	}
	return NULL;
}

static enum fief_err use_take(struct use *u, bool writeable)
{
	if (u->writers || (writeable && u->readers))
		return FIEF_CONFLICT;
	u->writers += writeable;
	u->readers += !writeable;
	return FIEF_OK;
}

static enum fief_err part_open(struct block_server *server, const char *label,
                               bool writeable, struct block_view *view,
                               void **owner)
{
	const struct node *p = fief_policy_find(m.config.root, label);
	const struct partition *part = partition_of(p);
	struct use *u;
	bool allowed;

	(void)server;
	if (!p || m.config_wrong)
		return FIEF_DENIED;
	if (!part) {
		fief_warning("\"%s\": its policy names no partition", label);
		return FIEF_DENIED;
	}
	if (node_attr_bool(p, "writeable", false, NULL, &allowed))
		return FIEF_DENIED;
	view->info = m.device.info;
	view->info.block_count = part->count;
	view->info.writeable &= allowed && writeable;
	view->first = part->first;
	u = &m.use[part - m.table.partition];
	*owner = u;
	return use_take(u, view->info.writeable);
}

static void part_close(struct block_server *server, void *owner, bool writeable)
{
	struct use *u = owner;

	(void)server;
	u->writers -= writeable;
	u->readers -= !writeable;
}

static enum fief_err part_submit(struct block_server *server,
                                 struct block_request *r)
{
	(void)server;
	return relays_submit(&m.relays, r);
}

static void part_cancel(struct block_server *server, struct block_request *r)
{
	(void)server;
	relays_cancel(&m.relays, r);
}

static const struct block_device_ops part_ops = {
	.open = part_open,
	.close = part_close,
	.submit = part_submit,
	.cancel = part_cancel,
};

/* ---- report ---- */

static void report_partition(struct node_gen *g, const struct partition *p)
{
	node_gen_open(g, "partition");
	node_gen_attr_u64(g, "number", p->number);
	node_gen_attr_u64(g, "start", p->first);
	node_gen_attr_u64(g, "length", p->count);
	if (m.table.type == TABLE_MBR)
		node_gen_attr_u64(g, "type", p->mbr_type);
	if (m.table.type == TABLE_GPT) {
		node_gen_attr(g, "type", p->type);
		node_gen_attr(g, "guid", p->guid);
		node_gen_attr(g, "name", p->name);
	}
	node_gen_close(g);
}

static void report_fill(struct node_gen *g, const void *ctx)
{
	(void)ctx;
	node_gen_open(g, "partitions");
	node_gen_attr(g, "type", table_type_name(m.table.type));
	if (m.table.type == TABLE_GPT)
		node_gen_attr(g, "guid", m.table.guid);
	if (m.table.backup)
		node_gen_attr_bool(g, "backup", true);
	if (m.table.why[0])
		node_gen_attr(g, "error", m.table.why);
	node_gen_attr_u64(g, "total_blocks", m.device.info.block_count);
	node_gen_attr_u64(g, "block_size", m.device.info.block_size);
	for (unsigned i = 0; i < m.table.count; i++)
		report_partition(g, &m.table.partition[i]);
	node_gen_close(g);
}

static enum fief_err report_make(void)
{
	const struct node *n = node_first(m.config.root, "report");
	enum fief_err e;
	bool wanted;

	e = node_attr_bool(n, "partitions", false, NULL, &wanted);
	if (e || !wanted)
		return e;
	e = fief_reporter_open(&m.reporter, m.env, "partitions");
	return e ? e : fief_reporter_generate(&m.reporter, report_fill, NULL);
}

/* ---- start ---- */

static enum fief_err device_read(struct table_device *self, uint64_t block,
                                 void *buf)
{
	enum fief_err e = block_job_wait(&m.job, BLOCK_OP_READ, block, 1);

	if (!e)
		memcpy(buf, m.job.data, self->block_size);
	return e ? FIEF_GONE : FIEF_OK;
}

static enum fief_err table_open(void)
{
	struct table_device d = {
		.block_size = m.device.info.block_size,
		.block_count = m.device.info.block_count,
		.read = device_read,
		.buf = m.block,
	};
	enum fief_err e;

	e = block_job_init(&m.job, &m.device, d.block_size);
	if (e)
		return e;
	e = table_read(&m.table, &d);
	block_job_fini(&m.job);
	if (e)
		fief_error("partition table: %s",
		           m.table.why[0] ? m.table.why : fief_err_text(e));
	else if (m.table.backup)
		fief_warning("partition table: the first GPT is broken, the "
		             "backup is used");
	return e;
}

static enum fief_err device_open(void)
{
	struct block_client_args args = { .writeable = true };
	uint64_t buffer;
	enum fief_err e;

	e = node_attr_u64(m.config.root, "io_buffer", BUFFER_DEFAULT, NULL,
	                  &buffer);
	args.buffer = buffer;
	if (!e)
		e = block_client_open(&m.device, m.env, &args);
	if (e)
		fief_error("device: %s", fief_err_text(e));
	return e;
}

static enum fief_err config_open(void)
{
	enum fief_err e = fief_config_open(m.env, &m.config);

	m.config_changed.handle = on_config;
	if (!e)
		e = config_check();
	if (!e)
		e = fief_signal_manage(m.env->ep, &m.config_changed);
	return e ? e : fief_rom_sigh(&m.config.rom, &m.config_changed);
}

static enum fief_err start(struct fief_env *env)
{
	enum fief_err e = config_open(), table_error;

	if (!e)
		e = device_open();
	if (e)
		return e;
	/* A table that is not sound is reported, too. */
	table_error = table_open();
	e = report_make();
	if (table_error)
		return table_error;
	if (!e)
		e = relays_init(&m.relays, &m.device, &m.server);
	if (!e)
		e = fief_root_init(&m.root, env);
	return e ? e : block_server_init(&m.server, env, &m.root, &part_ops);
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
