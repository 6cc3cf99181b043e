# SPDX-License-Identifier: MIT
"""Files of components as directories: `fief mount`, used by the tools that there
are. What the host lacks for it is told as a skip."""
import filecmp
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time

from case import DEADLINE, FIEF, SEEN, Started, alive, wait_for
from live import LiveCase
from systems import child

SERVED = '<provides> <service name="File_system"/> </provides>'
DEVICES = ('<dir name="dev"> <null/> <zero/> <log/> <inline name="motd">hello'
           "</inline> </dir>")
POLICY = '<policy label_prefix="app" root="/sub" writeable="yes"/>'
FS = child("fs", SERVED + f"<config> <vfs> {DEVICES} <dir name='sub'> <ram/> "
           f"</dir> <ram/> </vfs> {POLICY} </config>",
           binary="ram_fs", ram="120M", caps="2000")
# Its tree is made once more for who looks.
PIPE = child("pipe", '<config do="idle"> <vfs> <pipe name="p"/> <zero/> '
             '<inline name="x">y</inline> </vfs> </config>',
             ram="4M", caps="200")
LOCK = """
import fcntl, sys, time
f = open(sys.argv[1], "r+")
fcntl.lockf(f, fcntl.LOCK_EX | (fcntl.LOCK_NB if sys.argv[2] == "now" else 0))
print("locked", flush=True)
sys.stdin.read()
"""
# What waits for bytes ends with 3 when there will be none.
READ = """
import os, sys
f = os.open(sys.argv[1], os.O_RDWR)
print("open", flush=True)
try:
    os.read(f, 10)
except OSError:
    os._exit(3)
"""


SKIPPED = []  # why nothing was mounted


def obstacle():
    """Why nothing can be mounted here; None."""
    folder = os.path.dirname(FIEF[0])
    if not (os.path.exists(os.path.join(folder, "mount/fief-mount"))
            or os.path.exists(os.path.join(
                folder, "../libexec/fief/fief-mount"))):
        return "fief-mount was not built: there is no libfuse3"
    if not os.access("/dev/fuse", os.R_OK | os.W_OK):
        return "/dev/fuse cannot be opened"
    if os.geteuid() and not shutil.which("fusermount3"):
        return "neither root nor fusermount3"
    return None


class MountCase(LiveCase):
    """A system with a server of files, and a directory for them."""

    def setUp(self):
        super().setUp()
        if obstacle():
            self.skip(obstacle())
        self.system(FS)
        self.there("fs")
        self.at = self.path("mnt")
        os.mkdir(self.at)

    def skip(self, why):
        SKIPPED.append(why)
        self.skipTest(why)

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def on(self, *names):
        return os.path.join(self.at, *names)

    def mount(self, *args, what="fs"):
        """It is mounted; and ends, whatever the test does, in time."""
        m = Started(self, ["mount", *args, what, self.at])
        watchdog = threading.Timer(100, m.child.kill)
        watchdog.daemon = True
        watchdog.start()
        self.addCleanup(self.unmount, m, watchdog)
        wait_for(lambda: os.path.ismount(self.at)
                 or m.child.poll() is not None, "it is mounted")
        if m.child.poll() is not None:
            err = m.wait()[2]
            if "Operation not permitted" in err:
                self.skip("this host lets nobody mount: " + err)
            self.fail(err)
        return m

    def unmount(self, mount, watchdog):
        watchdog.cancel()
        if mount.child.poll() is None:
            mount.child.kill()
            mount.child.wait(DEADLINE)
        tool = (["umount", "-l"] if not os.geteuid()
                else ["fusermount3", "-uz"])
        subprocess.run([*tool, self.at], check=False, timeout=DEADLINE,
                       stderr=subprocess.DEVNULL)

    def run_tool(self, *args, code=0, seconds=60, **more):
        done = subprocess.run(args, cwd=self.folder, timeout=seconds,
                              check=False, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, **more)
        self.assertEqual(done.returncode, code, (args, done.stdout))
        return done.stdout.decode()

    def data(self, path, content):
        with open(path, "wb") as f:
            f.write(content)

    def content(self, path, size=-1):
        with open(path, "rb") as f:
            return f.read(size)

    def gone(self):
        wait_for(lambda: not os.path.ismount(self.at), "it is unmounted")
        self.assertEqual(os.listdir(self.at), [])

    def ended(self, mount, code, says):
        got, out, err = mount.wait()
        self.assertEqual((got, out), (code, ""), err)
        self.assertRegex(err, says)
        self.gone()


