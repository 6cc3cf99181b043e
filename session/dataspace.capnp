# SPDX-License-Identifier: MIT
@0xf1ef000000000012;
# Memory as an object.

interface Dataspace {
  # A container of memory that can be mapped (kif `map`) by whoever holds it.

  size @0 () -> (bytes :UInt64);
  # Size, a multiple of the page size.

  writeable @1 () -> (yes :Bool);
  # Whether it may be mapped for writing.
}
