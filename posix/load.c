/* SPDX-License-Identifier: MIT */
/*
 * ELF: the program, and the interpreter that it names, which links it to its
 * libraries. Every number is of a file, and checked.
 */

#include <lib/mem.h>

#include "call.h"
#include "elf.h"
#include "file.h"
#include "load.h"
#include "memory.h"
#include "stack.h"
#include "tree.h"

enum { HEADERS_MAX = 64, NAME_MAX_BYTES = 256 };

/* Where files without an address of their own go. */
#define PROGRAM_AT 0x555555554000ul

struct image {
	struct vfs_file *file; /* owned */
	struct elf_header header;
	struct elf_segment segment[HEADERS_MAX];
	uint64_t bias, end, headers_at;
	char interpreter[NAME_MAX_BYTES];
};

/* ---- the file ---- */

static enum linux_errno image_read(const struct image *i, uint64_t pos,
                                   void *to, size_t len)
{
	struct vfs_op *op;
	enum vfs_err e;

	for (char *at = to; len;) {
		op = tree_op();
		op->buf = at;
		op->len = len;
		op->pos = pos;
		e = tree_end(vfs_pread(i->file, op));
		if (e)
			return errno_of(e);
		if (!op->count)
			return ENOEXEC;
		at += op->count;
		pos += op->count;
		len -= op->count;
	}
	return NO_ERROR;
}

static enum linux_errno image_open(struct image *i, const char *path)
{
	const long fd = fd_open(AT_FDCWD, path, 0, 0);
	const struct elf_header *h = &i->header;
	enum linux_errno e;

	if (fd < 0)
		return (enum linux_errno) - fd;
	i->file = vfs_file_get(fd_of((int)fd));
	fd_close((int)fd);
	if (i->file->node->kind != VFS_FILE)
		return EACCES;
	e = image_read(i, 0, &i->header, sizeof(i->header));
	if (e)
		return e;
	if (memcmp(h->ident, ELF_IDENT, ELF_IDENT_BYTES) != 0 ||
	    (h->type != ELF_EXEC && h->type != ELF_DYN) ||
	    h->machine != ELF_X86_64 ||
	    h->segment_bytes != sizeof(struct elf_segment) || !h->segments ||
	    h->segments > HEADERS_MAX)
		return ENOEXEC;
	return image_read(i, h->segments_at, i->segment,
	                  h->segments * sizeof(*i->segment));
}

/* ---- its segments ---- */

static bool segment_sane(const struct elf_segment *s)
{
	const uint64_t most = (uint64_t)1 << 46;

	return s->file_bytes <= s->bytes && s->bytes <= most && s->at <= most &&
	       s->offset <= most && s->at % KIF_PAGE == s->offset % KIF_PAGE;
}

static unsigned prot_of(const struct elf_segment *s)
{
	return (s->flags & ELF_R ? PROT_READ : 0u) |
	       (s->flags & ELF_W ? PROT_WRITE : 0u) |
	       (s->flags & ELF_X ? PROT_EXEC : 0u);
}

static enum linux_errno content_read(const struct image *i,
                                     const struct elf_segment *s)
{
	uint64_t at = i->bias + s->at, pos = s->offset, left = s->file_bytes;
	enum linux_errno e = NO_ERROR;

	while (left && !e) {
		size_t got;
		void *own = memory_own(at, left, &got);

		e = own ? image_read(i, pos, own, got) : ENOMEM;
		at += got;
		pos += got;
		left -= got;
	}
	return e;
}

static enum linux_errno segment_load(struct image *i,
                                     const struct elf_segment *s)
{
	const uint64_t skew = s->at % KIF_PAGE, from = i->bias + s->at - skew;
	const size_t len = page_up(s->bytes + skew);
	uint64_t at;
	enum linux_errno e;

	if (!s->bytes)
		return NO_ERROR;
	e = memory_map(from, len, prot_of(s), &at);
	if (!e)
		e = content_read(i, s);
	if (from + len > i->end)
		i->end = from + len;
	/* The headers are in the segment that has the file's start. */
	if (i->header.segments_at >= s->offset &&
	    i->header.segments_at - s->offset < s->file_bytes)
		i->headers_at =
			i->bias + s->at + i->header.segments_at - s->offset;
	return e;
}

static enum linux_errno interpreter_read(struct image *i,
                                         const struct elf_segment *s)
{
	enum linux_errno e;

	if (s->file_bytes < 2 || s->file_bytes > sizeof(i->interpreter))
		return ENOEXEC;
	e = image_read(i, s->offset, i->interpreter, s->file_bytes);
	return !e && i->interpreter[s->file_bytes - 1] ? ENOEXEC : e;
}

/* Bytes from the lowest address on: they lie together, wherever that is. */
static uint64_t span_of(const struct image *i)
{
	uint64_t end = 0;

	for (unsigned n = 0; n < i->header.segments; n++)
		if (i->segment[n].type == ELF_LOAD &&
		    i->segment[n].at + i->segment[n].bytes > end)
			end = i->segment[n].at + i->segment[n].bytes;
	return page_up(end);
}

static enum linux_errno place_find(struct image *i, uint64_t wish)
{
	enum linux_errno e = NO_ERROR;

	if (i->header.type != ELF_DYN)
		return NO_ERROR;
	i->bias = wish;
	if (!wish) /* room for all of it, of which its segments take parts */
		e = memory_map(0, span_of(i), 0, &i->bias);
	return e;
}

static enum linux_errno image_load(struct image *i, uint64_t wish)
{
	enum linux_errno e = NO_ERROR;

	for (unsigned n = 0; n < i->header.segments; n++)
		if (i->segment[n].type == ELF_LOAD &&
		    !segment_sane(&i->segment[n]))
			return ENOEXEC;
	e = place_find(i, wish);
	for (unsigned n = 0; n < i->header.segments && !e; n++) {
		const struct elf_segment *s = &i->segment[n];

		if (s->type == ELF_LOAD)
			e = segment_load(i, s);
		else if (s->type == ELF_INTERP)
			e = interpreter_read(i, s);
	}
	return e;
}

/* ---- both ---- */

static enum linux_errno load(struct image *i, const char *path, uint64_t wish)
{
	enum linux_errno e;

	*i = (struct image){ 0 };
	e = image_open(i, path);
	if (!e)
		e = image_load(i, wish);
	if (i->file)
		vfs_close(i->file);
	return e;
}

enum linux_errno load_program(const struct load_args *args, uint64_t *ip,
                              uint64_t *sp, const char **what)
{
	static struct image program, interpreter;
	struct stack_facts facts = { 0 };
	enum linux_errno e;

	*what = args->path;
	e = load(&program, args->path, PROGRAM_AT);
	if (e)
		return e;
	space_break_set(program.end);
	facts.entry = program.bias + program.header.entry;
	facts.headers = program.headers_at;
	facts.header_count = program.header.segments;
	*ip = facts.entry;
	if (*program.interpreter) {
		*what = program.interpreter;
		e = load(&interpreter, program.interpreter, 0);
		facts.base = interpreter.bias;
		*ip = interpreter.bias + interpreter.header.entry;
	}
	return e ? e : stack_make(args, &facts, sp);
}
