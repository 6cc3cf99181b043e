/* SPDX-License-Identifier: MIT */
/* Uses a Block device as its configuration says, and checks what comes back. */

#include <fief/config.h>
#include <fief/kif_table.h>
#include <init/config_schema.h>
#include <lib/mem.h>
#include <os/block/client.h>
#include <os/check.h>

#include "pattern.h"

enum { DEPTH_MAX = BLOCK_CLIENT_JOBS, NS_PER_US = 1000 };

struct fief_env *check_env;

static struct main {
	struct fief_config config;
	struct block_client client;
	struct block_job job[DEPTH_MAX];
	struct pattern pattern;
	enum block_op op; /* of the pass */
	uint64_t seed;    /* of the test: its number */
	uint64_t begun;   /* requests of the pass */
	uint64_t over;
	unsigned depth; /* requests at once */
	bool checked;   /* write and check content */
} m;

/* ---- configuration ---- */

#define WORK                                                                   \
	{ "size", CONFIG_SIZE, .least = 512, .most = BLOCK_TRANSFER_MAX,       \
	  .usual = "4K" },                                                     \
		{ "bytes", CONFIG_SIZE, .least = 512, .usual = "1M" },         \
		{ "depth", CONFIG_NUMBER, .least = 1, .most = DEPTH_MAX,       \
		  .usual = "16" },                                             \
		{ "write", CONFIG_BOOL, .usual = "yes" },                      \
		{ "check", CONFIG_BOOL, .usual = "yes" },                      \
	{                                                                      \
		0                                                              \
	}

static const struct config_attr work_attrs[] = { WORK };
static const struct config_attr request_attrs[] = {
	{ "first", CONFIG_NUMBER, .required = true },
	{ "count", CONFIG_NUMBER, .least = 1, .usual = "1" },
	{ 0 },
};
static const struct config_attr content_attrs[] = {
	{ "block", CONFIG_NUMBER, .usual = "0" },
	{ "text", CONFIG_TEXT, .required = true },
	{ 0 },
};
static const struct config_attr refused_attrs[] = {
	{ "first", CONFIG_NUMBER, .required = true },
	{ "write", CONFIG_BOOL, .usual = "no" },
	{ "error", CONFIG_NAME, .required = true },
	{ 0 },
};
static const struct config_attr attrs[] = {
	{ "label", CONFIG_LABEL },
	{ "buffer", CONFIG_SIZE, .least = BLOCK_CHUNK_MIN,
	  .most = BLOCK_BUFFER_MAX, .usual = "1M" },
	{ "writeable", CONFIG_BOOL, .usual = "yes" },
	{ "offset", CONFIG_NUMBER, .usual = "0" },
	{ "num_blocks", CONFIG_NUMBER },
	{ "refused", CONFIG_NAME },
	{ 0 },
};
static const struct config_element request = { .name = "request",
	                                       .attrs = request_attrs };
static const struct config_element *const requests[] = { &request, NULL };
static const struct config_element sequential = { .name = "sequential",
	                                          .attrs = work_attrs };
static const struct config_element random = { .name = "random",
	                                      .attrs = work_attrs };
static const struct config_element ping_pong = { .name = "ping_pong",
	                                         .attrs = work_attrs };
static const struct config_element replay = { .name = "replay",
	                                      .attrs = work_attrs,
	                                      .children = requests };
static const struct config_element content = { .name = "content",
	                                       .attrs = content_attrs };
static const struct config_element refused = { .name = "refused",
	                                       .attrs = refused_attrs };
static const struct config_element sync = { .name = "sync" };
static const struct config_element trim = { .name = "trim" };
static const struct config_element *const tests[] = {
	&sequential, &random, &ping_pong, &replay, &content,
	&refused,    &sync,   &trim,      NULL,
};
static const struct config_element schema = { .name = "config",
	                                      .attrs = attrs,
	                                      .children = tests };

static uint64_t number(const struct node *n, const char *name,
                       uint64_t fallback)
{
	uint64_t value;

	CHECK_OK(node_attr_u64(n, name, fallback, NULL, &value));
	return value;
}

static bool flag(const struct node *n, const char *name, bool fallback)
{
	bool value;

	CHECK_OK(node_attr_bool(n, name, fallback, NULL, &value));
	return value;
}

/* ---- a pass of requests ---- */

static void blocks_each(const struct block_job *j, bool fill)
{
	const uint32_t size = m.client.info.block_size;

	for (uint64_t i = 0; i < j->range.count; i++) {
		unsigned char *at = (unsigned char *)j->data + i * size;

		if (fill)
			content_fill(at, j->range.first + i, size, m.seed);
		else
			CHECK(content_is(at, j->range.first + i, size, m.seed));
	}
}

static void job_next(struct block_job *j)
{
	uint64_t first, count;

	if (m.begun == m.pattern.total)
		return;
	pattern_next(&m.pattern, m.begun++, &first, &count);
	if (m.op == BLOCK_OP_WRITE && m.checked) {
		j->range.first = first;
		j->range.count = count;
		CHECK(count <= j->capacity / m.client.info.block_size);
		blocks_each(j, true);
	}
	CHECK_OK(block_job_submit(j, m.op, first, count));
}

static void on_done(struct block_job *j, enum fief_err status)
{
	CHECK_OK(status);
	if (m.op == BLOCK_OP_READ && m.checked)
		blocks_each(j, false);
	m.over++;
	job_next(j);
}

