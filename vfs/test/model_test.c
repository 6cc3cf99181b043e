/* SPDX-License-Identifier: MIT */
/*
 * model_test [CONFIG [SEED [STEPS]]]: random operations on a tree and on a real
 * file system of Linux (tmpfs), step by step: results and errors must be equal.
 * CONFIG: ram; audit, around that; overlay, with nothing below; or below, with what many operations
 * made below, a copy of which the tmpfs has.
 */
#include <fcntl.h>
#include <ftw.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <vfs/dirent.h>
#include <vfs/plugin/audit.h>
#include <vfs/plugin/overlay.h>
#include <vfs/plugin/ram.h>

#include "fake_env.h"
#include "model.h"
#include "tree.h"

enum { SKIP = 77, TRAIL = 24, STEPS = 20000, STEPS_LONG = 1000000 };

static uint64_t state;
static bool below; /* the tree is an overlay with something below */
static unsigned crossed;
static bool linkless; /* no hard links are made */

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
	if (linkless && kind == MODEL_LINK)
		op->kind = MODEL_STAT;
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

/* A directory that several file systems have tells one link, as Linux' overlay. */
static bool links_equal(const struct model_result *host,
                        const struct model_result *tree)
{
	return host->links == tree->links ||
	       (below && host->links && tree->links == 1 &&
	        tree->kind == VFS_DIR);
}

static bool equal(const struct model_result *a, const struct model_result *b)
{
	return a->error == b->error && a->value == b->value &&
	       a->kind == b->kind && a->mode == b->mode && links_equal(a, b) &&
	       a->size == b->size && a->bytes == b->bytes &&
	       !memcmp(a->data, b->data, a->bytes);
}

