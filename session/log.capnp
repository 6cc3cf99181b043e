# SPDX-License-Identifier: MIT
@0xf1ef000000000010;
# Text output of a component.

using Fief = import "fief.capnp";

interface Log $Fief.service("LOG") $Fief.ramQuota(8192) $Fief.capQuota(2) {
  # A stream of lines. The server puts the label of the client before each
  # line, so that no client can speak for another one.

  write @0 (text :Text);
  # Append text. A line ends at a newline; what follows the last newline is
  # kept until the next call. Longer output takes several calls: the stub
  # refuses with TOO_LONG what does not fit one message.
}
