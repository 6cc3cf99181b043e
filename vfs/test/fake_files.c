/* SPDX-License-Identifier: MIT */
/*
 * What the `fs` plugin needs of the system. Here is no server: fake_env.c refuses
 * each File_system session, so that none of the first ones is ever called.
 */
#include <stdlib.h>

#include <fief/attached.h>
#include <fief/entrypoint.h>
#include <fief/packet_stream.h>
#include <session/block.h>
#include <session/file_system.h>
#include <session/pd.h>

#pragma GCC diagnostic ignored "-Wunused-parameter"

#define NEVER(type, name, args)                                                \
	type name args                                                         \
	{                                                                      \
		abort();                                                       \
	}

NEVER(enum fief_err, fief_packet_stream_init,
      (struct fief_packet_stream * s, void *base, size_t bytes, uint32_t queue))
NEVER(enum fief_err, fief_packet_submit,
      (struct fief_packet_stream * s, const struct fief_packet *p))
NEVER(enum fief_err, fief_packet_get_ack,
      (struct fief_packet_stream * s, struct fief_packet *p))
NEVER(void, fief_packet_source_flush, (struct fief_packet_stream * s))
NEVER(void, fief_packet_source_show, (struct fief_packet_stream * s))
NEVER(void, fief_packet_source_awake, (struct fief_packet_stream * s))
NEVER(bool, fief_packet_source_sleep, (struct fief_packet_stream * s))
NEVER(enum fief_err, file_system_process, (struct file_system_cap s))
NEVER(enum fief_err, file_system_sigh,
      (struct file_system_cap s, struct signal_cap handler))
NEVER(enum fief_err, file_system_stream,
      (struct file_system_cap s, struct dataspace_cap *ds, uint64_t *bytes,
       uint32_t *queue, struct signal_cap *wake))
NEVER(enum fief_err, file_system_map,
      (struct file_system_cap s, uint32_t handle, struct dataspace_cap *ds,
       uint64_t *bytes))

/* ---- what `ram` needs for content that is mapped ---- */

enum fief_err fief_attached_ram_init(struct fief_attached_ram *a,
                                     struct fief_ram *ram, size_t bytes)
{
	a->addr = calloc(1, bytes);
	a->ram = ram;
	a->bytes = bytes;
	return a->addr ? FIEF_OK : FIEF_OUT_OF_RAM;
}

void fief_attached_ram_fini(struct fief_attached_ram *a)
{
	free(a->addr);
	*a = (struct fief_attached_ram){ 0 };
}

enum fief_err pd_seal(struct pd_cap s, struct dataspace_cap ds)
{
	return FIEF_OK;
}

NEVER(void, fief_entrypoint_wait_io, (struct fief_entrypoint * ep))

/* ---- what `block` needs: fake_env.c refuses each Block session ---- */

NEVER(enum fief_err, block_info,
      (struct block_cap s, uint32_t *block_size, uint64_t *block_count,
       uint8_t *align, bool *writeable))
NEVER(enum fief_err, block_stream,
      (struct block_cap s, const struct block_stream_params *params,
       struct block_stream_results *results))
