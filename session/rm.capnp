# SPDX-License-Identifier: MIT
@0xf1ef000000000023;
# Region maps: address ranges composed of dataspaces, which can be mapped as
# one. Served by core.

using Fief = import "fief.capnp";
using import "dataspace.capnp".Dataspace;

interface Rm $Fief.service("RM") $Fief.ramQuota(16384) $Fief.capQuota(6) {
  # Makes region maps. A map costs 512 bytes and two capabilities, a region 128
  # bytes, of what the session was given beyond 4096 bytes and two capabilities.

  create @0 (size :UInt64) -> (map :RegionMap)
    $Fief.errors([outOfRam, outOfCaps, invalid]);
  # An empty map of that many bytes, rounded up to pages, at most 1 TiB.

  destroy @1 (map :RegionMap) $Fief.errors([notFound]);
  # Its dataspace becomes invalid; mappings stay. NOT_FOUND: not of this
  # session. All maps end with the session.
}

interface RegionMap {
  # What it holds is seen through its dataspace, the *managed* dataspace. Who
  # maps that (kif `map`) gets one range with all parts in their places.
  #
  # A mapping shows what was attached when it was made, wherever mapping is not
  # `lazy`: neither attaching nor detaching changes it. Freed memory goes away
  # at once there, too, and reads zeros as in any mapping.
  #
  # Between the parts are holes. To map a range with a hole, or with a part that
  # gives fewer rights than asked for, is refused unless KIF_HOLES is given; an
  # access to a hole is a crash. So nobody can make a server crash by a
  # dataspace that it did not expect to be incomplete.

  attach @0 (ds :Dataspace, offset :UInt64, size :UInt64, at :UInt64,
             fixed :Bool, writeable :Bool, executable :Bool) -> (at :UInt64)
    $Fief.errors([outOfRam, conflict, denied, invalid, limit]);
  # Show `size` bytes at `offset` of a dataspace; size 0: all from `offset` on.
  # At `at` if `fixed`, else in the first gap that fits. All are multiples of
  # the page size. Managed dataspaces can be attached, too. A region goes with
  # its dataspace.
  #
  # CONFLICT: no room there. DENIED: more rights than the dataspace gives.
  # INVALID: out of range, no dataspace, or a map would contain itself. LIMIT:
  # 256 regions in a map (and parts in a mapping), 4 maps within each other.
  #
  # On Linux a hostile component that may map a region can reach all of the
  # region's dataspace, with the region's rights: do not attach parts of what
  # holds secrets.

  detach @1 (at :UInt64) $Fief.errors([notFound]);
  # Remove the region that begins there.

  dataspace @2 () -> (ds :Dataspace, lazy :Bool);
  # The managed dataspace. `lazy`: mappings follow what is attached; never so
  # on Linux.
}
