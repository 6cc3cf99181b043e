# SPDX-License-Identifier: MIT
@0xf1ef0000000000a0;
# One of everything that the generator supports.

using Fief = import "/session/fief.capnp";
using import "/session/signals.capnp".Signal;

const answer :UInt32 = 42;
const coldest :Int32 = -2147483648;
const huge :UInt64 = 0xfedcba9876543210;
const half :Float64 = 0.5;
const greeting :Text = "say \"hi\"??/\n";
const favourite :Color = blue;

enum Color {
  red @0;
  green @1;
  # The colour of grass.
  blue @2;
}

struct Point {
  x @0 :Int32;
  y @1 :Int32 = -7;
}

struct Numbers {
  flag @0 :Bool = true;
  a @1 :Int8 = -1;
  b @2 :Int16;
  c @3 :Int32 = 100000;
  d @4 :Int64;
  e @5 :UInt8;
  f @6 :UInt16 = 65535;
  g @7 :UInt32;
  h @8 :UInt64 = 0x8000000000000000;
  i @9 :Float32 = 1.5;
  j @10 :Float64;
  color @11 :Color = green;
  nothing @12 :Void;
  more @13 :Bool;
}

struct Lists {
  bools @0 :List(Bool);
  bytes @1 :List(UInt8);
  shorts @2 :List(Int16);
  ints @3 :List(UInt32);
  longs @4 :List(Int64);
  doubles @5 :List(Float64);
  texts @6 :List(Text);
  blobs @7 :List(Data);
  points @8 :List(Point);
  named @9 :List(Named);
  colors @10 :List(Color);
  voids @11 :List(Void);
}

struct Named {
  name @0 :Text = "nobody";
  where @1 :Point;
  tags @2 :List(Text);
  weight @3 :UInt16;
}

struct Shape {
  # A union without a name, one with, and a group.
  label @0 :Text;
  union {
    circle @1 :UInt32;
    polygon @2 :List(Point);
    nothing @3 :Void;
    title @4 :Text;
  }
  fill :union {
    none @5 :Void;
    solid @6 :Color;
    image @7 :Data;
  }
  edge :group {
    width @8 :UInt16 = 1;
    style @9 :Text;
  }
  default @10 :Bool; # a keyword of C
}

struct Everything {
  numbers @0 :Numbers;
  lists @1 :Lists;
  named @2 :Named;
  shape @3 :Shape;
  raw @4 :Data;
  note @5 :Text $Fief.maxBytes(40);
}

struct Empty {}

struct Grant {
  cap @0 :Capability;
  badge @1 :UInt64;
}

interface Animal $Fief.service("Animal") $Fief.ramQuota(5000000000) $Fief.capQuota(7) {
  # What all animals do. /* This must not end the comment. */
  feed @0 (grams :UInt32) -> (left :UInt32) $Fief.errors([denied, limit]);
  # Give it food.
  name @1 () -> (name :Text);
  pet @2 ();
}

interface Dog extends(Animal) {
  bark @0 (text :Text $Fief.maxBytes(16), times :UInt8) -> (heard :Text, volume :UInt16);
  fetch @1 (what :Capability, handler :Signal) -> (thing :Capability);
  many @2 (a :UInt8, b :UInt16, c :UInt32, d :UInt64, e :Point) -> (sum :UInt64, mean :Float32);
  shape @3 Shape -> Named;
  walk @4 (path :List(Point), pace :Color) -> (last :Point, steps :List(UInt16), who :Named);
  lend @5 (grant :Grant) -> (back :Grant);
  names @7 (s :Text, e :UInt8, int :UInt8) -> (e :UInt8);
  four @6 () -> (a :UInt8, b :UInt8, c :UInt8, d :UInt8);
}

interface Puppy extends(Dog) {
  grow @0 ();
}
