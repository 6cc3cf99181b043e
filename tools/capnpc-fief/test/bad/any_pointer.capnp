# SPDX-License-Identifier: MIT
@0xf1ef0000000000b1;
# expect: any_pointer.capnp:7: error: Box.content: AnyPointer and type parameters are not supported

struct Box {
  # The content.
  content @0 :AnyPointer;
}
