/* SPDX-License-Identifier: MIT */
/*
 * model_test [SEED [STEPS]]: random operations on a tree and on a real file
 * system of Linux (tmpfs), step by step: results and errors must be equal.
 */
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fake_env.h"
#include "model.h"
#include "tree.h"

enum { SKIP = 77, TRAIL = 24, STEPS = 20000, STEPS_LONG = 1000000 };

static uint64_t state;

/* xorshift64*; Vigna 2016 */
static uint32_t random_below(uint32_t n)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return (uint32_t)((state * 0x2545f4914f6cdd1dull) >> 33) % n;
}

static bool chance(uint32_t percent)
{
	return random_below(100) < percent;
}

/* ---- what to do ---- */

static void random_path(char *out)
{
	static const char *const names[] = { "a", "b", "c", "d", "e" };
	const unsigned depth = 1 + random_below(3);
	size_t n = 0;

	if (chance(8))
		out[n++] = '/';
	for (unsigned i = 0; i < depth; i++) {
		const char *name = names[random_below(5)];

		if (chance(6))
			name = chance(50) ? ".." : ".";
		n += (size_t)sprintf(out + n, "%s%s%s", i ? "/" : "",
		                     i && chance(3) ? "/" : "", name);
	}
	if (chance(4))
		out[n++] = '/';
	out[n] = '\0';
}

static uint64_t random_pos(void)
{
	static const uint64_t special[] = {
		0, 1, 4096, 32767, 32768, 65536, 1 << 20, INT64_MAX - 1
	};

	if (chance(2))
		return special[random_below(8)];
	return random_below(chance(50) ? 200 : 150000);
}

static uint32_t random_flags(void)
{
	uint32_t f = VFS_READ;

	if (chance(60))
		f = chance(50) ? VFS_WRITE | VFS_READ : VFS_WRITE;
	if (chance(55))
		f |= VFS_CREATE;
	if (chance(15))
		f |= VFS_EXCLUSIVE;
	if (f & VFS_WRITE && chance(15))
		f |= VFS_TRUNCATE;
	if (chance(10))
		f |= VFS_APPEND;
	if (!(f & VFS_CREATE) && chance(30))
		f = VFS_READ | VFS_DIRECTORY;
	if (chance(10))
		f |= VFS_NOFOLLOW;
	return f & VFS_CREATE ? f : f & ~(uint32_t)VFS_EXCLUSIVE;
}

static unsigned random_how(enum model_kind kind)
{
	static const unsigned how[] = { 0, VFS_ALLOCATE_KEEP_SIZE,
		                        VFS_ALLOCATE_PUNCH |
		                                VFS_ALLOCATE_KEEP_SIZE };

	return kind == MODEL_SEEK ? random_below(3) : how[random_below(3)];
}

static void random_op(struct model_op *op)
{
	static const unsigned char often[MODEL_KINDS] = {
		[MODEL_OPEN] = 16,     [MODEL_CLOSE] = 5,
		[MODEL_READ] = 6,      [MODEL_WRITE] = 8,
		[MODEL_PREAD] = 6,     [MODEL_PWRITE] = 8,
		[MODEL_SEEK] = 4,      [MODEL_TRUNCATE] = 2,
		[MODEL_FTRUNCATE] = 3, [MODEL_ALLOCATE] = 3,
		[MODEL_MKDIR] = 8,     [MODEL_RMDIR] = 5,
		[MODEL_UNLINK] = 5,    [MODEL_RENAME] = 7,
		[MODEL_LINK] = 4,      [MODEL_SYMLINK] = 4,
		[MODEL_READLINK] = 3,  [MODEL_STAT] = 6,
		[MODEL_FSTAT] = 4,     [MODEL_CHMOD] = 2,
		[MODEL_LIST] = 4,
	};
	unsigned sum = 0, pick, kind = 0;

	for (unsigned i = 0; i < MODEL_KINDS; i++)
		sum += often[i];
	for (pick = random_below(sum); pick >= often[kind]; kind++)
		pick -= often[kind];
	*op = (struct model_op){
		.kind = (enum model_kind)kind,
		.slot = random_below(MODEL_SLOTS),
		.at = chance(20) ? (int)random_below(MODEL_SLOTS) : -1,
		.flags = random_flags(),
		.mode = random_below(01000),
		.pos = random_pos(),
		.len = random_below(chance(70) ? 300 : MODEL_BYTES),
		.how = random_how((enum model_kind)kind),
		.fill = (unsigned char)(1 + random_below(255)),
	};
	random_path(op->path);
	random_path(op->to);
	if (kind == MODEL_RENAME)
		op->flags = chance(15) ? VFS_EXCHANGE :
		            chance(15) ? VFS_NOREPLACE :
		                         0;
	if (kind == MODEL_SEEK && chance(20))
		op->pos = (uint64_t) - (int64_t)random_below(1000);
}

