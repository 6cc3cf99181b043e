# SPDX-License-Identifier: MIT
@0xf1ef000000000071;
# An interface of our own: counters that are objects.

using Fief = import "/session/fief.capnp";

interface Counter {
  # A number that only its holders can change.

  add @0 (amount :Int64) -> (value :Int64) $Fief.errors([limit]);
  # Add to it. LIMIT: the value would overflow; it stays as it is.
}

interface CounterFactory $Fief.service("Counter") $Fief.ramQuota(8192) $Fief.capQuota(6) {
  # A session makes counters; each costs a capability of its donation.

  make @0 (start :Int64) -> (counter :Counter)
    $Fief.errors([outOfCaps, limit]);
}
