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

  gate @8 (ep :UInt32) -> (object :Bench);
  # An object that the entrypoint of that number serves, 0 to 7, each by a
  # thread of its own.

  fresh @9 () -> (a :Capability, b :Capability, c :Capability, d :Capability);
  # Four capabilities that nobody had before.

  hang @10 ();
  # Never answered.

  sink @11 (ds :Dataspace, bytes :UInt64, queue :UInt32, mode :SinkMode,
    source :Signal) -> (sink :Signal);
  # Take the packets of a stream in the client's dataspace. One a session; the
  # next replaces it.

  besiege @12 (ns :UInt64);
  # From the reply on, ask the parent for what it refuses, in a loop, that long:
  # sessions, services to announce, quota.

  report @13 (ns :UInt64);
  # From the reply on, publish reports of a page, in a loop, that long.
}

enum SinkMode {
  copy @0;  # copy each packet out
  read @1;  # read each packet where it is, 8 bytes of each 64
  sum @2;   # copy it out, acknowledge with the sum of its bytes as `arg`
}

interface Hub $Fief.service("Hub") $Fief.ramQuota(16384) $Fief.capQuota(6) {
  # Where guests report.

  enroll @0 (guest :Guest);
}

interface Guest {
  # A component that holds channels and does as it is told.

  join @0 (gate :Bench);
  # Keep that object, up to 8 of them, and call it once.

  probe @1 (index :UInt32) -> (first :UInt64, again :UInt64);
  # After calls of another kept object, call that one several times in a row;
  # ns of the first and of the last call.

  block @2 (times :Dataspace, first :UInt32);
  # After the reply, call `hang` of each kept object, in a thread each; when
  # that returns, write the time, in ns, to the array at `first` and on.
}