/* ---- what came of it ---- */

static void print(const struct model_op *op, const struct model_result *r)
{
	static const char *const names[MODEL_KINDS] = {
		"open",    "close",    "read",     "write",     "pread",
		"pwrite",  "seek",     "truncate", "ftruncate", "allocate",
		"mkdir",   "rmdir",    "unlink",   "rename",    "link",
		"symlink", "readlink", "stat",     "fstat",     "chmod",
		"list"
	};

	fprintf(stderr,
	        "%-9s slot %u at %d \"%s\" to \"%s\" flags %#x pos %llu len "
	        "%zu how %u -> %s %llu kind %u mode %o links %u size %llu\n",
	        names[op->kind], op->slot, op->at, op->path, op->to, op->flags,
	        (unsigned long long)op->pos, op->len, op->how,
	        vfs_err_name(r->error), (unsigned long long)r->value, r->kind,
	        r->mode, r->links, (unsigned long long)r->size);
}

static bool equal(const struct model_result *a, const struct model_result *b)
{
	return a->error == b->error && a->value == b->value &&
	       a->kind == b->kind && a->mode == b->mode &&
	       a->links == b->links && a->size == b->size &&
	       a->bytes == b->bytes && !memcmp(a->data, b->data, a->bytes);
}

static void clear(struct model_result *r)
{
	memset(r, 0, offsetof(struct model_result, data));
}

static struct {
	struct model_op op;
	struct model_result result;
} trail[TRAIL];

static bool play(struct model_side *host, struct model_side *tree,
                 unsigned steps)
{
	static struct model_result ours;

	for (unsigned i = 0; i < steps; i++) {
		struct model_op *op = &trail[i % TRAIL].op;
		struct model_result *r = &trail[i % TRAIL].result;

		random_op(op);
		clear(r);
		clear(&ours);
		host->run(host, op, r);
		tree->run(tree, op, &ours);
		if (equal(r, &ours))
			continue;
		for (unsigned k = i < TRAIL ? 0 : i - TRAIL + 1; k <= i; k++)
			print(&trail[k % TRAIL].op, &trail[k % TRAIL].result);
		fprintf(stderr, "step %u, but the tree says:\n", i);
		print(op, &ours);
		return false;
	}
	return true;
}

/* ---- the host's root ---- */

/* A tmpfs of our own as root directory, so that ".." and "/" mean the same. */
static int root_make(void)
{
	if (unshare(CLONE_NEWNS) && unshare(CLONE_NEWUSER | CLONE_NEWNS))
		return -1;
	if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("model", "/tmp", "tmpfs", 0, "size=1g,mode=755") ||
	    chroot("/tmp") || chdir("/"))
		return -1;
	umask(0);
	return open("/", O_RDONLY | O_DIRECTORY);
}

int main(int argc, char **argv)
{
	const char *long_run = getenv("FIEF_LONG");
	const bool is_long = long_run && *long_run == '1';
	const unsigned seed = argc > 1 ? (unsigned)atoi(argv[1]) : 1;
	const unsigned steps = argc > 2 ? (unsigned)atoi(argv[2]) :
	                       is_long  ? STEPS_LONG :
	                                  STEPS;
	struct test_tree tree;
	struct model_host host;
	struct model_vfs vfs;
	int root = root_make();
	bool ok;

	if (root < 0) {
		printf("no mount namespace to be had here\n");
		return SKIP;
	}
	state = seed * 0x9e3779b97f4a7c15ull + 1;
	test_env = &fake_env; /* content can be mapped */
	test_tree_init(&tree, test_types, "<vfs> <ram/> </vfs>");
	model_host_init(&host, root);
	model_vfs_init(&vfs, tree.vfs);
	ok = play(&host.side, &vfs.side, steps);
	model_vfs_fini(&vfs);
	model_host_fini(&host);
	test_tree_fini(&tree);
	if (ok && (tree.ram.live || tree.ram.bytes)) {
		fprintf(stderr, "%u dataspaces are left\n", tree.ram.live);
		ok = false;
	}
	printf("seed %u: %u steps%s\n", seed, steps, ok ? ", all equal" : "");
	return ok ? 0 : 1;
}
