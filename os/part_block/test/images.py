#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""images.py ROOT: write the device images of run/part-block* and the corpus of
the fuzzer, by the specifications and not by the parser's code."""
import os
import struct
import sys
import uuid
import zlib

BLOCK = 512
BLOCKS = 64
LINUX = uuid.UUID("0fc63daf-8483-4772-8e79-3d69d8477de4")


def put(image, at, data):
    image[at:at + len(data)] = data


def mark(image, block, text):
    put(image, block * BLOCK, text.encode())


def slots(image, block, *entries):
    """Partition slots (type, first, count) of the table in a block."""
    for i, (kind, first, count) in enumerate(entries):
        put(image, block * BLOCK + 446 + 16 * i,
            struct.pack("<B3xB3xII", 0, kind, first, count))
    put(image, block * BLOCK + 510, b"\x55\xaa")


def mbr():
    image = bytearray(BLOCKS * BLOCK)
    slots(image, 0, (0x83, 1, 7), (0x0c, 8, 8), (0x0f, 16, 48))
    slots(image, 16, (0x83, 1, 7), (0x05, 16, 16))
    slots(image, 32, (0x82, 8, 8))
    for number, block in (1, 1), (2, 8), (5, 17), (6, 40):
        mark(image, block, f"partition {number}")
    return image


def gpt():
    image = bytearray(BLOCKS * BLOCK)
    slots(image, 0, (0xee, 1, BLOCKS - 1))
    entries = b""
    for number, (name, first, last) in enumerate(
            (("boot", 8, 15), ("data", 16, 47)), 1):
        entries += struct.pack(
            "<16s16sQQQ72s", LINUX.bytes_le, uuid.UUID(int=number).bytes_le,
            first, last, 0, name.encode("utf-16-le"))
        mark(image, first, f"partition {number}")
    entries = entries.ljust(4 * 128, b"\0")
    for here, other, at in (1, BLOCKS - 1, 2), (BLOCKS - 1, 1, BLOCKS - 2):
        def header(crc):
            return struct.pack(
                "<8sIIIIQQQQ16sQIII", b"EFI PART", 0x10000, 92, crc, 0, here,
                other, 3, BLOCKS - 3, uuid.UUID(int=99).bytes_le, at, 4, 128,
                zlib.crc32(entries))
        put(image, here * BLOCK, header(zlib.crc32(header(0))))
        put(image, at * BLOCK, entries)
    return image


def spoiled(image, *places):
    image = bytearray(image)
    for at in places:
        image[at] ^= 0xff
    return image


def looping():
    image = mbr()
    slots(image, 32, (0x82, 8, 8), (0x05, 0, 16))
    return image


def main(root):
    runs = {
        "part-block-mbr": mbr(),
        "part-block-gpt": gpt(),
        "part-block-backup": spoiled(gpt(), BLOCK + 60),
        "part-block-broken": looping(),
    }
    for name, image in runs.items():
        folder = os.path.join(root, "run", name)
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, "disk.img"), "wb") as f:
            f.write(image)
    corpus = os.path.join(root, "tests/fuzz/corpus/part_block")
    os.makedirs(corpus, exist_ok=True)
    for name, image in runs.items():
        with open(os.path.join(corpus, name), "wb") as f:
            f.write(b"\1" + image)


if __name__ == "__main__":
    main(sys.argv[1])
