# SPDX-License-Identifier: MIT
@0xf1ef000000000011;
# The type of capabilities that signals are submitted to.

interface Signal {
  # A signal handler of the receiver. It has no operations: a holder can only
  # submit signals to it (kif `signal`), which carry no data and coalesce.
}
