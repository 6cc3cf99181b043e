/* SPDX-License-Identifier: MIT */
/* Each allocation fails in turn while plugins are loaded: nothing is lost. */

#include <vfs/plugins.h>
#include <vfs/so/loader.h>

#include "test.h"

enum { TRIES_MAX = 1000 };

static struct {
	struct fief_env env; /* as that of the component, but for these: */
	struct fief_alloc heap;
	struct fief_ram ram;
	unsigned next; /* that many succeed, and then one fails */
	bool failed;
} m;

static bool fails(void)
{
	if (m.failed || m.next--)
		return false;
	m.failed = true;
	return true;
}

static enum fief_err heap_alloc(struct fief_alloc *self, size_t size,
                                void **out)
{
	(void)self;
	return fails() ? FIEF_OUT_OF_RAM :
	                 check_env->heap->alloc(check_env->heap, size, out);
}

static void heap_free(struct fief_alloc *self, void *ptr, size_t size)
{
	(void)self;
	check_env->heap->free(check_env->heap, ptr, size);
}

static enum fief_err ram_alloc(struct fief_ram *self, size_t bytes, void **addr,
                               fief_cap *ds)
{
	(void)self;
	return fails() ? FIEF_OUT_OF_RAM :
	                 check_env->ram->alloc(check_env->ram, bytes, addr, ds);
}

static void ram_free(struct fief_ram *self, void *addr, size_t bytes,
                     fief_cap ds)
{
	(void)self;
	check_env->ram->free(check_env->ram, addr, bytes, ds);
}

static enum fief_err try(const struct node *config, unsigned succeed)
{
	struct node_error err = { { 0, 0 }, "" };
	static struct vfs_so so;
	struct vfs *vfs;
	enum fief_err e;

	m.env = *check_env;
	m.heap = (struct fief_alloc){ heap_alloc, heap_free };
	m.ram = (struct fief_ram){ ram_alloc, ram_free };
	m.env.heap = &m.heap;
	m.env.ram = &m.ram;
	m.next = succeed;
	m.failed = false;
	vfs_so_init(&so, &m.env);
	e = vfs_create(&(struct vfs_args){ .alloc = m.env.heap,
	                                   .env = &m.env,
	                                   .types = vfs_plugins,
	                                   .loader = &so.loader },
	               config, &err, &vfs);
	if (!e)
		vfs_destroy(vfs);
	vfs_so_fini(&so);
	CHECK(!e || m.failed);
	return e;
}

void fail_all(const struct node *config)
{
	struct left before, now;
	unsigned failures = 0;
	enum fief_err e;

	/* Once without, for what the heap keeps. */
	CHECK_OK(try(config, TRIES_MAX));
	before = left_now();
	do {
		CHECK(failures < TRIES_MAX);
		e = try(config, failures);
		now = left_now();
		CHECK(now.ram == before.ram && now.caps == before.caps);
		failures += e != FIEF_OK;
	} while (e);
	fief_log("%u allocations failed, nothing is lost", failures);
}
