# SPDX-License-Identifier: MIT
@0xf1ef0000000000a3;
# What became of `old.capnp`: fields and members added, lists upgraded.

struct NewItem {
  a @0 :UInt32;
  b @1 :UInt64 = 9;
  c @2 :Text = "new";
}

struct NewText {
  text @0 :Text;
  lang @1 :UInt8 = 3;
}

struct NewDoc {
  id @0 :UInt16;
  name @1 :Text;
  numbers @2 :List(NewItem);
  items @3 :List(NewItem);
  texts @4 :List(NewText);
  extra @5 :Int64 = -5;
  sub @6 :NewItem;
  note @7 :Text = "none";
}
