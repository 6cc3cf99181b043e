# SPDX-License-Identifier: MIT
@0xf1ef000000000021;
# A protection domain: an address space that runs a component, its capability
# space and its account of RAM and capabilities. Served by core.

using Fief = import "fief.capnp";
using import "dataspace.capnp".Dataspace;
using import "signals.capnp".Signal;
using import "parent.capnp".Parent;
using import "cpu.capnp".Cpu;
using import "log.capnp".Log;
using import "host.capnp".Host;

enum PdState {
  created @0;
  running @1;
  exited @2;
  # `code` is the exit code.
  killed @3;
  # `code` is the host's signal number; nobody reported a crash.
  crashed @4;
  # As killed, after a crash report in the log.
}

interface Pd $Fief.service("PD") $Fief.ramQuota(458752) $Fief.capQuota(8) {
  # A session's donation beyond the fixed cost is the new account's quota, and
  # the account of whoever opened it is its reference account.

  allocRam @0 (bytes :UInt64) -> (ds :Dataspace)
    $Fief.errors([outOfRam, outOfCaps, limit]);
  # Zeroed memory, rounded up to pages, charged in full. Costs one capability.

  freeRam @1 (ds :Dataspace) $Fief.errors([notFound]);
  # Give memory back at once, mapped or not. NOT_FOUND: not of this PD.

  seal @2 (ds :Dataspace) $Fief.errors([notFound]);
  # From now on nobody can map it writable; old mappings stay as they are.

  quota @3 () -> (ram :UInt64, ramUsed :UInt64, caps :UInt32,
                  capsUsed :UInt32);

  transfer @4 (to :Pd, ram :UInt64, caps :UInt32)
    $Fief.errors([outOfRam, outOfCaps, denied]);
  # Move unused quota to an account that has this one as its reference
  # account, or to the reference account itself. All or nothing.

  move @5 (origin :Pd, to :Pd, ram :UInt64, caps :UInt32)
    $Fief.errors([outOfRam, outOfCaps, denied]);
  # Move quota between two accounts that both have this one as their
  # reference account. All or nothing.

  start @6 (binary :Dataspace, parent :Parent, cpu :Cpu, log :Log)
    $Fief.errors([conflict, invalid, limit]);
  # Run a component image. It starts with these capabilities and its own PD.

  stop @7 ();
  # Kill it at once.

  deathSigh @8 (handler :Signal) $Fief.errors([denied]);
  # Who is told when it has ended. Only before start: the component has this
  # session, too.

  status @9 () -> (state :PdState, code :Int32);

  limitThreads @10 (max :UInt32) $Fief.errors([denied]);
  # At most that many threads run in the PD; initially 8. Only before start.

  reference @11 (account :Pd) $Fief.errors([denied]);
  # Before the start: make `account` this one's reference account. It must have
  # had the same reference account, so that quota stays in its part of the
  # tree. For a parent that opens a PD session on behalf of its child.

  host @12 (session :Host) $Fief.errors([denied, invalid]);
  # Before the start: it is started with what the session stands for, and with
  # the host calls for that, and killed when the session ends. DENIED: it has
  # started, or has one. INVALID: no session of core's service Host.
}
