# SPDX-License-Identifier: MIT
@0xf1ef000000000070;
# Stand-in for a file system, for demonstrations of routing.

using Fief = import "fief.capnp";

interface FsStub $Fief.service("File_system") $Fief.ramQuota(8192) $Fief.capQuota(3) {
  # Tells who answers; holds no files.

  identify @0 () -> (server :Text, label :Text);
  # Name that the server gives itself, and the label under which this session
  # was requested, as the server sees it.
}
