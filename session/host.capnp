# SPDX-License-Identifier: MIT
@0xf1ef000000000024;
# What of the host was granted to this system when it was started: a directory,
# a file or device, a terminal; or, for a while, a stream that `fief` shares with
# one component. Served by core; the last element of the label is
# the name of the grant. The session itself reaches nothing of it: it is the
# authority to start a component that does (Pd.host).

using Fief = import "fief.capnp";
using import "signals.capnp".Signal;

enum HostKind {
  dir @0;
  file @1;
  tty @2;
  stream @3;
}

interface Host $Fief.service("Host") $Fief.ramQuota(8192) $Fief.capQuota(2) {
  info @0 () -> (kind :HostKind, writeable :Bool);

  sigh @1 (handler :Signal);
  # Have a signal submitted whenever the size of the terminal has changed. Null
  # ends that. Only of a terminal that `fief` was started in.
}
