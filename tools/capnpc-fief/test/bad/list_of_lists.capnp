# SPDX-License-Identifier: MIT
@0xf1ef0000000000b6;
# expect: list_of_lists.capnp:5: error: Grid.rows: lists of lists are not supported; put the inner list into a struct
struct Grid {
  rows @0 :List(List(UInt8));
}
