# SPDX-License-Identifier: MIT
@0xf1ef000000000014;
# Time, and being woken up.

using Fief = import "fief.capnp";
using import "signals.capnp".Signal;

interface Timer $Fief.service("Timer") $Fief.ramQuota(8192) $Fief.capQuota(2) {
  # One timeout at a time; setting it again replaces it.

  triggerOnce @0 (us :UInt64);
  # Submit one signal after that many microseconds, not earlier. 0 cancels.

  triggerPeriodic @1 (us :UInt64) $Fief.errors([invalid]);
  # Submit a signal at each multiple of the period from now on. Signals that
  # the client is late for coalesce. 0 cancels; a period below the resolution
  # of the server is INVALID.

  sigh @2 (handler :Signal);
  # The handler that timeouts are submitted to. Null ends that.

  elapsedUs @3 () -> (us :UInt64);
  # Microseconds since the session was opened; never goes back.
}
