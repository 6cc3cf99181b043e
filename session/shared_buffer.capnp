# SPDX-License-Identifier: MIT
@0xf1ef000000000016;
# A buffer that two components share.

using Fief = import "fief.capnp";
using import "dataspace.capnp".Dataspace;

interface SharedBuffer $Fief.service("Shared_buffer") $Fief.ramQuota(16384) $Fief.capQuota(3) {
  # Bulk data between client and server. Both sides can write at any time:
  # what is read from it is to be copied, then checked.

  map @0 () -> (ds :Dataspace, size :UInt64) $Fief.errors([outOfRam, outOfCaps]);
  # The buffer and its size.

  signal @1 (offset :UInt64, length :UInt64) $Fief.errors([invalid]);
  # Tell the server that this range was filled. A range that is not inside
  # the buffer is INVALID.
}
