# SPDX-License-Identifier: MIT
@0xf1ef0000000000bb;
# expect: constant.capnp:4: error: origin: constants are numbers, bools, enums or text
const origin :List(UInt8) = [1];
