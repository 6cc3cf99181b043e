# SPDX-License-Identifier: MIT
@0xf1ef0000000000b0;
# expect: too_large.capnp:5: error: Big.send: parameters take at least 528 bytes, a message has 512
interface Big {
  send @0 (a1 :UInt64, a2 :UInt64, a3 :UInt64, a4 :UInt64, a5 :UInt64, a6 :UInt64, a7 :UInt64, a8 :UInt64, a9 :UInt64, a10 :UInt64, a11 :UInt64, a12 :UInt64, a13 :UInt64, a14 :UInt64, a15 :UInt64, a16 :UInt64, a17 :UInt64, a18 :UInt64, a19 :UInt64, a20 :UInt64, a21 :UInt64, a22 :UInt64, a23 :UInt64, a24 :UInt64, a25 :UInt64, a26 :UInt64, a27 :UInt64, a28 :UInt64, a29 :UInt64, a30 :UInt64, a31 :UInt64, a32 :UInt64, a33 :UInt64, a34 :UInt64, a35 :UInt64, a36 :UInt64, a37 :UInt64, a38 :UInt64, a39 :UInt64, a40 :UInt64, a41 :UInt64, a42 :UInt64, a43 :UInt64, a44 :UInt64, a45 :UInt64, a46 :UInt64, a47 :UInt64, a48 :UInt64, a49 :UInt64, a50 :UInt64, a51 :UInt64, a52 :UInt64, a53 :UInt64, a54 :UInt64, a55 :UInt64, a56 :UInt64, a57 :UInt64, a58 :UInt64, a59 :UInt64, a60 :UInt64, a61 :UInt64, a62 :UInt64, a63 :UInt64, a64 :UInt64, a65 :UInt64);
}
