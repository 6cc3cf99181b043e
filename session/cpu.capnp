# SPDX-License-Identifier: MIT
@0xf1ef000000000022;
# CPU time of the components that are started with this session, and what
# became of them.

using Fief = import "fief.capnp";
using import "signals.capnp".Signal;

enum CpuFault {
  other @0;
  pageFault @1;
  # No memory at `address`, or none that may be used so.
  badMemory @2;
  # Memory at `address` that its owner took away.
  illegalInstruction @3;
  arithmetic @4;
  trap @5;
  forbiddenCall @6;
  # A call of the host that components may not do; `call` is its number.
}

struct CpuCrash {
  # Which PD crashed is certain; how is what it told of itself.
  number @0 :UInt32;
  # Counts the crashes of a session, from 1.
  pd @1 :UInt32;
  label @2 :Text;
  # Of its PD session.
  thread @3 :UInt32;
  fault @4 :CpuFault;
  call @5 :UInt32;
  address @6 :UInt64;
  ip @7 :UInt64;
  sp @8 :UInt64;
  backtrace @9 :List(UInt64);
  # At most 16 return addresses, innermost first.
  name @10 :Text;
  # Of the thread, as it calls itself; empty for the initial one.
}

interface Cpu $Fief.service("CPU") $Fief.ramQuota(4096) $Fief.capQuota(2) {
  # A PD that is started with a session holds it, too: give each component one
  # of its own unless they trust each other.

  priority @0 (level :Int32) $Fief.errors([invalid]);
  # 0 is the highest, 19 the lowest; a hint on Linux. Counts within what
  # Parent.place allows, since components hold the session they run with.

  affinity @1 (mask :UInt64);
  # Bit n: may run on CPU n; a hint on Linux. 0 means all.

  threads @2 (after :UInt32) -> (pd :UInt32, label :Text, threads :UInt32)
    $Fief.errors([notFound]);
  # The PD with the next higher number than `after` that was started with this
  # session, the label of its PD session, and how many threads it has; 0 when
  # it ended. Numbers are not used again. NOT_FOUND: there is none.

  kill @3 (pd :UInt32) $Fief.errors([notFound]);
  # End all threads of that PD at once, or of all of them if 0. (No thread can
  # be ended alone: it may hold locks of its PD.) Each dies as if by PD `stop`.

  exceptionSigh @4 (handler :Signal) $Fief.errors([denied]);
  # Have a signal submitted at each crash. Null ends that. Only before the
  # first start, because components hold the session from then on.

  exception @5 (after :UInt32) -> (crash :CpuCrash) $Fief.errors([notFound]);
  # The next crash after the one of that number. Reading does not remove it; a
  # session keeps the last four. NOT_FOUND: there is none.

  time @6 (after :UInt32) -> (pd :UInt32, label :Text, ns :UInt64)
    $Fief.errors([notFound]);
  # CPU time that a running PD used up to now. The PDs are those whose label is
  # the label of this session, or lies below it, whoever started them: a session
  # tells of the part of the tree that its label stands for. The next one with a
  # higher number than `after`, as for `threads`.

  place @7 () -> (level :Int32, mask :UInt64, all :UInt64);
  # What is in force: set here, within what Parent.place allows; and the mask of
  # all CPUs there are, as far as it can name them.
}