class Mounts(MountCase):
    def tree(self):
        os.makedirs(self.path("tree/a/b"))
        for i in range(50):
            self.data(self.path(f"tree/a/f{i}"), b"%d needle\n" % i * i)
        os.symlink("a/f7", self.path("tree/link"))
        os.mkfifo(self.path("tree/fifo"))
        os.link(self.path("tree/a/f1"), self.path("tree/a/again"))
        os.chmod(self.path("tree/a/f1"), 0o640)
        os.utime(self.path("tree/a/f1"), ns=(10 ** 18, 10 ** 18 + 7))

    def test_tools(self):
        self.mount("-w")
        self.tree()
        self.run_tool("cp", "-rp", "tree", "mnt/new")
        self.run_tool("cp", "-rp", "mnt/new", "back")
        for where in "mnt/new", "back":
            self.assertEqual(self.run_tool(
                "diff", "-r", "--exclude=fifo", "tree", where), "")
            st = os.stat(self.path(where, "a/f1"))
            self.assertEqual((st.st_mode & 0o7777, st.st_mtime_ns),
                             (0o640, 10 ** 18 + 7))
            self.assertEqual((st.st_uid, st.st_gid),
                             (os.getuid(), os.getgid()))
        listing = self.run_tool("ls", "-lR", "mnt/new")
        self.assertRegex(listing, r"\np[rwx-]{9} .* fifo\n")
        self.assertRegex(listing, r" link -> a/f7\n")
        self.assertEqual(self.run_tool("cat", "mnt/new/link"), "7 needle\n"
                         * 7)
        self.assertEqual(len(self.run_tool(
            "grep", "-rl", "needle", "mnt/new/a").splitlines()), 50)
        self.run_tool("mv", "mnt/new/a/f7", "mnt/new/a/b/moved")
        self.run_tool("mv", "mnt/new/a", "mnt/sub/a")  # to another <ram/>
        self.assertEqual(self.run_tool("cat", "mnt/sub/a/b/moved"),
                         "7 needle\n" * 7)
        self.run_tool("truncate", "-s", "5", "mnt/sub/a/f9")
        self.assertEqual(self.content(self.on("sub/a/f9")), b"9 nee")
        self.run_tool("mkfifo", "mnt/sub/p")
        self.run_tool("ln", "-s", "a/f9", "mnt/sub/l")
        self.assertEqual(self.run_tool("cat", "mnt/sub/l"), "9 nee")
        self.assertRegex(self.run_tool("df", "mnt"), r"fs .*/mnt\n")
        self.run_tool("rm", "-r", "mnt/new", "mnt/sub/a")
        self.assertEqual(sorted(os.listdir(self.at)), ["dev", "sub"])
        self.assertEqual(self.done("ls", "fs:/sub"), "l\np\n")
        self.run_tool("ln", "mnt/sub/l", "mnt/x", code=1)  # across them
        self.run_tool("chown", "12345", "mnt/sub/l", "-h", code=1)
        if not os.geteuid():
            self.run_tool("mknod", "mnt/sub/null", "c", "1", "3", code=1)

    def test_open_modes(self):
        self.mount("-w")
        name = self.on("f")
        with open(name, "x", encoding="ascii") as f:
            f.write("hello")
            f.flush()
            os.fsync(f.fileno())
        with self.assertRaises(FileExistsError):
            open(name, "x", encoding="ascii").close()
        with open(name, "r+b") as f:
            f.seek(1)
            f.write(b"E")
            f.truncate(4)
        self.assertEqual(self.content(name), b"hEll")
        with open(name, "ab") as one, open(name, "ab") as two:
            for f in one, two, one:
                f.write(b"+")
                f.flush()
        self.assertEqual(self.content(name), b"hEll+++")
        with open(name, "w+b") as f:
            f.write(b"new")
            f.seek(0)
            self.assertEqual(f.read(), b"new")
            f.seek(10000)
            f.write(b"!")
        self.assertEqual(self.content(name), b"new" + bytes(9997) + b"!")

    def test_open_and_gone(self):
        self.mount("-w")
        name, other = self.on("f"), self.on("g")
        self.data(name, b"first")
        with open(name, "r+b") as f:
            os.unlink(name)
            self.assertEqual(f.read(), b"first")
            f.write(b"!")
            f.flush()
            self.assertEqual(os.fstat(f.fileno()).st_size, 6)
            self.assertFalse(os.path.exists(name))
        self.data(name, b"second")
        self.data(other, b"third")
        with open(name, "rb") as f:
            os.replace(other, name)
            self.assertEqual(f.read(), b"second")
        self.assertEqual(self.content(name), b"third")
        with self.assertRaises(OSError):
            os.rmdir(self.on("sub", ".."))
        os.mkdir(self.on("d"))
        self.data(self.on("d", "x"), b"")
        with self.assertRaises(OSError):
            os.rmdir(self.on("d"))

    def test_others_change_it(self):
        """Who looks sees it a second later."""
        self.mount()
        self.assertEqual(self.content(self.on("dev", "motd")), b"hello")
        self.data(self.path("one"), b"one")
        self.data(self.path("two"), b"and two")
        self.done("cp", "one", "fs:/sub/f")
        self.assertEqual(self.content(self.on("sub/f")), b"one")
        self.done("cp", "two", "fs:/sub/f")
        wait_for(lambda: self.content(self.on("sub/f")) == b"and two",
                 "the change is seen", 3)

    def test_many_files(self):
        self.mount("-w")
        names = [f"file-{i}" for i in range(5000)]
        os.mkdir(self.on("many"))
        for name in names:
            self.data(self.on("many", name), name.encode())
        self.assertEqual(sorted(os.listdir(self.on("many"))), sorted(names))
        self.assertEqual(len(self.run_tool(
            "find", "mnt/many", "-size", "+0", "-type", "f").splitlines()),
            5000)
        self.assertEqual(self.content(self.on("many/file-4999")),
                         b"file-4999")
        self.run_tool("rm", "-r", "mnt/many")

    def test_deep(self):
        self.mount("-w")
        deep = "/".join(["d"] * 200)
        os.makedirs(self.on(deep))
        self.data(self.on(deep, "f"), b"deep")
        self.assertEqual(self.run_tool("find", "mnt", "-name", "f",
                                       "-exec", "cat", "{}", ";"), "deep")
        os.rename(self.on("d"), self.on("e"))
        self.assertEqual(self.content(self.on("e" + deep[1:], "f")), b"deep")
        self.run_tool("rm", "-r", "mnt/e")

    def test_big_file(self):
        self.mount("-w")
        big = os.urandom(1 << 20) * 50
        self.data(self.path("big"), big)
        self.run_tool("cp", "big", "mnt/big")
        self.assertEqual(os.path.getsize(self.on("big")), len(big))
        digest = self.run_tool("sha256sum", "mnt/big").split()[0]
        self.assertEqual(digest, hashlib.sha256(big).hexdigest())
        self.run_tool("cp", "mnt/big", "back")
        self.assertTrue(filecmp.cmp(self.path("big"), self.path("back"),
                                    False))
        self.run_tool("cp", "big", "mnt/more")
        self.run_tool("cp", "big", "mnt/too-much", code=1)  # of 120M
        os.unlink(self.on("too-much"))

    def test_git(self):
        if not shutil.which("git"):
            self.skipTest("no git here")
        self.mount("-w")
        self.tree()
        os.unlink(self.path("tree/fifo"))
        self.run_tool("cp", "-r", "tree", "mnt/repo")
        git = ["git", "-C", "mnt/repo", "-c", "user.name=a",
               "-c", "user.email=a@b"]
        for args in (["init", "-q"], ["add", "."], ["commit", "-qm", "one"],
                     ["fsck"], ["gc", "-q"]):
            self.run_tool(*git, *args, env={**os.environ,
                                            "HOME": self.folder})
        self.assertEqual(self.run_tool(*git, "status", "--short"), "")

    def test_read_only(self):
        self.mount()
        with self.assertRaisesRegex(OSError, "Read-only"):
            self.data(self.on("x"), b"")
        with self.assertRaisesRegex(OSError, "Read-only"):
            os.unlink(self.on("dev", "motd"))
        with open("/proc/mounts", encoding="utf-8") as f:
            line = next(x.split() for x in f if self.at in x)
        self.assertEqual(line[2], "fuse.fief")
        self.assertLessEqual({"ro", "nosuid", "nodev"},
                             set(line[3].split(",")))
        self.assertNotIn("allow_other", line[3])

    def test_links_stay_within(self):
        """The host follows them; they are the component's."""
        self.mount("-w", what="fs:/sub")
        os.makedirs(self.on("a/b"))
        self.data(self.on("f"), b"inside")
        links = {"abs": "/f", "a/up": "../../../../../../f",
                 "a/b/root": "/", "a/b/here": ".", "a/b/dots": "./x/../..",
                 "a/b/trap": "root/../../../../../../../etc/passwd"}
        for name, target in links.items():
            os.symlink(target, self.on(name))
        shown = {n: os.readlink(self.on(n)) for n in links}
        self.assertEqual(shown, {
            "abs": "f", "a/up": "../f", "a/b/root": "../..", "a/b/here": ".",
            "a/b/dots": "..", "a/b/trap": "../../etc/passwd"})
        self.assertEqual(self.content(self.on("abs")), b"inside")
        self.assertEqual(self.content(self.on("a/up")), b"inside")
        self.assertEqual(self.content(self.on("a/b/root/f")), b"inside")
        with self.assertRaises(FileNotFoundError):
            self.content(self.on("a/b/trap"))
        self.assertEqual(self.done("ls", "-ld", "fs:/sub/abs").split()[-1],
                         "/f")  # it is what it was

    def test_devices(self):
        """What is a stream there is a file here, and never one of the host's
        devices."""
        self.mount("-w")
        with open(self.on("dev/zero"), "rb") as f:
            self.assertEqual(f.read(100000), bytes(100000))
        self.assertEqual(self.content(self.on("dev/null")), b"")
        self.data(self.on("dev/log"), b"from the host\n")
        wait_for(lambda: b"fs] from the host" in self.log(), "it was logged")
        self.assertTrue(os.path.isfile(self.on("dev/null")))

    def test_locks(self):
        """Of fcntl; who waits can be interrupted."""
        self.mount("-w")
        self.data(self.on("f"), b"")

        def locker(how):
            p = subprocess.Popen(
                [sys.executable, "-c", LOCK, self.on("f"), how],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                stderr=subprocess.PIPE)
            self.addCleanup(p.communicate, timeout=DEADLINE)
            self.addCleanup(p.kill)
            return p

        first = locker("now")
        self.assertEqual(first.stdout.readline(), b"locked\n")
        second = locker("now")
        self.assertNotEqual(second.wait(DEADLINE), 0)
        waits, leaves = locker("wait"), locker("wait")
        time.sleep(0.5)
        leaves.send_signal(signal.SIGINT)
        self.assertNotEqual(leaves.wait(DEADLINE), 0)
        self.assertIsNone(waits.poll())
        first.kill()
        self.assertEqual(waits.stdout.readline(), b"locked\n")

    def test_as_another_one(self):
        self.mount("-w", "--as", "app")
        self.data(self.on("mine"), b"x")
        self.assertEqual(self.done("ls", "fs:/sub"), "mine\n")


