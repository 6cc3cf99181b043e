# SPDX-License-Identifier: MIT
@0xf1ef0000000000b3;
# expect: many_caps.capnp:6: error: Hand.all: parameters hold up to 5 capabilities, a message 4
interface Hand {

  all @0 (a :Capability, b :Capability, c :Capability, d :Capability, e :Hand);
}
