/* SPDX-License-Identifier: MIT */
/*
 * A Block session as a file: random reads and writes, many at once and ended in any
 * order by a device in memory, against the bytes as they have to be.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <os/block/client.h>
#include <vfs/plugins.h>

#include "fake_env.h"
#include "tree.h"

enum {
	SIZE = 512,
	BLOCKS = 64,
	BYTES = SIZE * BLOCKS,
	JOBS = 4,
	ROUNDS = 3000,
	OPS = 8
};

/* ---- a device, in place of os/block/client.c ---- */

static struct {
	unsigned char bytes[BYTES];
	struct block_job *job[JOBS];
	bool read_only;
	enum fief_err fails;
	unsigned syncs;
} dev;

enum fief_err block_client_open(struct block_client *c, struct fief_env *env,
                                const struct block_client_args *args)
{
	c->env = env;
	if (args->label && !strcmp(args->label, "no"))
		return FIEF_DENIED;
	c->info = (struct block_info){ SIZE, BLOCKS,
		                       args->writeable && !dev.read_only };
	c->stream.bulk_bytes = 16384;
	return FIEF_OK;
}

void block_client_close(struct block_client *c)
{
	(void)c;
	for (unsigned i = 0; i < JOBS; i++)
		if (dev.job[i])
			dev.job[i]->busy = false;
	memset(dev.job, 0, sizeof(dev.job));
}

static unsigned jobs_open;

enum fief_err block_job_init(struct block_job *j, struct block_client *c,
                             size_t bytes)
{
	if (jobs_open == JOBS)
		return FIEF_AGAIN;
	jobs_open++;
	j->client = c;
	j->data = malloc(bytes ? bytes : 1);
	j->capacity = bytes;
	return FIEF_OK;
}

void block_job_fini(struct block_job *j)
{
	if (!j->client)
		return;
	assert_false(j->busy);
	jobs_open--;
	free(j->data);
	j->client = NULL;
}

enum fief_err block_job_submit(struct block_job *j, enum block_op op,
                               uint64_t first, uint64_t count)
{
	unsigned slot = 0;

	assert_true(first + count <= BLOCKS);
	assert_true(count * SIZE <= j->capacity);
	while (dev.job[slot])
		slot++;
	assert_true(slot < JOBS);
	dev.job[slot] = j;
	j->slot = slot;
	j->busy = true;
	j->range = (struct block_range){ op, first, count,
		                         (uint32_t)(count * SIZE) };
	return FIEF_OK;
}

void block_client_flush(struct block_client *c)
{
	(void)c;
}

/* One that is under way ends; false: there is none. */
static bool job_end(unsigned pick)
{
	struct block_job *j = NULL;

	for (unsigned i = 0; i < JOBS && !j; i++)
		j = dev.job[(pick + i) % JOBS];
	if (!j)
		return false;
	dev.job[j->slot] = NULL;
	j->busy = false;
	if (dev.fails)
		;
	else if (j->range.op == BLOCK_OP_READ)
		memcpy(j->data, dev.bytes + j->range.first * SIZE,
		       j->range.bytes);
	else if (j->range.op == BLOCK_OP_WRITE)
		memcpy(dev.bytes + j->range.first * SIZE, j->data,
		       j->range.bytes);
	else
		dev.syncs++;
	j->done(j, dev.fails);
	return true;
}

/* ---- one after the other ---- */

static struct test_tree t;

struct asked {
	struct vfs_op op;
	bool late, over, write;
	enum vfs_err e;
	unsigned char bytes[4096], expected[4096];
};

static void ended(struct vfs_op *op, enum vfs_err e)
{
	struct asked *a = (struct asked *)(void *)op;

	assert_false(a->over);
	a->over = true;
	a->e = e;
}

static void begin(const char *config)
{
	memset(&dev, 0, sizeof(dev));
	test_env = &fake_env;
	test_tree_init(&t, vfs_plugins, config);
}

static void end(struct vfs_file *f)
{
	if (f)
		vfs_close(f);
	test_tree_fini(&t);
	assert_int_equal(t.ram.live, 0);
	assert_int_equal(jobs_open, 0);
}

static struct vfs_file *open_block(uint32_t flags, enum vfs_err expected)
{
	struct vfs_op op = { .path = "/block", .flags = flags };

	assert_int_equal(vfs_open(t.vfs, &op), expected);
	return expected ? NULL : op.file;
}

static enum vfs_err start(struct vfs_file *f, struct asked *a, bool write,
                          uint64_t pos, size_t len)
{
	a->op = (struct vfs_op){ .done = ended,
		                 .buf = a->bytes,
		                 .data = a->bytes,
		                 .pos = pos,
		                 .len = len };
	a->over = false;
	a->write = write;
	a->e = write ? vfs_pwrite(f, &a->op) : vfs_pread(f, &a->op);
	a->late = a->e == VFS_LATE;
	return a->e;
}

/* ---- tests ---- */

static uint32_t below(uint32_t n)
{
	static uint64_t state = 88172645463325252ull;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)(state >> 33) % n;
}

