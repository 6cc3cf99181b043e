# SPDX-License-Identifier: MIT
"""Files of components: ls, cat, cp; what they look into, and what is left of a
look."""
import contextlib
import filecmp
import json
import os
import socket
import subprocess

from case import FIEF, SEEN, Started, wait_for
from live import LiveCase, inner_init
from systems import child

SERVED = '<provides> <service name="File_system"/> </provides>'
MOTD = '<dir name="etc"> <inline name="motd">hello</inline> </dir>'
POLICY = '<policy label_prefix="app" root="/sub" writeable="yes"/>'
FS = child("fs", SERVED + f"<config> <vfs> {MOTD} <dir name='sub'> <ram/> "
           f"</dir> <ram/> </vfs> {POLICY} </config>",
           binary="ram_fs", ram="24M", caps="500")
TO_FS = ('<route> <service name="File_system"> <child name="fs"/> </service> '
         "<any-service> <parent/> </any-service> </route>")
# It has a tree, and does nothing with it.
APP = child("app", TO_FS + '<config do="idle"> <vfs> <dir name="data"> <fs/> '
            '</dir> <inline name="x">y</inline> <dir name="tmp"> <ram/> '
            "</dir> </vfs> </config>", ram="4M", caps="200")


class Files(LiveCase):
    def setUp(self):
        super().setUp()
        self.system(FS)
        self.there("fs")

    def path(self, name):
        return os.path.join(self.folder, name)

    def data(self, name, content):
        with open(self.path(name), "wb") as f:
            f.write(content)
        return name

    def ls(self, *args):
        return self.done("ls", *args).splitlines()

    def quiet(self):
        """Nobody looks any more."""
        wait_for(lambda: not any("fief-view" in c for c in self.components()),
                 "no look is left")

    def test_shows(self):
        self.assertEqual(self.ls("fs"), ["etc", "sub"])
        self.assertEqual(self.ls("init -> fs:/"), ["etc", "sub"])
        self.assertRegex(self.done("ls", "-l", "fs:/etc"),
                         r"^-r--r--r-- +1 +5 \S+ \S+ motd\n$")
        self.assertEqual(self.done("cat", "fs:/etc/motd"), "hello")
        self.assertEqual(self.done("ls", "-R", "fs:/"),
                         "fs:/:\netc\nsub\n\nfs:/etc:\nmotd\n\nfs:/sub:\n")
        entries = [json.loads(x) for x in self.ls("--json", "fs:/etc")]
        self.assertEqual([(e["path"], e["type"], e["size"]) for e in entries],
                         [("/etc/motd", "file", 5)])
        self.assertEqual(self.ls("-d", "fs:/etc"), ["/etc"])
        self.quiet()

    def test_copies_files(self):
        big = os.urandom(3 << 20)
        self.data("big", big)
        self.done("cp", "big", "fs:/big")
        out = subprocess.run([FIEF[0], "cat", "fs:/big"], env=self.env,
                             cwd=self.folder, check=True, timeout=20,
                             stdout=subprocess.PIPE).stdout
        self.assertEqual(out, big)
        self.done("cp", "fs:/big", "fs:/sub/copy")
        self.done("cp", "fs:/sub/copy", "back")
        with open(self.path("back"), "rb") as f:
            self.assertEqual(f.read(), big)
        self.data("small", b"x")
        self.done("cp", "small", "fs:/big")  # over it, and shorter
        self.assertEqual(self.done("cat", "fs:/big"), "x")
        self.done("cp", "big", "small", "fs:/sub")
        self.assertEqual(self.ls("fs:/sub"), ["big", "copy", "small"])

    def tree(self):
        os.makedirs(self.path("tree/a/b"))
        for i in range(300):
            self.data(f"tree/a/f{i}", b"%d" % i)
        os.symlink("a/f7", self.path("tree/link"))
        os.symlink("/etc/passwd", self.path("tree/out"))
        os.mkfifo(self.path("tree/fifo"))
        os.chmod(self.path("tree/a/f1"), 0o640)
        os.utime(self.path("tree/a/f1"), ns=(10 ** 18, 10 ** 18 + 7))

    def test_copies_trees(self):
        self.tree()
        self.done("cp", "-rp", "tree", "fs:/new")
        self.assertEqual(self.done("cat", "fs:/new/link"), "7")
        self.done("cp", "-rp", "fs:/new", "again")
        same = filecmp.dircmp(self.path("tree/a"), self.path("again/a"))
        self.assertEqual((same.left_only, same.right_only, same.diff_files),
                         ([], [], []))
        self.assertEqual(os.readlink(self.path("again/out")), "/etc/passwd")
        st = os.stat(self.path("again/a/f1"))
        self.assertEqual((st.st_mode & 0o7777, st.st_mtime_ns),
                         (0o640, 10 ** 18 + 7))
        self.done("cp", "-r", "fs:/new", "fs:/etc/motd", "again")
        self.assertEqual(sorted(os.listdir(self.path("again"))),
                         ["a", "fifo", "link", "motd", "new", "out"])

    def test_links_stay_within(self):
        """What a component links to is its own, here and there."""
        os.symlink("/etc/hostname", self.path("l"))
        os.symlink("..", self.path("up"))
        self.done("cp", "-r", "l", "up", "fs:/sub")
        self.refused(1, "l: No such file", "cat", "fs:/sub/l")
        self.assertEqual(self.ls("fs:/sub/up"), ["etc", "sub"])
        self.assertEqual(self.ls("fs:/../../sub/up/../etc"), ["motd"])
        os.symlink("loop", self.path("loop"))
        self.done("cp", "-r", "loop", "fs:/sub")
        self.refused(1, "Too many levels", "cat", "fs:/sub/loop")
        os.mkdir(self.path("trap"))
        os.symlink(self.path("elsewhere"), self.path("trap/up"))
        self.done("cp", "fs:/etc/motd", "m")
        self.done("cp", "m", "fs:/sub/m")
        self.done("cp", "-r", "fs:/sub", "trap/up", code=1)
        self.assertFalse(os.path.exists(self.path("elsewhere")))

    def test_mistakes(self):
        self.refused(127, 'no component "sf"; did you mean "init -> fs"',
                     "ls", "sf:/")
        self.refused(1, "fs:/none: No such file", "ls", "fs:/none")
        self.refused(1, "fs:/etc: Is a directory", "cat", "fs:/etc")
        self.refused(1, "Is a directory", "cp", "fs:/etc", "x")
        self.refused(1, "other: Read-only file system", "cp", "fs:/etc/motd",
                     "fs:/etc/other")
        self.refused(1, "fs:/no/where: No such file", "cp", "fs:/etc/motd",
                     "fs:/no/where")
        self.refused(1, "Not a directory", "cp", "system.xml", "system.xml",
                     "fs:/file")
        self.refused(1, "Invalid argument", "cp", "-r", "fs:/", "fs:/sub")
        self.refused(1, "Invalid argument", "cp", "-r", "fs:/sub",
                     "fs:/sub/x")
        self.refused(1, "none: No such file", "cp", "none", "fs:/none")
        self.refused(2, "none of these is in a component", "cp", "a", "b")
        self.refused(2, "names no file of a component", "cat", "system.xml")
        self.refused(2, "expected are what to copy", "cp", "fs:/a")
        self.refused(2, "no COMPONENT:/path", "ls")
        self.refused(2, "no COMPONENT:/path", "cat")
        self.refused(127, 'no system named "systm"', "ls", "--name", "systm",
                     "fs")
        self.quiet()

    def test_names_are_harmless(self):
        self.data("e\x1b[31m", b"\x1b[31mred\n")
        self.done("cp", "e\x1b[31m", "fs:/sub")
        self.assertEqual(self.ls("fs:/sub"), ["e\\x1b[31m"])
        main, side = os.openpty()
        shown = subprocess.run(
            [FIEF[0], "cat", "fs:/sub/e\x1b[31m"], env=self.env, timeout=20,
            cwd=self.folder, check=True, stdout=side)
        SEEN.append(shown.stdout or b"")
        self.assertEqual(os.read(main, 100), b"\\x1b[31mred\r\n")
        for fd in (main, side):
            os.close(fd)

    def test_no_room(self):
        self.data("big", bytes(40 << 20))
        self.refused(1, "fs:/big: No space left", "cp", "big", "fs:/big")
        with open("/dev/full", "wb") as full:
            done = subprocess.run([FIEF[0], "cat", "fs:/etc/motd"],
                                  env=self.env, cwd=self.folder, timeout=20,
                                  check=False, stdout=full,
                                  stderr=subprocess.PIPE)
        SEEN.append(done.stderr)
        self.assertEqual((done.returncode, b"No space" in done.stderr),
                         (1, True))

    def test_killed(self):
        """A look ends with who looks, even at a fifo that nobody writes."""
        os.mkfifo(self.path("fifo"))
        self.done("cp", "-r", "fifo", "fs:/sub")
        cats = []
        for _ in range(8):
            cats.append(Started(self, ["cat", "fs:/sub/fifo"]))
        self.there(*(f"fief-view-{i}" for i in range(2, 10)))
        self.refused(127, "8 looks at a time are all", "ls", "fs")
        for cat in cats:
            cat.child.kill()
        self.quiet()
        self.assertEqual(self.ls("fs"), ["etc", "sub"])

    def test_many_at_once(self):
        looks = [Started(self, ["ls", "fs"]) for _ in range(8)]
        for look in looks:
            code, out, err = look.wait()
            self.assertEqual((code, out), (0, "etc\nsub\n"), err)
        self.quiet()

    def raw(self, request):
        s = socket.socket(socket.AF_UNIX)
        s.connect(self.path("fief/system.sock"))
        s.settimeout(20)
        s.sendall(request)
        return s

    def test_raw_requests(self):
        """Whoever speaks to the socket by itself hurts its own look alone."""
        for request in (b"view\n", b"view x\tfs\t\n", b"view r fs\n"):
            with self.raw(request) as s:
                self.assertIn(b"error: unknown request", s.recv(1000))
        for rest in (b"\x06\0\0\0\x64\xff\xff", b"\xff" * 100, b"GET / \n\n",
                     b"\x13\0\0\0\x64\x01\x00" + bytes(12), b"\x07\0\0\0"):
            with self.raw(b"view r\tfs\t\n") as s:
                self.assertIn(b"view\t", s.recv(1000), self.log())
                s.sendall(rest)
                s.shutdown(socket.SHUT_WR)
                with contextlib.suppress(ConnectionResetError):
                    while s.recv(1000):
                        pass
        self.quiet()
        self.assertEqual(self.ls("fs"), ["etc", "sub"])


