# SPDX-License-Identifier: MIT
@0xf1ef000000000013;
# Read-only data by name: modules, configurations, reports of others.

using Fief = import "fief.capnp";
using import "dataspace.capnp".Dataspace;
using import "signals.capnp".Signal;

interface Rom $Fief.service("ROM") $Fief.ramQuota(8192) $Fief.capQuota(3) {
  # One module, named by the last element of the session label. Its content
  # can change; it changes for this client only when the client asks.

  dataspace @0 () -> (ds :Dataspace, size :UInt64) $Fief.errors([outOfRam, outOfCaps]);
  # Hand out the current content and the number of bytes that are valid in it.
  # The dataspace handed out before becomes invalid. A module that does not
  # exist (any more) has a null dataspace and size 0.

  update @1 () -> (fits :Bool);
  # Bring the dataspace handed out last up to date. False if the new content
  # does not fit it: then fetch a new one by `dataspace`.

  sigh @2 (handler :Signal);
  # Have a signal submitted whenever the content changed. Null ends that.
}
