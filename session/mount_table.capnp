# SPDX-License-Identifier: MIT
@0xf1ef000000000030;
# A tree of files as data: what is mounted where, and by which session. It says the
# same as the XML node <vfs> (docs/reference/vfs.md), which <vfs/mount_table.h>
# makes of it and back.

struct VfsMountTable {
  mounts @0 :List(VfsMount);
  # At one path, the first one lies uppermost.
}

struct VfsMountAttr {
  name @0 :Text;
  value @1 :Text;
}

struct VfsMount {
  path @0 :Text;
  # The directory, absolute: "/", "/data", "/dev". File systems that are one file
  # are in it under their name.

  union {
    namespace @1 :Void;
    # Files of the File_system session `capName`: <fs label="...">.
    console @2 :Void;
    # What is written goes to the LOG session `capName`: <log label="...">.
    ram @3 :Void;
    # Files in memory: <ram>.
    socket @4 :Void;
    # Not there yet: refused.
    other @6 :Text;
    # Any other file system, by the name of its node.
    directory @7 :Void;
    # A directory with nothing in it.
  }

  capName @5 :Text;
  # Label of the session behind it; the usual one if it is empty. Only for those
  # that have one.

  attrs @8 :List(VfsMountAttr);
  # The other attributes of the node.

  text @9 :Text;
  # What is in the node, as text.

  within @10 :UInt32;
  # For what is in the node of an earlier mount, as an overlay has file systems in
  # it: the number of that mount, from 1; `path` begins there. 0: in the tree.
}