static void pass(const struct node *n, enum block_op op)
{
	const uint64_t size = number(n, "size", 4096);
	uint64_t us, bytes;

	m.op = op;
	m.begun = 0;
	m.over = 0;
	pattern_start(&m.pattern, n, &m.client.info, size,
	              number(n, "bytes", 1 << 20));
	CHECK(m.pattern.per && m.pattern.per <= m.pattern.blocks);
	us = fief_kif->time();
	for (unsigned i = 0; i < m.depth; i++)
		job_next(&m.job[i]);
	block_client_flush(&m.client);
	while (m.over < m.pattern.total)
		fief_entrypoint_wait_io(check_env->ep);
	us = (fief_kif->time() - us) / NS_PER_US + 1;
	bytes = m.pattern.total * m.pattern.per * m.client.info.block_size;
	fief_log("%s %s: %llu requests, %llu MB/s, %llu requests/s", n->name,
	         op == BLOCK_OP_READ ? "read" : "write",
	         (unsigned long long)m.pattern.total,
	         (unsigned long long)(bytes / us),
	         (unsigned long long)(m.pattern.total * 1000000 / us));
}

static void work(const struct node *n)
{
	const uint64_t size = number(n, "size", 4096);

	m.checked = flag(n, "check", true);
	m.depth = (unsigned)number(n, "depth", 16);
	m.seed++;
	for (unsigned i = 0; i < m.depth; i++) {
		m.job[i] = (struct block_job){ .done = on_done };
		CHECK_OK(block_job_init(&m.job[i], &m.client, size));
	}
	if (flag(n, "write", true))
		pass(n, BLOCK_OP_WRITE);
	pass(n, BLOCK_OP_READ);
	for (unsigned i = 0; i < m.depth; i++)
		block_job_fini(&m.job[i]);
}

/* ---- single requests ---- */

static enum fief_err single(enum block_op op, uint64_t first, uint64_t count)
{
	const bool payload = op == BLOCK_OP_READ || op == BLOCK_OP_WRITE;
	enum fief_err e;

	m.job[0] = (struct block_job){ 0 };
	CHECK_OK(block_job_init(&m.job[0], &m.client,
	                        payload ? m.client.info.block_size : 0));
	e = block_job_wait(&m.job[0], op, first, count);
	block_job_fini(&m.job[0]);
	return e;
}

static void content_check(const struct node *n)
{
	const char *text = node_attr(n, "text", "");

	CHECK_OK(single(BLOCK_OP_READ, number(n, "block", 0), 1));
	CHECK(strlen(text) <= m.client.info.block_size);
	CHECK(!memcmp(m.job[0].data, text, strlen(text)));
	fief_log("content \"%s\"", text);
}

static void refused_check(const struct node *n)
{
	const char *error = node_attr(n, "error", "");
	const enum fief_err e =
		single(flag(n, "write", false) ? BLOCK_OP_WRITE : BLOCK_OP_READ,
	               number(n, "first", 0), 1);

	CHECK(!strcmp(fief_err_name(e), error));
	fief_log("refused: %s", error);
}

static void test(const struct node *n)
{
	if (pattern_known(n->name))
		work(n);
	else if (node_has_type(n, "content"))
		content_check(n);
	else if (node_has_type(n, "refused"))
		refused_check(n);
	else if (node_has_type(n, "sync"))
		CHECK_OK(single(BLOCK_OP_SYNC, 0, 0));
	else
		CHECK_OK(single(BLOCK_OP_TRIM, 0, m.client.info.block_count));
}

/* ---- the session ---- */

/* Error: what the config says it is refused with. */
static enum fief_err device_open(const struct node *config)
{
	const char *error = node_attr(config, "refused", NULL);
	const struct block_client_args args = {
		.label = node_attr(config, "label", NULL),
		.buffer = number(config, "buffer", 1 << 20),
		.writeable = flag(config, "writeable", true),
		.offset = number(config, "offset", 0),
		.num_blocks = number(config, "num_blocks", 0),
	};
	const enum fief_err e = block_client_open(&m.client, check_env, &args);

	if (!error) {
		CHECK_OK(e);
		return e;
	}
	CHECK(!strcmp(fief_err_name(e), error));
	fief_log("session refused: %s", error);
	return e;
}

void fief_component_construct(struct fief_env *env)
{
	struct node_error err = { 0 };
	struct check_used before, after;

	check_env = env;
	CHECK_OK(fief_config_open(env, &m.config));
	if (config_element_check(m.config.root, &schema, &err)) {
		fief_error("config:%u:%u: %s", err.at.line, err.at.column,
		           err.text);
		fief_exit(env, 1);
	}
	before = check_used();
	if (!device_open(m.config.root)) {
		fief_log("%llu blocks of %u, %s",
		         (unsigned long long)m.client.info.block_count,
		         m.client.info.block_size,
		         m.client.info.writeable ? "writeable" : "read-only");
		NODE_FOR_EACH(n, m.config.root, NULL)
			test(n);
	}
	block_client_close(&m.client);
	after = check_used();
	CHECK(after.ram <= before.ram + (64 << 10)); /* kif's tables stay */
	fief_log("block test succeeded");
	fief_exit(env, 0);
}
