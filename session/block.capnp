# SPDX-License-Identifier: MIT
@0xf1ef00000000001e;
# Storage in numbered blocks of one size.

using Fief = import "fief.capnp";
using import "dataspace.capnp".Dataspace;
using import "signals.capnp".Signal;

enum BlockOp {
  # What a packet asks for: the low 8 bits of its `op`.

  read @0;
  # `size` bytes from block `arg` on into the payload.

  write @1;
  # The payload to block `arg` and on. It is stored for good after a later
  # `sync`; until then a crash of the device can leave old and new blocks mixed.
  # The client does not change the payload before the acknowledgement; if it
  # does, what is stored is undefined.

  sync @2;
  # All writes that were acknowledged before this was submitted are stored for
  # good. No payload, `arg` is 0.

  trim @3;
  # The blocks from `arg` on, as many as the upper 24 bits of `op` say, are of no
  # use any more; reading them gives zeros or what was there. No payload.
}

interface Block $Fief.service("Block") $Fief.ramQuota(24576) $Fief.capQuota(8) {
  # Session arguments, all optional:
  #   tx_buf_size=N   bytes of the bulk buffer (64K, at most 64M); the client
  #                   donates as many in addition to the quota above, or is
  #                   told INSUFFICIENT_RAM
  #   writeable=yes   ask for writing, which policy may refuse: the session is
  #                   opened and `info` tells. Without it the session only reads
  #   offset=N, num_blocks=N
  #                   see only that range, as blocks 0 and on; 0 blocks: up to
  #                   the end; the session is refused if it is not on the device
  #
  # Requests travel as packets (<fief/packet_stream.h>); at most `queue` are
  # under way at once, and they are acknowledged in any order, each exactly once.
  # Two requests that overlap and are under way at once have no order.
  # A packet's `size` is a multiple of the block size; `offset` is aligned to
  # 2^align bytes; `cookie` is the client's own. The acknowledgement is the
  # packet with its status:
  #   OK           done
  #   INVALID      malformed: unknown bits, size 0 or no multiple of the block
  #                size, misaligned, payload where there is none, not in the
  #                buffer
  #   UNSUPPORTED  no such operation, or this device does not trim
  #   TOO_LONG     a payload of more than 1 MiB
  #   LIMIT        blocks beyond the end
  #   DENIED       write or trim in a session that only reads
  #   GONE         the device behind the server failed or went away; after a
  #                failed write the content of its blocks is undefined
  # None of them ends the session. A client that spoils the queues is no longer
  # served; the session stays until it is closed.

  info @0 () -> (blockSize :UInt32, blockCount :UInt64, align :UInt8, writeable :Bool);
  # Block size in bytes, a power of two from 512 to 65536; number of blocks;
  # the binary logarithm of the alignment of payloads; whether writing is
  # possible. All stay for the life of the session.

  stream @1 (bell :Signal) -> (ds :Dataspace, bytes :UInt64, queue :UInt32, bell :Signal)
    $Fief.errors([outOfCaps, invalid, conflict]);
  # Set up the packet stream: a dataspace of `bytes` that the donation pays for,
  # `queue` packets. The client is the source. Each side rings the bell of the
  # other one. Once a session; the second time is a CONFLICT.
}
