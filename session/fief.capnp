# SPDX-License-Identifier: MIT
@0xf1efca90e1a2b300;
# Annotations that capnpc-fief understands. They produce no code of their own.

enum Err {
  # The causes of <fief/err.h>, by number.
  ok @0;
  outOfRam @1;
  outOfCaps @2;
  insufficientRam @3;
  insufficientCaps @4;
  denied @5;
  gone @6;
  canceled @7;
  invalid @8;
  limit @9;
  unsupported @10;
  notFound @11;
  conflict @12;
  again @13;
  pending @14;
  tooLong @15;
  deadlock @16;
  late @17;
}

annotation service @0xf1efca90e1a2b301 (interface) :Text;
# Name under which sessions of this interface are requested and routed.

annotation ramQuota @0xf1efca90e1a2b302 (interface) :UInt64;
# Bytes of RAM that a client donates when it opens a session.

annotation capQuota @0xf1efca90e1a2b303 (interface) :UInt32;
# Capabilities that a client donates when it opens a session.

annotation errors @0xf1efca90e1a2b304 (method) :List(Err);
# Errors of the operation itself, beside those each call can have: GONE,
# CANCELED, LIMIT (transport), INVALID (malformed), UNSUPPORTED, and TOO_LONG
# where arguments have no fixed size.

annotation maxBytes @0xf1efca90e1a2b305 (field, param) :UInt32;
# Longest Text or Data allowed; beyond it the stubs fail with TOO_LONG.
