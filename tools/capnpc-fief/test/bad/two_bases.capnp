# SPDX-License-Identifier: MIT
@0xf1ef0000000000b4;
# expect: two_bases.capnp:6: error: C: an interface can extend one other only
interface A {}
interface B {}
interface C extends(A, B) {}
