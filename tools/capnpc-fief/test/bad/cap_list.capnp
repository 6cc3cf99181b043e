# SPDX-License-Identifier: MIT
@0xf1ef0000000000b7;
# expect: cap_list.capnp:6: error: Keys.all: structs with capabilities cannot be elements of a list
struct Key { cap @0 :Capability; }
struct Keys {
  all @0 :List(Key);
}
