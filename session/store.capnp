# SPDX-License-Identifier: MIT
@0xf1ef000000000032;
# Blobs by the hash of their content, and names for them.

using Fief = import "fief.capnp";
using import "dataspace.capnp".Dataspace;

enum StoreStatus {
  # What came of an operation that was understood.

  ok @0;
  notFound @1;
  # No such name; no such blob, or none that this name space may know of.
  denied @2;
  # The name space is read-only.
  corrupt @3;
  # What is stored is not what its hash says, or a name says nothing.
  limit @4;
  # A limit of the server; its log says which one.
  noSpace @5;
  # The files below have no room.
  failed @6;
  # The files below failed.
  badName @7;
  # A name is 1 to 200 bytes: letters, digits, `.`, `_` and `-`, in parts between
  # slashes that are neither empty nor `.` nor `..`.
}

interface Namespace {
  # Names below a prefix, which is not part of them as they are told here, and
  # the blobs that they are bound to. What is outside cannot be said.

  buffer @0 () -> (ds :Dataspace, bytes :UInt64);
  # What carries content: written before `append`, read after `get` and `list`.

  append @1 (length :UInt64) -> (status :StoreStatus) $Fief.errors([tooLong, outOfRam]);
  # The first `length` bytes of the buffer are the next ones of a new blob.

  finish @2 () -> (status :StoreStatus, hash :Data $Fief.maxBytes(32), size :UInt64)
    $Fief.errors([outOfRam]);
  # That was all of it: store it, for good, and begin the next one. Its hash is
  # SHA-256. It stays while this session lives, or a name is bound to it.

  get @3 (hash :Data $Fief.maxBytes(32), offset :UInt64)
    -> (status :StoreStatus, length :UInt64, size :UInt64) $Fief.errors([invalid]);
  # Bytes of a blob from `offset` on into the buffer, as many as it holds. The
  # whole blob was read and has that hash; if not, the status is `corrupt`. Of
  # blobs that a name here is bound to, or that were put here.

  bind @4 (name :Text $Fief.maxBytes(200), hash :Data $Fief.maxBytes(32))
    -> (status :StoreStatus) $Fief.errors([invalid, outOfRam]);
  # Let the name be that of the blob, instead of what it was before, for good.

  unbind @5 (name :Text $Fief.maxBytes(200)) -> (status :StoreStatus);

  resolve @6 (name :Text $Fief.maxBytes(200))
    -> (status :StoreStatus, hash :Data $Fief.maxBytes(32));

  list @7 (after :Text $Fief.maxBytes(200))
    -> (status :StoreStatus, length :UInt64, more :Bool);
  # Names behind that one, in order of their bytes, each with a newline, into the
  # buffer. An empty one: from the first on.

  collect @8 () -> (status :StoreStatus, blobs :UInt64, bytes :UInt64);
  # Remove the blobs that no name is bound to and no session has put. Only of the
  # whole name space.

  narrow @9 (prefix :Text $Fief.maxBytes(200), writeable :Bool)
    -> (status :StoreStatus, space :Namespace) $Fief.errors([outOfRam, outOfCaps, limit]);
  # A name space of the names below `prefix` (empty: all), with a buffer of its
  # own, to be given to somebody else. It cannot do more than this one, and lives
  # as long as the session.
}

interface Store $Fief.service("Store") $Fief.ramQuota(114688) $Fief.capQuota(8) {
  # The policy of the server tells the name space of a session. Session argument
  # `buffer`: bytes of each buffer (64K, at most 16M), which the donation pays.

  space @0 () -> (space :Namespace);
}
