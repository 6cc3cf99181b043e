# SPDX-License-Identifier: MIT
# The interface that the peers Cap'n Proto and gRPC serve.
@0xe1c8a6f2b5d94073;

interface Adder {
  add @0 (a :Int64, b :Int64) -> (sum :Int64);
}