/* An overlay does not move a directory that is below: the host does not, either. */
static bool is_crossing(const struct model_op *op, const struct model_result *r)
{
	return below && op->kind == MODEL_RENAME && r->error == VFS_CROSS;
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
		tree->run(tree, op, &ours);
		if (is_crossing(op, &ours)) {
			r->error = ours.error;
			crossed++;
			continue;
		}
		host->run(host, op, r);
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

/* ---- what is below ---- */

enum { STEPS_BELOW = 3000, STEPS_ROUND = 10000 };

static struct test_tree lower;

/* The file system of `lower`, below another one. */
static enum fief_err lower_create(struct vfs *v, const struct node *config,
                                  struct node_error *err, struct vfs_fs **out)
{
	struct vfs_op op = { .path = "/" };

	(void)v, (void)config, (void)err;
	if (vfs_find(lower.vfs, &op))
		abort();
	*out = op.node->fs;
	return FIEF_OK;
}

static const struct vfs_type lower_type = { .name = "lower-ram",
	                                    .create = lower_create };
static const struct vfs_type *const types[] = { &vfs_ram, &vfs_audit,
	                                        &vfs_overlay, &lower_type,
	                                        NULL };

static void sum_add(uint64_t *sum, const void *data, size_t len)
{
	const unsigned char *c = data;

	for (size_t i = 0; i < len; i++)
		*sum = (*sum ^ c[i]) * 0x100000001b3ull;
}

static void sum_file(struct vfs_place *at, const char *name, uint64_t *sum)
{
	struct vfs_op open = { .at = at, .path = name, .flags = VFS_READ };
	static char buf[MODEL_BYTES];
	struct vfs_op read = { .buf = buf, .len = sizeof(buf) };

	if (vfs_open(lower.vfs, &open))
		abort();
	if (vfs_pread(open.file, &read))
		abort();
	sum_add(sum, buf, read.count);
	vfs_close(open.file);
}

static void sum_tree(struct vfs_place *at, const char *path, uint64_t *sum);

static void sum_entry(struct vfs_place *at, const char *name, uint64_t *sum)
{
	struct vfs_op op = { .at = at, .path = name, .flags = VFS_NOFOLLOW };

	sum_add(sum, name, strlen(name));
	if (vfs_find(lower.vfs, &op))
		abort();
	vfs_node_put(op.node);
	op.stat.atime = 0; /* it may be read */
	sum_add(sum, &op.stat.mode, sizeof(op.stat.mode));
	sum_add(sum, &op.stat.size, sizeof(op.stat.size));
	sum_add(sum, &op.stat.mtime, sizeof(op.stat.mtime));
	sum_add(sum, &op.stat.ctime, sizeof(op.stat.ctime));
	sum_add(sum, &op.stat.links, sizeof(op.stat.links));
	if (op.stat.kind == VFS_FILE)
		sum_file(at, name, sum);
	else if (op.stat.kind == VFS_DIR)
		sum_tree(at, name, sum);
}

/* Of all that is there: names, what is known of them, content. */
static void sum_tree(struct vfs_place *at, const char *path, uint64_t *sum)
{
	struct vfs_op enter = { .at = at, .path = path };
	struct vfs_op open = { .at = at,
		               .path = path,
		               .flags = VFS_READ | VFS_DIRECTORY };
	_Alignas(8) char buf[8192];
	struct vfs_op list = { .buf = buf, .len = sizeof(buf) };

	if (vfs_enter(lower.vfs, &enter) || vfs_open(lower.vfs, &open) ||
	    vfs_list(open.file, &list))
		abort();
	vfs_close(open.file);
	for (size_t i = 0; i < list.count;) {
		const struct vfs_dirent *d = vfs_dirent_at(&list, i);

		if (strcmp(d->name, ".") && strcmp(d->name, ".."))
			sum_entry(enter.place, d->name, sum);
		i += d->bytes;
	}
	vfs_place_put(enter.place);
}

static uint64_t lower_sum(void)
{
	uint64_t sum = 0xcbf29ce484222325ull;

	sum_tree(NULL, "/", &sum);
	return sum;
}

/* Without hard links, which an overlay takes apart. */
static bool lower_fill(struct model_host *host)
{
	struct model_vfs vfs;
	bool ok;

	model_vfs_init(&vfs, lower.vfs);
	linkless = true;
	ok = play(&host->side, &vfs.side, STEPS_BELOW);
	linkless = false;
	model_vfs_fini(&vfs);
	model_host_fini(host);
	model_host_init(host, host->root);
	/* The root is seen as what is above has it. */
	return ok && !fchmod(host->root, 0755);
}

/* ---- one run ---- */

static const char overlay[] =
	"<vfs> <overlay> <upper> <ram/> </upper>"
	" <lower> <lower-ram/> </lower> </overlay> </vfs>";

static bool is_clean(const struct test_tree *t)
{
	if (t->ram.live || t->ram.bytes)
		fprintf(stderr, "%u dataspaces are left\n", t->ram.live);
	return !t->ram.live && !t->ram.bytes;
}

static bool run(struct model_host *host, const char *config, unsigned steps)
{
	struct test_tree tree;
	struct model_vfs vfs;
	bool ok;

	test_tree_init(&tree, types, config);
	model_vfs_init(&vfs, tree.vfs);
	ok = play(&host->side, &vfs.side, steps);
	model_vfs_fini(&vfs);
	test_tree_fini(&tree);
	return ok && is_clean(&tree);
}

static bool run_below(struct model_host *host, bool fill, unsigned steps)
{
	uint64_t sum;
	bool ok;

	test_tree_init(&lower, types, "<vfs> <ram/> </vfs>");
	ok = !fill || lower_fill(host);
	sum = lower_sum();
	below = true;
	ok = ok && run(host, overlay, steps);
	if (ok && sum != lower_sum()) {
		fprintf(stderr, "what is below is another one now\n");
		ok = false;
	}
	if (ok && crossed && !fill) {
		fprintf(stderr, "no directory below, but %u not moved\n",
		        crossed);
		ok = false;
	}
	test_tree_fini(&lower);
	return ok && is_clean(&lower);
}

static int entry_remove(const char *path, const struct stat *st, int type,
                        struct FTW *at)
{
	(void)st, (void)type;
	return at->level ? remove(path) : 0;
}

/* Much of what is below is hidden in the end: begin again. */
static bool rounds(struct model_host *host, bool fill, unsigned steps)
{
	bool ok = true;

	while (ok && steps) {
		const unsigned n = steps < STEPS_ROUND ? steps : STEPS_ROUND;

		ok = run_below(host, fill, n);
		steps -= n;
		model_host_fini(host);
		model_host_init(host, host->root);
		ok = ok && !fchmod(host->root, 0755) &&
		     !nftw("/", entry_remove, MODEL_SLOTS,
		           FTW_DEPTH | FTW_PHYS);
		below = false;
	}
	return ok;
}

int main(int argc, char **argv)
{
	const char *long_run = getenv("FIEF_LONG");
	const bool is_long = long_run && *long_run == '1';
	const char *config = argc > 1 ? argv[1] : "ram";
	const unsigned seed = argc > 2 ? (unsigned)atoi(argv[2]) : 1;
	const unsigned steps = argc > 3 ? (unsigned)atoi(argv[3]) :
	                       is_long  ? STEPS_LONG :
	                                  STEPS;
	struct model_host host;
	int root = root_make();
	bool ok;

	if (root < 0) {
		printf("no mount namespace to be had here\n");
		return SKIP;
	}
	state = seed * 0x9e3779b97f4a7c15ull + 1;
	test_env = &fake_env; /* content can be mapped */
	model_host_init(&host, root);
	if (!strcmp(config, "audit"))
		ok = run(&host, "<vfs> <audit> <ram/> </audit> </vfs>", steps);
	else if (!strcmp(config, "ram"))
		ok = run(&host, "<vfs> <ram/> </vfs>", steps);
	else
		ok = rounds(&host, !strcmp(config, "below"), steps);
	model_host_fini(&host);
	printf("%s, seed %u: %u steps%s", config, seed, steps,
	       ok ? ", all equal" : "");
	printf("; %u directories not moved\n", crossed);
	return ok ? 0 : 1;
}
