# SPDX-License-Identifier: MIT
@0xf1ef0000000000b8;
# expect: list_default.capnp:5: error: Row.cells: defaults of lists, structs and data are not supported
struct Row {
  cells @0 :List(UInt8) = [1, 2];
}
