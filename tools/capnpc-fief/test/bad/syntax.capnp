# SPDX-License-Identifier: MIT
@0xf1ef0000000000bd;
# expect: syntax.capnp:5:17: error: Parse error
struct S {
  field @0 UInt8;
}
