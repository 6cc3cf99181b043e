# SPDX-License-Identifier: MIT
@0xf1ef000000000015;
# State that a component publishes.

using Fief = import "fief.capnp";
using import "dataspace.capnp".Dataspace;
using import "signals.capnp".Signal;

interface Report $Fief.service("Report") $Fief.ramQuota(8192) $Fief.capQuota(3) {
  # The client writes a report to the dataspace, then submits it. The session
  # label names the report.

  dataspace @0 () -> (ds :Dataspace, size :UInt64);
  # The buffer and its size; the same one for the life of the session.

  submit @1 (length :UInt64) $Fief.errors([tooLong]);
  # The first `length` bytes of the buffer are the new report. The server
  # copies them before it answers.

  responseSigh @2 (handler :Signal);
  # Have a signal submitted when there is a response. Null ends that.

  obtainResponse @3 () -> (length :UInt64);
  # Put the latest response into the buffer; its length, 0 for none.
}
