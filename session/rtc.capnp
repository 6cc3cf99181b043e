# SPDX-License-Identifier: MIT
@0xf1ef000000000031;
# What time it is for people.

using Fief = import "fief.capnp";
using import "signals.capnp".Signal;

interface Rtc $Fief.service("Rtc") $Fief.ramQuota(4096) $Fief.capQuota(2) {
  # The wall clock and the clock of kif run alike, so that one answer is good
  # until the wall clock is stepped.

  now @0 () -> (wall :Int64, at :UInt64) $Fief.errors([unsupported]);
  # At time `at` of kif's clock it was `wall`: nanoseconds since 1970-01-01
  # 00:00:00 UTC, without leap seconds.

  sigh @1 (handler :Signal);
  # Have a signal submitted whenever somebody stepped the wall clock. Null ends
  # that.
}
