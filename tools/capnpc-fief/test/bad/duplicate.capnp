# SPDX-License-Identifier: MIT
@0xf1ef0000000000be;
# expect: duplicate.capnp:6:6-7: error: Duplicate ordinal number
struct S {
  a @0 :UInt8;
  b @0 :UInt8;
}