class MountEnds(MountCase):
    """No end leaves anybody waiting."""

    def cat(self):
        """Somebody who waits at a fifo of the component."""
        os.mkfifo(self.path("fifo"))
        self.done("cp", "-r", "fifo", "fs:/sub")
        p = subprocess.Popen(["cat", self.on("sub/fifo")],
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(p.communicate, timeout=DEADLINE)
        self.addCleanup(p.kill)
        time.sleep(0.3)
        self.assertIsNone(p.poll())
        return p

    def test_fifos(self):
        self.mount("-w", "--pipes")
        cat = self.cat()
        self.assertEqual(sorted(os.listdir(self.at)), ["dev", "sub"])
        with open(self.on("sub/fifo"), "wb") as f:  # a file, as it is here
            f.write(b"through the component\n")
        self.assertEqual(cat.communicate(timeout=DEADLINE)[0],
                         b"through the component\n")
        there = Started(self, ["cat", "fs:/sub/fifo"])
        with open(self.on("sub/fifo"), "wb") as f:
            f.write(b"to another one")
        self.assertEqual(there.wait()[:2], (0, "to another one"))
        self.run_tool("mkfifo", "mnt/other", code=1)

    def test_interrupted(self):
        m = self.mount("-w", "--pipes")
        for number in signal.SIGINT, signal.SIGKILL:
            cat = self.cat()
            cat.send_signal(number)
            self.assertEqual(cat.wait(DEADLINE), -number)
            os.unlink(self.path("fifo"))
            os.unlink(self.on("sub/fifo"))
        self.cat().kill()
        self.data(self.on("x"), b"it goes on")
        reader = subprocess.Popen([sys.executable, "-c", READ,
                                   self.on("sub/fifo")],
                                  stdout=subprocess.PIPE)
        self.addCleanup(reader.communicate, timeout=DEADLINE)
        self.addCleanup(reader.kill)
        self.assertEqual(reader.stdout.readline(), b"open\n")
        self.assertEqual(self.content(self.on("x")), b"it goes on")
        m.child.send_signal(signal.SIGINT)
        self.assertEqual(reader.wait(DEADLINE), 3)
        self.ended(m, 130, "mounted at .*; Ctrl-C ends it")

    def test_many_wait(self):
        """They keep nobody from being served, and are not too many."""
        self.done("apply", self.next(FS + PIPE))
        self.mount("--pipes", what="pipe")
        cats = []
        for _ in range(40):
            cats.append(subprocess.Popen(
                ["cat", self.on("p")], stdout=subprocess.PIPE,
                stderr=subprocess.PIPE))
            self.addCleanup(cats[-1].communicate, timeout=DEADLINE)
            self.addCleanup(cats[-1].kill)
        wait_for(lambda: sum(c.poll() is not None for c in cats) == 8,
                 "those beyond 32 are told")
        for cat in cats:
            if cat.poll() is not None:
                self.assertIn(b"temporarily unavailable",
                              cat.stderr.read())
        self.assertEqual(self.content(self.on("x")), b"y")
        for cat in cats:
            cat.kill()
            cat.wait(DEADLINE)
        self.assertEqual(self.content(self.on("zero"), 5), bytes(5))

    def test_a_reader_waits(self):
        """It does not keep the mount, however that ends."""
        m = self.mount("--pipes")
        cat = self.cat()
        m.child.terminate()
        self.assertNotEqual(cat.wait(DEADLINE), 0)
        self.ended(m, 143, "mounted")

    def test_the_system_ends(self):
        m = self.mount("--pipes")
        cat = self.cat()
        f = os.open(self.on("dev/zero"), os.O_RDONLY)
        self.done("stop", "system")
        self.assertNotEqual(cat.wait(DEADLINE), 0)
        self.ended(m, 125, 'cannot look into "fs": it ended')
        for use in (lambda: os.read(f, 1)), (lambda: os.close(f)):
            with self.assertRaisesRegex(OSError, "not connected"):
                use()

    def test_the_component_ends(self):
        m = self.mount()
        self.done("apply", self.next(child("a", config='do="idle"')))
        self.ended(m, 125, 'cannot look into "fs"')

    def test_the_server_is_stuck(self):
        """Whoever waits for it can end."""
        m = self.mount()
        pid = self.components()["fs"][1]
        os.kill(pid, signal.SIGSTOP)
        self.addCleanup(lambda: alive(pid) and os.kill(pid, signal.SIGCONT))
        ls = subprocess.Popen(["ls", "-lR", self.at],
                              stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL)
        self.addCleanup(ls.wait, DEADLINE)
        self.addCleanup(ls.kill)
        time.sleep(0.3)
        m.child.send_signal(signal.SIGINT)
        self.ended(m, 130, "mounted")
        ls.wait(DEADLINE)
        os.kill(pid, signal.SIGCONT)

    def test_killed(self):
        m = self.mount()
        m.child.kill()
        m.child.wait(DEADLINE)
        with self.assertRaisesRegex(OSError, "not connected"):
            os.listdir(self.at)
        self.refused(126, "is a mount whose program is gone; "
                     "`fusermount3 -u mnt` removes it",
                     "mount", "fs", "mnt")
        if shutil.which("fusermount3"):
            self.run_tool("fusermount3", "-u", self.at)
            self.gone()
        wait_for(lambda: not any("view" in c for c in self.components()),
                 "nobody looks any more")

    def test_unmounted(self):
        m = self.mount()
        self.run_tool(*(["fusermount3", "-u"] if os.geteuid()
                        else ["umount"]), self.at)
        self.ended(m, 0, "mounted")

    def test_two(self):
        """One is not hurt by the end of another."""
        self.mount()
        other = self.path("other")
        os.mkdir(other)
        two = Started(self, ["mount", "fs:/dev", other])
        wait_for(lambda: os.path.ismount(other), "it is mounted")
        self.refused(126, "is a mount already", "mount", "fs", other)
        two.child.terminate()
        self.assertEqual(two.wait()[0], 143)
        self.assertEqual(sorted(os.listdir(self.at)), ["dev", "sub"])

    def test_no_fuse(self):
        """As where the host does not let us: with a /dev/fuse that is none."""
        if os.geteuid():
            self.skipTest("not root")
        self.mount().child.terminate()  # or nobody can, and this is skipped
        self.gone()
        done = subprocess.run(
            ["unshare", "-m", "sh", "-c", "mount --bind /dev/null /dev/fuse "
             "&& exec $0 mount fs mnt", FIEF[0]], env=self.env, check=False,
            cwd=self.folder, timeout=DEADLINE, stderr=subprocess.PIPE)
        SEEN.append(done.stderr)
        self.assertEqual(done.returncode, 125)
        self.assertRegex(done.stderr, b"cannot mount at .*/mnt: it takes "
                         b"/dev/fuse")

    def test_a_user(self):
        """Without privileges, by fusermount3; with a /dev/fuse as hosts with
        udev have it, in a mount namespace of its own."""
        if os.geteuid() or not shutil.which("fusermount3"):
            self.skipTest("not root with fusermount3")
        os.mkdir(self.path("run"))
        os.chmod(self.folder, 0o755)
        for name in "run", "mnt":
            os.chown(self.path(name), 65534, 65534)
        script = (
            "mknod fuse c 10 229 && chmod 666 fuse && "
            "mount --bind fuse /dev/fuse && "
            "exec setpriv --reuid 65534 --regid 65534 --clear-groups sh -c '"
            '"$0" run --name mine system.xml >run/log 2>&1 & '
            "for i in $(seq 100); do sleep .1; "
            '"$0" ls fs >run/ls 2>&1 && break; done; '
            '"$0" mount fs mnt 2>run/mount & pid=$!; '
            "for i in $(seq 100); do sleep .1; "
            "[ -e mnt/dev/motd ] && break; done; "
            "cat mnt/dev/motd; stat -c %u mnt/dev/motd; kill $pid; wait $pid;"
            '"$0" stop mine; ls mnt; cat run/mount\'')
        done = subprocess.run(
            ["unshare", "-m", "sh", "-c", script + " " + FIEF[0]],
            cwd=self.folder, check=False, timeout=60,
            env={**self.env, "XDG_RUNTIME_DIR": self.path("run")},
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if b"unshare" in done.stderr or b"fuse" in done.stderr:
            self.skipTest("no namespace to be had: " + done.stderr.decode())
        self.assertRegex(done.stdout.decode(),
                         "^hello65534\n(.*\n)*fief: mounted at .*\n$",
                         done.stderr)


class MountMistakes(LiveCase):
    def setUp(self):
        super().setUp()
        self.system(FS + child("a", config='do="idle"'))
        self.there("fs")
        os.mkdir(os.path.join(self.folder, "mnt"))

    def test_table(self):
        self.assertEqual(
            [x.split() for x in self.done("mount", "fs").splitlines()],
            [["/dev/null", "null"], ["/dev/zero", "zero"],
             ["/dev/log", "log"], ["/dev/motd", "inline", 'name="motd"'],
             ["/sub", "ram"], ["/", "ram"]])
        table = json.loads(self.done("mount", "--json", "init -> fs"))
        self.assertEqual(table[3], {"path": "/dev/motd", "type": "inline",
                                    "attributes": {"name": "motd"}})
        self.done("apply", self.next(FS.replace("<null/>", '<null name="n"/>')
                                     + child("a", config='do="idle"')))
        self.assertIn("/dev/n ", self.done("mount", "fs"))
        self.refused(127, '"a" has no <vfs> in its <config>', "mount", "a")
        self.refused(127, 'did you mean "init -> fs"', "mount", "sf")

    def test_usage(self):
        self.refused(2, "no COMPONENT given", "mount")
        self.refused(2, 'unexpected argument "c"; expected is COMPONENT',
                     "mount", "a", "b", "c")
        self.refused(2, "no DIR given, at which", "mount", "-w", "fs")
        self.refused(2, "--json is for what is mounted", "mount", "--json",
                     "fs", "mnt")

    def test_directories(self):
        self.file("file", "")
        self.refused(126, "cannot mount at none: No such file", "mount", "fs",
                     "none")
        self.refused(126, "cannot mount at file: Not a directory", "mount",
                     "fs", "file")
        self.refused(126, "is not empty; what is in it would be hidden",
                     "mount", "fs", self.folder)
        self.refused(126, "/proc is a mount already", "mount", "fs", "/proc")

    def test_components(self):
        if obstacle():
            self.skipTest(obstacle())
        self.refused(127, 'no component "sf"; did you mean "init -> fs"',
                     "mount", "sf", "mnt")
        self.refused(1, "fs:/dev/motd: Not a directory", "mount",
                     "fs:/dev/motd", "mnt")
        self.refused(1, "fs:/none: No such file", "mount", "fs:/none", "mnt")
        self.refused(127, 'no system named "systm"', "mount", "--name",
                     "systm", "fs", "mnt")
        self.refused(2, "fief-mount is for `fief mount`", program=os.path.join(
            os.path.dirname(FIEF[0]), "mount/fief-mount"))

    def test_no_program(self):
        """Built where there is no libfuse3."""
        os.mkdir(os.path.join(self.folder, "parts"))
        for name in "core", "kif":
            os.symlink("/bin/true", os.path.join(self.folder, "parts", name))
        self.refused(125, r"cannot start .*parts/fief-mount: No such file.*; "
                     "it is built where libfuse3 is", "mount", "fs", "mnt",
                     env={"FIEF_LIBEXEC": os.path.join(self.folder, "parts")})
