# SPDX-License-Identifier: MIT
@0xf1ef0000000000a2;
# The version that `new.capnp` grew from.

struct OldItem {
  a @0 :UInt32;
}

struct OldDoc {
  id @0 :UInt16;
  name @1 :Text;
  numbers @2 :List(UInt32);
  items @3 :List(OldItem);
  texts @4 :List(Text);
}
