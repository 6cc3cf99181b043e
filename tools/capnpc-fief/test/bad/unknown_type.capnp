# SPDX-License-Identifier: MIT
@0xf1ef0000000000bc;
# expect: unknown_type.capnp:5:13-20: error: Not defined: Missing
struct S {
  field @0 :Missing;
}
