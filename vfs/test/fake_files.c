/* SPDX-License-Identifier: MIT */
/*
 * What the `fs` plugin needs of the system. Here is no server: fake_env.c refuses
 * each File_system session, so that none of these is ever called.
 */
#include <stdlib.h>

#include <fief/attached.h>
#include <fief/packet_stream.h>
#include <session/file_system.h>

#pragma GCC diagnostic ignored "-Wunused-parameter"

#define NEVER(type, name, args)                                                \
	type name args                                                         \
	{                                                                      \
		abort();                                                       \
	}

NEVER(enum fief_err, fief_attach,
      (struct fief_attached * a, fief_cap ds, uint64_t bytes, unsigned rights))
NEVER(void, fief_detach, (struct fief_attached * a))
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