/* Overlapping ones have the order in which they were asked: so what each reads is
 * known when it is asked. */
static void test_random(void **state)
{
	static unsigned char model[BYTES];
	static struct asked asked[OPS];
	struct vfs_file *f;

	(void)state;
	begin("<vfs> <block/> </vfs>");
	memset(model, 0, sizeof(model));
	f = open_block(VFS_READ | VFS_WRITE, VFS_OK);
	for (unsigned round = 0; round < ROUNDS; round++) {
		for (unsigned i = 0; i < OPS; i++) {
			struct asked *a = &asked[i];
			const uint64_t pos = below(BYTES);
			const bool write = below(2);
			size_t len = 1 + below(below(2) ? 3000 : 700);

			if (below(4) == 0)
				len = (len + SIZE - 1) / SIZE * SIZE;
			memset(a->bytes, (int)(1 + below(255)),
			       sizeof(a->bytes));
			assert_int_equal(start(f, a, write, pos, len),
			                 VFS_LATE);
			if (len > BYTES - pos)
				len = (size_t)(BYTES - pos);
			if (write)
				memcpy(model + pos, a->bytes, len);
			else
				memcpy(a->expected, model + pos, len);
			a->op.user = (void *)len;
			if (below(3) == 0)
				job_end(below(JOBS));
		}
		while (job_end(below(JOBS)))
			;
		for (unsigned i = 0; i < OPS; i++) {
			struct asked *a = &asked[i];

			assert_true(a->over);
			assert_int_equal(a->e, VFS_OK);
			assert_int_equal(a->op.count, (size_t)a->op.user);
			if (!a->write)
				assert_memory_equal(a->bytes, a->expected,
				                    a->op.count);
		}
	}
	assert_memory_equal(dev.bytes, model, BYTES);
	end(f);
}

static void test_ends(void **state)
{
	static struct asked a;
	struct vfs_op stat = { .path = "/block" };
	struct vfs_file *f;

	(void)state;
	begin("<vfs> <block/> </vfs>");
	assert_int_equal(vfs_find(t.vfs, &stat), VFS_OK);
	vfs_node_put(stat.node);
	assert_int_equal(stat.stat.size, BYTES);
	assert_int_equal(stat.stat.kind, VFS_BLOCK);
	f = open_block(VFS_READ | VFS_WRITE, VFS_OK);
	assert_int_equal(start(f, &a, false, BYTES, 10), VFS_OK);
	assert_int_equal(a.op.count, 0);
	assert_int_equal(start(f, &a, true, BYTES, 10), VFS_NO_SPACE);
	assert_int_equal(start(f, &a, true, BYTES - 4, 10), VFS_LATE);
	while (job_end(0))
		;
	assert_int_equal(a.op.count, 4);
	a.over = false;
	a.op = (struct vfs_op){ .done = ended };
	assert_int_equal(vfs_sync(f, &a.op), VFS_LATE);
	assert_true(job_end(0));
	assert_true(a.over && !a.e && dev.syncs == 1);
	dev.fails = FIEF_GONE;
	assert_int_equal(start(f, &a, false, 0, 10), VFS_LATE);
	assert_true(job_end(0));
	assert_int_equal(a.e, VFS_IO);
	end(f);
}

/* Canceled while with the device, while waiting, and by the end of all. */
static void test_cancel(void **state)
{
	static struct asked a, b;
	struct vfs_file *f;

	(void)state;
	begin("<vfs> <block/> </vfs>");
	f = open_block(VFS_READ | VFS_WRITE, VFS_OK);
	assert_int_equal(start(f, &a, true, 3, 10), VFS_LATE);
	assert_int_equal(start(f, &b, true, 5, 10), VFS_LATE);
	b.op.cancel(&b.op);
	assert_int_equal(b.e, VFS_CANCELED);
	a.op.cancel(&a.op);
	assert_int_equal(a.e, VFS_CANCELED);
	assert_int_equal(start(f, &b, true, 7, 10), VFS_LATE);
	while (job_end(0))
		;
	assert_true(b.over && !b.e);
	assert_int_equal(start(f, &a, false, 0, 10), VFS_LATE);
	a.op.cancel(&a.op);
	end(f);
}

static void test_config(void **state)
{
	static const char *const refused[][2] = {
		{ "<block label='no'/>",
		  "<block>: Block session \"no\": denied" },
		{ "<block buffer='1K'/>", "<block>: a buffer has 64K to 64M" },
	};
	struct node_error err;

	(void)state;
	begin("<vfs> <block writeable='no'/> </vfs>");
	open_block(VFS_WRITE, VFS_READ_ONLY);
	vfs_close(open_block(VFS_READ, VFS_OK));
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		char config[128];

		snprintf(config, sizeof(config), "<vfs> %s </vfs>",
		         refused[i][0]);
		assert_int_not_equal(test_tree_update(&t, config, &err),
		                     FIEF_OK);
		assert_string_equal(err.text, refused[i][1]);
	}
	end(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_ends),
		cmocka_unit_test(test_cancel),
		cmocka_unit_test(test_config),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
