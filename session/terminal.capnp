# SPDX-License-Identifier: MIT
@0xf1ef00000000001d;
# Bytes in and out, as of a terminal or a line.

using Fief = import "fief.capnp";
using import "dataspace.capnp".Dataspace;
using import "signals.capnp".Signal;

interface Terminal $Fief.service("Terminal") $Fief.ramQuota(24576) $Fief.capQuota(4) {
  # The client has a buffer with the server. Neither side waits: a signal tells
  # when there is something to read, or room to write, again. Both are submitted
  # once at the start, if there is.

  buffer @0 () -> (ds :Dataspace, size :UInt64);
  # The buffer; the same one for the life of the session. What is in it between
  # two calls belongs to the client.

  read @1 () -> (length :UInt64, end :Bool);
  # Put what has come into the buffer, from its start on: `length` bytes. `end`:
  # nothing will come any more, the other end is gone.

  write @2 (length :UInt64) -> (written :UInt64) $Fief.errors([tooLong, gone]);
  # Send the first `length` bytes of the buffer. Less, or none, are taken if
  # there is no room for more. GONE: nobody will read them.

  size @3 () -> (columns :UInt32, rows :UInt32);
  # Of a screen; 0 and 0 of a line that has none.

  readSigh @4 (handler :Signal);
  # Have a signal submitted when there is something to read, or the end. Null
  # ends that.

  writeSigh @5 (handler :Signal);
  # Have a signal submitted when there is room after a write that took less than
  # it was given, or nobody reads any more. Null ends that.

  sizeSigh @6 (handler :Signal);
  # Have a signal submitted when the size is another one. Null ends that.
}
