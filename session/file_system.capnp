# SPDX-License-Identifier: MIT
@0xf1ef00000000001c;
# Files below one directory of a server.

using Fief = import "fief.capnp";
using import "dataspace.capnp".Dataspace;
using import "signals.capnp".Signal;

interface FileSystem $Fief.service("File_system") $Fief.ramQuota(524288) $Fief.capQuota(6) {
  # All operations are packets of one stream (<fief/packet_stream.h>, and
  # <vfs/server/protocol.h> for what is in them): many can be under way, and
  # they end in any order. The client is the source.
  #
  # The last element of the session label is the directory, an absolute path
  # below what the policy of the server gives to this client. Session arguments:
  # `buffer`: bytes of the bulk area (256K), which are paid by the donation;
  # `writeable`: yes or no (yes); what the policy does not allow is refused.

  stream @0 () -> (ds :Dataspace, bytes :UInt64, queue :UInt32, wake :Signal);
  # The memory of the stream, entries of each queue, and what wakes the server.

  sigh @1 (handler :Signal);
  # Have a signal submitted when there are acknowledgements. Null ends that.

  map @3 (handle :UInt32) -> (ds :Dataspace, bytes :UInt64)
    $Fief.errors([notFound, unsupported, outOfRam, denied]);
  # The content of an open file as memory that cannot be written to, and how many
  # bytes there are. It is valid until the handle is closed. UNSUPPORTED: its file
  # system has no such memory, or is another server's.

  process @2 ();
  # Work on the packets that are in the queue, as if the server was woken, and
  # return when each of them is acknowledged or waits for somebody else. For
  # clients that would wait anyway: it saves them two wake-ups.
}
