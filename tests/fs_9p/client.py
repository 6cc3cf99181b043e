# SPDX-License-Identifier: MIT
"""9P2000.L from the other side: messages, and what comes back."""
import collections
import struct

NO_TAG, NO_FID = 0xffff, 0xffffffff
TYPES = {
    "lerror": 6, "statfs": 8, "lopen": 12, "lcreate": 14, "symlink": 16,
    "mknod": 18, "rename": 20, "readlink": 22, "getattr": 24, "setattr": 26,
    "xattrwalk": 30, "readdir": 40, "fsync": 50, "lock": 52, "getlock": 54,
    "link": 70, "mkdir": 72, "renameat": 74, "unlinkat": 76, "version": 100,
    "auth": 102, "attach": 104, "flush": 108, "walk": 110, "read": 116,
    "write": 118, "clunk": 120, "remove": 122}
NUMBERS = {"1": "B", "2": "H", "4": "I", "8": "Q"}
Answer = collections.namedtuple("Answer", "tag type body")


class Refused(Exception):
    """An error of that number."""


def packed(form, *args):
    """Numbers by their bytes; s is a text, d are bytes as they are."""
    out = b""
    for what, arg in zip(form, args, strict=True):
        if what in NUMBERS:
            out += struct.pack("<" + NUMBERS[what], arg)
        else:
            data = arg.encode() if isinstance(arg, str) else arg
            out += (struct.pack("<H", len(data)) if what == "s" else b"") + data
    return out


def message(kind, tag, form="", *args):
    body = packed(form, *args)
    number = TYPES[kind] if isinstance(kind, str) else kind
    return struct.pack("<IBH", 7 + len(body), number, tag) + body


class Client:
    """A session on a socket; fid 0 is the root."""

    def __init__(self, socket, size=65536):
        self.socket, self.seen, self.next = socket, b"", 1
        self.say("version", NO_TAG, "4s", size, "9P2000.L")
        self.hear("version", NO_TAG)
        self.attach(0)

    def say(self, kind, tag, form="", *args):
        self.socket.sendall(message(kind, tag, form, *args))

    def answer(self):
        """The next one; None at the end."""
        def size():
            return (struct.unpack_from("<I", self.seen)[0]
                    if len(self.seen) >= 4 else 4)
        while len(self.seen) < max(size(), 7):
            more = self.socket.recv(1 << 20)
            if not more:
                return None
            self.seen += more
        data, self.seen = self.seen[:size()], self.seen[size():]
        kind, tag = struct.unpack_from("<BH", data, 4)
        return Answer(tag, kind, data[7:])

    def hear(self, kind, tag):
        got = self.answer()
        assert got is not None, "the connection has ended"
        assert got.tag == tag, (got, tag)
        if got.type == TYPES["lerror"] + 1:
            raise Refused(struct.unpack("<I", got.body)[0])
        assert got.type == TYPES[kind] + 1, (got, kind)
        return got.body

    def ask(self, kind, form="", *args):
        self.say(kind, 1, form, *args)
        return self.hear(kind, 1)

    # ---- operations ----

    def attach(self, fid, path=""):
        self.ask("attach", "44ss4", fid, NO_FID, "me", path, 0)

    def walk(self, *names, fid=0):
        """A new fid; as many names as there are, or Refused."""
        self.next += 1
        body = self.ask("walk", "442" + "s" * len(names), fid, self.next,
                        len(names), *names)
        if struct.unpack_from("<H", body)[0] != len(names):
            raise Refused(2)
        return self.next

    def open(self, *names, flags=0):
        fid = self.walk(*names)
        self.ask("lopen", "44", fid, flags)
        return fid

    def create(self, name, flags=2, fid=0):
        fid = self.walk(fid=fid)
        self.ask("lcreate", "4s444", fid, name, flags, 0o644, 0)
        return fid

    def mkdir(self, name, fid=0):
        self.ask("mkdir", "4s44", fid, name, 0o755, 0)

    def fifo(self, name):
        self.ask("mknod", "4s4444", 0, name, 0o010600, 0, 0, 0)

    def write(self, fid, at, data):
        return struct.unpack("<I", self.ask("write", "484d", fid, at,
                                            len(data), data))[0]

    def read(self, fid, at, count):
        return self.ask("read", "484", fid, at, count)[4:]

    def clunk(self, fid):
        self.ask("clunk", "4", fid)

    def entries(self, fid, at=0, count=8192):
        """Names and positions, of one answer."""
        body = self.ask("readdir", "484", fid, at, count)
        found, i = [], 4
        assert len(body) == 4 + struct.unpack_from("<I", body)[0]
        while i < len(body):
            pos, _, size = struct.unpack_from("<QBH", body, i + 13)
            found.append((body[i + 24:i + 24 + size].decode(), pos))
            i += 24 + size
        return found

    def names(self, fid):
        found, at = [], 0
        while True:
            some = self.entries(fid, at)
            if not some:
                return [n for n in found if n not in (".", "..")]
            found += [n for n, _ in some]
            at = some[-1][1]

    def stat(self, fid):
        """mode, links, size, seconds of the last change of its content."""
        body = self.ask("getattr", "48", fid, 0x7ff)
        mode, = struct.unpack_from("<I", body, 21)
        links, _, size = struct.unpack_from("<QQQ", body, 33)
        return mode, links, size, struct.unpack_from("<q", body, 89)[0]
