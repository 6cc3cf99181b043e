/* SPDX-License-Identifier: MIT */
/* What an image says of the PD that is to run it. It is whoever's bytes: the
 * answer only chooses between filters, none of which gives anything. */

#include "host.h"

#include <elf.h>
#include <string.h>
#include <unistd.h>

#include <fief/kif_guest.h>

enum { SEGMENTS_MAX = 8 };

static bool image_read(const struct kcore_ds *ds, void *to, size_t len,
                       uint64_t off)
{
	return off <= ds->size && len <= ds->size - off &&
	       pread(ds->fd, to, len, (off_t)off) == (ssize_t)len;
}

static bool is_guest_note(const struct kcore_ds *ds, const Elf64_Phdr *p)
{
	static const struct kif_guest_note guest = { 5, 0, KIF_GUEST_NOTE,
		                                     "fief" };
	struct kif_guest_note note;

	return p->p_type == PT_NOTE && p->p_filesz >= sizeof(note) &&
	       image_read(ds, &note, sizeof(note), p->p_offset) &&
	       !memcmp(&note, &guest, sizeof(note));
}

bool host_image_of_guests(const struct kcore_ds *ds)
{
	Elf64_Ehdr h;
	Elf64_Phdr p;

	if (!image_read(ds, &h, sizeof(h), 0) ||
	    memcmp(h.e_ident, ELFMAG, SELFMAG) != 0 ||
	    h.e_phentsize != sizeof(p))
		return false;
	for (unsigned i = 0; i < h.e_phnum && i < SEGMENTS_MAX; i++)
		if (image_read(ds, &p, sizeof(p), h.e_phoff + i * sizeof(p)) &&
		    is_guest_note(ds, &p))
			return true;
	return false;
}
