# SPDX-License-Identifier: MIT
@0xf1ef0000000000b9;
# expect: max_bytes.capnp:6: error: Entry.text: $maxBytes of 600 cannot fit a message of 512 bytes
using Fief = import "/session/fief.capnp";
struct Entry {
  text @0 :Text $Fief.maxBytes(600);
}