class Looks(LiveCase):
    """Into what else than a server of files."""

    def test_tree_of_a_client(self):
        self.system(FS + APP)
        self.there("fs", "app")
        out = self.done("ls", "app:/", "app:/data")
        self.assertIn('"app" keeps some of its files in its own memory', out)
        self.assertIn("data\ntmp\nx\n", out)
        self.assertEqual(self.fief("cat", "app:/x")[1], "y")
        self.done("cp", "system.xml", "app:/data/s")  # as "app" may
        self.assertEqual(self.fief("ls", "fs:/sub")[1], "s\n")
        self.refused(1, "app:/none: No such file", "ls", "app:/none")

    def test_plugin(self):
        """A file system that the component itself loads."""
        tree = '<config do="idle"> <vfs> <counter/> </vfs> </config>'
        self.system(child("app", tree, ram="4M", caps="200"))
        self.there("app")
        self.assertEqual(self.done("ls", "app"), "counter\n")

    def test_as_another_one(self):
        self.system(FS)
        self.there("fs")
        self.data_to("fs:/sub/mine")
        self.assertEqual(self.done("ls", "--as", "app", "fs"), "mine\n")
        self.refused(125, "cannot look into.*\n.*refused by policy",
                     "ls", "--as", "nobody", "fs")

    def data_to(self, where):
        self.file("content", "content")
        self.done("cp", "content", where)

    def test_within_inits(self):
        small = FS.replace("24M", "2M")
        deep = inner_init("deep", small).replace("16M", "8M").replace(
            "2000", "1000")
        self.system(inner_init("sub", small + deep))
        self.there("sub -> fs", "sub -> deep -> fs")
        self.data_to("sub -> deep -> fs:/deep")
        self.data_to("sub/fs:/high")
        self.assertEqual(self.done("ls", "sub/deep/fs:/", "sub/fs:/"),
                         "sub/deep/fs:/:\ndeep\netc\nsub\n\n"
                         "sub/fs:/:\netc\nhigh\nsub\n")
        self.refused(127, "is an init and has no files", "ls", "sub")

    def test_what_has_none(self):
        self.system(child("a", config='do="idle"'))
        self.there("a")
        self.refused(127, '"a" has no files: it neither', "ls", "a")

    def test_no_quota(self):
        self.system(FS, "--ram", "25M")
        self.there("fs")
        self.refused(125, "cannot look into", "ls", "fs")
        wait_for(lambda: "fief-view-1" not in self.components(), "it is gone")

    def test_changes_go_on(self):
        """A look is in no history; what is applied meanwhile stays."""
        self.system(FS)
        self.there("fs")
        os.mkfifo(os.path.join(self.folder, "fifo"))
        self.done("cp", "-r", "fifo", "fs:/sub")
        cat = Started(self, ["cat", "fs:/sub/fifo"])
        self.there("fief-view-2")
        self.done("apply", self.next(FS + child("a", config='do="idle"')))
        self.assertIn("fief-view-2", self.there("a"))
        self.assertEqual(self.changes("plan", "next.xml", code=0), [])
        cat.child.kill()
        cat.wait()
        wait_for(lambda: "fief-view-2" not in self.components(), "it is gone")
        self.assertIn("a", self.components())
        code, out, err = self.fief("rollback", "--list")
        self.assertEqual((code, "view" in out), (0, False), err)
        cat = Started(self, ["cat", "fs:/sub/fifo"])
        self.there("fief-view-3")
        self.done("apply", self.next(child("a", config='do="idle"')))
        code, out, err = cat.wait()  # what it looked at is gone
        self.assertEqual((code, out), (125, ""))
        self.assertIn("cannot look into", err)
