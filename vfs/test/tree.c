/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fief/heap.h>
#include <lib/node_xml.h>
#include <vfs/plugin/ram.h>

#include "tree.h"

const struct vfs_type *const test_types[] = { &vfs_ram, NULL };

static int64_t now(void *arg)
{
	return ((struct test_tree *)arg)->now++;
}

static const struct node *parse(struct test_tree *t, const char *config)
{
	const struct node_xml_input in = { config, strlen(config), 1 };
	struct node_error err;
	struct node *n;

	if (node_xml_parse(&in, &t->arena, &err, &n)) {
		fprintf(stderr, "%s\n", err.text);
		abort();
	}
	return n;
}

struct fief_env *test_env;
struct vfs_loader *test_loader;

void test_tree_init(struct test_tree *t, const struct vfs_type *const *types,
                    const char *config)
{
	struct vfs_args a = { .env = test_env,
		              .types = types,
		              .loader = test_loader,
		              .now = now,
		              .now_arg = t };
	static struct fief_arena_source source;
	struct node_error err;

	memset(t, 0, sizeof(*t));
	fake_ram_init(&t->ram);
	fief_heap_init(&t->heap, &t->ram.ram);
	a.alloc = &t->heap.alloc;
	fief_arena_source_init(&source, &t->heap.alloc);
	arena_init(&t->arena, &source.source);
	if (vfs_create(&a, parse(t, config), &err, &t->vfs)) {
		fprintf(stderr, "%s\n", err.text);
		abort();
	}
}

enum fief_err test_tree_update(struct test_tree *t, const char *config,
                               struct node_error *err)
{
	return vfs_update(t->vfs, parse(t, config), err);
}

void test_tree_fini(struct test_tree *t)
{
	vfs_destroy(t->vfs);
	arena_fini(&t->arena);
	fief_heap_fini(&t->heap);
}
