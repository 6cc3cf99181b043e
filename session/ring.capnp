# SPDX-License-Identifier: MIT
@0xf1ef000000000017;
# Setting up an asynchronous ring (<fief/ring.h>) between client and server.

using Fief = import "fief.capnp";
using import "dataspace.capnp".Dataspace;
using import "signals.capnp".Signal;

interface Ring $Fief.service("Ring") $Fief.ramQuota(16384) $Fief.capQuota(4) {
  # Many requests at the price of few switches. What the operations are is
  # agreed between the two; an interface of its own may extend this one.

  open @0 (entries :UInt32, bell :Signal) -> (ds :Dataspace, bell :Signal)
    $Fief.errors([outOfRam, outOfCaps, invalid, conflict]);
  # Make the ring: `entries` submissions, a power of two, in a dataspace that
  # the donation pays for. Each side submits a signal to the bell of the other
  # one. Once a session.
}
