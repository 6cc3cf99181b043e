# SPDX-License-Identifier: MIT
@0xf1ef000000000020;
# What each component holds from birth: the way to its parent. All sessions,
# quota and news of the component's life go through here.

using Fief = import "fief.capnp";
using import "signals.capnp".Signal;

enum RequestKind {
  create @0;
  # Make a session; answer by deliver or respond.
  upgrade @1;
  # The client donated more; answer by respond(ok).
  close @2;
  # The client closed; give everything back, answer by respond(closed).
}

enum Response {
  ok @0;
  denied @1;
  insufficientRam @2;
  insufficientCaps @3;
  closed @4;
}

interface Parent $Fief.service("Parent") {
  session @0 (id :UInt32, service :Text $Fief.maxBytes(64),
              label :Text $Fief.maxBytes(160),
              args :Text $Fief.maxBytes(160),
              ram :UInt64, caps :UInt32, wait :Bool,
              movable :Bool) -> (cap :Capability)
    $Fief.errors([pending, denied, insufficientRam, insufficientCaps,
                  outOfRam, outOfCaps, conflict]);
  # Open a session. `id` is chosen by the client, not 0, and names the session
  # from then on (CONFLICT if it is in use). `ram` bytes and `caps` are taken
  # from the client's account (OUT_OF_RAM, OUT_OF_CAPS if it cannot pay) and
  # given to the server; INSUFFICIENT_* if the server wants more. With `wait`
  # the reply comes when the server answered; otherwise the outcome may be
  # PENDING: sessionSigh tells when to ask sessionCap. `movable`: if a change of
  # the configuration leads the session to another server, and both let sessions
  # be handed over, it moves: sessionSigh tells to ask sessionCap, and the old
  # capability is GONE. Otherwise the client is started anew.

  sessionCap @1 (id :UInt32) -> (cap :Capability)
    $Fief.errors([pending, notFound, denied, insufficientRam,
                  insufficientCaps]);
  # The outcome of an earlier request.

  sessionSigh @2 (handler :Signal);

  upgrade @3 (id :UInt32, ram :UInt64, caps :UInt32)
    $Fief.errors([notFound, outOfRam, outOfCaps, pending]);
  # Donate more to an open session.

  close @4 (id :UInt32) $Fief.errors([notFound, pending]);
  # End a session; the donation comes back. PENDING: the server is asked
  # first. The id may be used again at once.

  announce @5 (service :Text $Fief.maxBytes(64)) $Fief.errors([denied]);
  # Offer a service. DENIED if the configuration does not list it under
  # <provides>.

  requestSigh @6 (handler :Signal);
  # Have a signal submitted when nextRequest has something.

  nextRequest @7 () -> (kind :RequestKind, id :UInt32, service :Text,
                        label :Text, args :Text, ram :UInt64, caps :UInt32,
                        more :Bool)
    $Fief.errors([again]);
  # The next request for a service of this component. `id` is the parent's
  # name for the session; `label` says who asks for what. With `more` there is
  # another one now; otherwise the next one comes with a signal. AGAIN: none.

  deliver @8 (id :UInt32, cap :Capability) $Fief.errors([notFound]);
  # Answer a create request with the session.

  respond @9 (id :UInt32, response :Response) $Fief.errors([notFound]);
  # Answer any other request, or refuse a create request: with `closed`, because
  # whoever was to serve it is gone. `closed` for a session that nobody asked to
  # close ends it: its client has lost it. An answer to a
  # request whose client gave up meanwhile is NOT_FOUND; to close the session is
  # the next request then.

  exit @10 (code :Int32);
  # The component is done. It is not expected to go on.

  resourceSigh @11 (handler :Signal);
  resourceRequest @12 (ram :UInt64, caps :UInt32);
  # Ask for more quota; a signal to resourceSigh tells that it was granted.

  yieldSigh @13 (handler :Signal);
  yieldRequest @14 () -> (ram :UInt64, caps :UInt32);
  yieldResponse @15 ();
  # The parent would like quota back; voluntary.

  heartbeatSigh @16 (handler :Signal);
  heartbeatResponse @17 ();
  # The parent signals from time to time; who handles events answers. The
  # runtime does so by itself, from its first session or service on.

  startChild @18 (pdId :UInt32, cpuId :UInt32, logId :UInt32, romId :UInt32,
                  label :Text $Fief.maxBytes(160),
                  binary :Text $Fief.maxBytes(160),
                  ram :UInt64, caps :UInt32,
                  parent :Parent, deathSigh :Signal)
    -> (pd :Capability, cpu :Capability)
    $Fief.errors([denied, insufficientRam, insufficientCaps, outOfRam,
                  outOfCaps, conflict, notFound]);
  # For a parent whose child gets all it starts with from here: open its
  # sessions PD, CPU, LOG (with that label) and ROM (label `binary`), set the
  # handler of its death, and start it. What comes back is PD and CPU. `ram` and
  # `caps` are those of the PD session; the others cost what theirs cost. All or
  # nothing. From then on the sessions are as if opened one by one. NOT_FOUND:
  # there is no such binary. UNSUPPORTED: open them one by one. Where the host
  # is behind with processes, the answer comes when it is this child's turn.

  closeChild @19 (pdId :UInt32, cpuId :UInt32, logId :UInt32, romId :UInt32)
    $Fief.errors([notFound]);
  # Close these sessions, CPU first, so that nothing of the child runs while
  # the rest goes. NOT_FOUND: none is closed, because one of them is not open.
  # UNSUPPORTED: close them one by one.

  place @20 (id :UInt32, level :Int32, mask :UInt64)
    $Fief.errors([notFound, invalid]);
  # How urgently and where all that is started with CPU session `id` runs at
  # best, as Cpu.priority and Cpu.affinity have it; what those say counts within
  # it. Only who opened the session can say it, and no more than it has itself:
  # each parent on the way keeps to that. NOT_FOUND: no such CPU session.
  # UNSUPPORTED: a component serves it, which decides that.
}
