# SPDX-License-Identifier: MIT
@0xf1ef0000000000b2;
# expect: generic.capnp:4: error: Box: generic types are not supported
struct Box(T) {
  content @0 :T;
}
