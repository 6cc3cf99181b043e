# SPDX-License-Identifier: MIT
@0xf1ef0000000000ba;
# expect: streaming.capnp:5: error: Pipe.write: streaming methods are not supported
interface Pipe {
  write @0 (bytes :Data) -> stream;
}
