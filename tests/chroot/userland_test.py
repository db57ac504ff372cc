"""mqbroker and mqinstall in the userland of another Debian, as an unprivileged user.

usage: userland_test.py bullseye|trixie    (root only; the userland is made once, in build/chroot/)

nsswitch.conf names modules that a static program must not load, the user is in no password file,
and no system call that came after Linux 3.10 is there.
"""

import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

from mqtest.broker import RUNNING
from mqtest.clients import Client
from mqtest.ports import free_port
from mqtest.process import Process, run
from mqtest.programs import SOURCE, debian, installer, program

SUITE = "bullseye"
MIRROR = "http://deb.debian.org/debian"
NSSWITCH = "passwd: files sss\ngroup: files sss\nhosts: files dns myhostname\n"
UID = 54321


def userland():
    """The folder of the suite's userland, made by debootstrap when it is not there yet."""
    folder = SOURCE / "build/chroot" / SUITE
    if not (folder / ".complete").exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.parent.mkdir(parents=True, exist_ok=True)
        done = run([debian("debootstrap"), "--variant=minbase",
                    "--include=libnss-systemd,libnss-myhostname,libnss-sss,ca-certificates",
                    SUITE, folder, MIRROR], deadline_s=600)
        if done.returncode != 0:
            raise RuntimeError(f"debootstrap {SUITE}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
        (folder / ".complete").touch()
    (folder / "etc/nsswitch.conf").write_text(NSSWITCH)
    # debootstrap leaves no devices behind where it may not make them.
    for name, minor in (("null", 3), ("urandom", 9), ("random", 8)):
        device = folder / "dev" / name
        if not device.exists():
            os.mknod(device, 0o666 | 0o020000, os.makedev(1, minor))
            device.chmod(0o666)
    return folder


class Userland(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.root = userland()
        cls.home = pathlib.Path(tempfile.mkdtemp(prefix="home-", dir=cls.root / "tmp"))
        cls.addClassCleanup(shutil.rmtree, cls.home, True)
        os.chown(cls.home, UID, UID)
        cls.home_inside = "/" + str(cls.home.relative_to(cls.root))
        subprocess.run(["gcc", "-static", "-O1", "-o", str(cls.home / "old_kernel"),
                        str(SOURCE / "tests/chroot/old_kernel.c")], check=True)
        for path, name in ((program("mqbroker"), "mqbroker"), (program("mqpasswd"), "mqpasswd"),
                           (installer(), "mqinstall")):
            shutil.copy(path, cls.home / name)
            (cls.home / name).chmod(0o755)

    def inside(self, *arguments):
        """A command line that runs in the userland, as the user, on the old kernel."""
        return [debian("chroot"), f"--userspec={UID}:{UID}", self.root, f"{self.home_inside}/old_kernel",
                *arguments]

    def path(self, name):
        return f"{self.home_inside}/{name}"

    def environment(self):
        return {"HOME": self.home_inside, "PATH": "/usr/bin:/bin", "USER": "nobody-knows"}

    def run_inside(self, *arguments, text_input=""):
        return run(self.inside(*arguments), env=self.environment(), text_input=text_input)

    def succeeds(self, result):
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        return result.stdout

    def test_old_kernel_is_as_old_as_it_says(self):
        self.assertRegex(self.succeeds(self.run_inside("/bin/uname", "-r")), r"^2\.6\.")

    def assert_serves(self, broker, port, ws_port, user, password):
        broker.wait_for_line(RUNNING)
        for version in ("3.1", "3.1.1", "5.0"):
            client = Client(port, version, user, password)
            with client.subscribe("t", "-q", 1, count=1) as subscriber:
                client.publish_well("t", "hello", "-q", 1)
                self.assertEqual(subscriber.finish()[0][1], "hello")
        self.assertEqual(Client(port, "5.0", user, "wrong").publish("t", "m").returncode, 135)
        page = run(["/usr/bin/python3", "-c",
                    "import sys, urllib.request as r; print(r.urlopen(sys.argv[1]).status)",
                    f"http://127.0.0.1:{ws_port}/healthz"])
        self.assertEqual(page.stdout.strip(), "200", page.stderr)
        broker.signal(signal.SIGTERM)
        self.assertEqual(broker.wait(), 0, broker.output)

    def test_broker_listens_on_localhost_by_name_and_serves(self):
        port, ws_port = free_port(), free_port()
        self.succeeds(self.run_inside(self.path("mqpasswd"), "-c", "-b", self.path("pwfile"),
                                      "anna", "secret"))
        (self.home / "broker.conf").write_text(
            f"listener {port} localhost\nlistener {ws_port}\nprotocol websockets\n"
            f"password_file {self.path('pwfile')}\nlog_dest stdout\npersistence true\n"
            f"persistence_location {self.home_inside}/\nautosave_interval 1\n")
        with Process(self.inside(self.path("mqbroker"), "-c", self.path("broker.conf")),
                     env=self.environment()) as broker:
            self.assert_serves(broker, port, ws_port, "anna", "secret")

    def test_installer_installs_and_the_installed_broker_serves(self):
        port, ws_port = free_port(), free_port()
        self.succeeds(self.run_inside(
            self.path("mqinstall"), "install", "--yes", "--host-driver", "none", "--port", str(port),
            "--ws-port", str(ws_port), "--user", "anna", "--password-stdin", text_input="secret\n"))
        installed = self.home_inside + "/mqhome"
        self.assertIn("anna", self.succeeds(self.run_inside(
            f"{installed}/current/bin/mqinstall", "user", "list")))
        with Process(self.inside(f"{installed}/current/bin/mqbroker", "-c",
                                 f"{installed}/etc/mosquitto.conf"),
                     env=self.environment()) as broker:
            self.assert_serves(broker, port, ws_port, "anna", "secret")
        self.succeeds(self.run_inside(self.path("mqinstall"), "backup"))
        self.succeeds(self.run_inside(self.path("mqinstall"), "uninstall", "--purge", "--yes"))
        self.assertFalse((self.home / "mqhome").exists())

    def test_installer_unpacks(self):
        self.succeeds(self.run_inside(self.path("mqinstall"), "unpack", self.path("unpacked")))
        self.assertTrue((self.home / "unpacked/bin/mqbroker").exists())


if __name__ == "__main__":
    SUITE = sys.argv[1]
    if os.getuid() != 0:
        print("skipped: only root can enter another userland")
        sys.exit(77)
    unittest.main(argv=sys.argv[:1], verbosity=2)
