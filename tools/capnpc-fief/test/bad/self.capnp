# SPDX-License-Identifier: MIT
@0xf1ef0000000000b5;
# expect: self.capnp:5: error: Tree: a struct cannot hold itself; use a list

struct Tree {
  left @0 :Tree;
}
