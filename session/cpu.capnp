# SPDX-License-Identifier: MIT
@0xf1ef000000000022;
# CPU time of the components that are started with this session.

using Fief = import "fief.capnp";

interface Cpu $Fief.service("CPU") $Fief.ramQuota(4096) $Fief.capQuota(2) {
  priority @0 (level :Int32);
  # 0 is the highest, 19 the lowest; a hint on Linux.

  affinity @1 (mask :UInt64);
  # Bit n: may run on CPU n; a hint on Linux. 0 means all.
}
