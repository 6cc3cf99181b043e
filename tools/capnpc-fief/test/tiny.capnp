# SPDX-License-Identifier: MIT
@0xf1ef0000000000a1;
# What review of a generator change looks at.

using Fief = import "/session/fief.capnp";

enum Mode {
  off @0;
  slow @1;
}

struct Setting {
  # One setting.
  mode @0 :Mode;
  label @1 :Text $Fief.maxBytes(64);
  union {
    fixed @2 :UInt32;
    table @3 :List(UInt16);
  }
}

interface Valve $Fief.service("Valve") $Fief.ramQuota(4096) $Fief.capQuota(1) {
  # A valve.

  apply @0 (setting :Setting) -> (previous :Mode) $Fief.errors([denied]);
  # Set it.

  label @1 () -> (label :Text);
}
