# SPDX-License-Identifier: MIT
@0xf1ef000000000080;
# What the benchmarks call: operations without effect.

using Fief = import "fief.capnp";
using import "signals.capnp".Signal;
using import "dataspace.capnp".Dataspace;

interface Bench $Fief.service("Bench") $Fief.ramQuota(16384) $Fief.capQuota(6) {
  nop @0 (a :UInt64, b :UInt64, c :UInt64) -> (d :UInt64);
  # 32 bytes there, 16 back, as messages.

  object @1 () -> (object :Capability);
  # A capability of the server.

  take @2 (cap :Capability) -> (own :Bool);
  # Give a capability; tells whether it was one of the server's.

  echo @3 (handler :Signal) -> (trigger :Signal);
  # Each signal to `trigger` is answered by one to `handler`.

  ring @4 (ds :Dataspace, entries :UInt32, client :Signal) -> (server :Signal);
  # Serve a ring in the client's dataspace; a submission's first argument plus
  # one is the result.

  visit @5 (other :Bench);
  # Call `nop` of that object, once, and forget it.

  burn @6 (ns :UInt64);
  # From the reply on, use the CPU that long.

  flood @7 (target :Signal, ns :UInt64);
  # From the reply on, signal `target` in a loop, that long.
}
