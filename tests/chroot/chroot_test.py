"""The release programs in another userland, without an account entry, on an old kernel.

usage: chroot_test.py SUITE OLD_HOST [unittest arguments]
"""

import errno
import os
import pathlib
import shutil
import sys
import tempfile
import unittest
import urllib.request

from mqtest import DEADLINE_S
from mqtest.broker import PASSWORD, RUNNING, USER
from mqtest.clients import Client
from mqtest.ports import free_port
from mqtest.process import Process, run
from mqtest.programs import installer, program
from mqtest.wire import CONNACK_OK, Wire, connect
from userland import userland

SUITE, OLD_HOST = sys.argv[1:3]
UID = 54321  # nobody's
NOT_AUTHORIZED = b"\x20\x02\x00\x05"


class Host(unittest.TestCase):
    """A home directory in the userland, as seen from outside (`home`) and inside (`inside`)."""

    @classmethod
    def setUpClass(cls):
        cls.root = userland(SUITE)

    def setUp(self):
        (self.root / "home").mkdir(exist_ok=True)
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="mqhome-", dir=self.root / "home"))
        self.addCleanup(shutil.rmtree, self.home, ignore_errors=True)
        self.inside = pathlib.Path("/") / self.home.relative_to(self.root)
        shutil.chown(self.home, UID, UID)
        self.environment = {"HOME": str(self.inside), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}

    def bring(self, path):
        """Copies a program into the home; returns its name inside."""
        copied = self.home / pathlib.Path(path).name
        shutil.copy(path, copied)
        copied.chmod(0o755)
        return self.inside / copied.name

    def write(self, name, *lines):
        path = self.home / name
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        shutil.chown(path, UID, UID)
        return self.inside / name

    def command(self, *arguments):
        return [OLD_HOST, self.root, UID, *arguments]

    def run_inside(self, *arguments, text_input=None, environment=None):
        return run(self.command(*arguments), text_input=text_input,
                   env=self.environment if environment is None else environment)

    def succeeds(self, result):
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        return result.stdout

    def fails_properly(self, result):
        """An exit code and a text of ours: no signal, no assertion of a libc."""
        text = result.stdout + result.stderr
        self.assertGreater(result.returncode, 0, text)
        self.assertLess(result.returncode, 125, text)
        self.assertNotIn("Assertion", text)
        return text

    def start(self, *arguments):
        process = Process(self.command(*arguments), env=self.environment)
        self.addCleanup(process.kill)
        process.wait_for_line(RUNNING)
        return process

    def answer(self, port, user, password):
        with Wire(port) as wire:
            wire.send(connect("chroot", user, password))
            return wire.receive(4)

    def serves(self, port, ws_port=None):
        """Passes messages of every protocol version, refuses a wrong password, answers HTTP."""
        for version in ("3.1", "3.1.1", "5.0"):
            client = Client(port, version, USER, PASSWORD)
            with client.subscribe("t", "-q", 1, count=1) as subscriber:
                client.publish_well("t", "hello", "-q", 1)
                self.assertEqual(subscriber.finish()[0][1], "hello")
        self.assertEqual(self.answer(port, USER, "wrong"), NOT_AUTHORIZED)
        if ws_port is not None:
            address = f"http://127.0.0.1:{ws_port}/healthz"
            with urllib.request.urlopen(address, timeout=DEADLINE_S) as page:
                self.assertEqual(page.status, 200)

    def stops(self, broker):
        self.assertEqual(broker.stop(), 0, broker.output)


class OldHost(Host):
    def test_the_host_is_old(self):
        script = """
import os
try:
    os.getrandom(1)
    error = 0
except OSError as refused:
    error = refused.errno
print(os.uname().release.split(".")[0], error, os.getuid())
"""
        said = self.succeeds(self.run_inside("/usr/bin/python3", "-c", script))
        self.assertEqual(said.split(), ["2", str(errno.ENOSYS), str(UID)])


class Passwords(Host):
    def test_users_are_added_and_deleted(self):
        tool = self.bring(program("mqpasswd"))
        file = self.inside / "pwfile"
        self.succeeds(self.run_inside(tool, "-c", "-b", file, USER, PASSWORD))
        self.succeeds(self.run_inside(tool, "-b", file, "berta", PASSWORD))
        self.succeeds(self.run_inside(tool, "-D", file, USER))
        users = [line.split(":")[0] for line in (self.home / "pwfile").read_text().splitlines()]
        self.assertEqual(users, ["berta"])


class Broker(Host):
    def configure(self, *lines):
        return self.write("mosquitto.conf", "log_dest stderr", "log_type all", *lines)

    def password_file(self):
        tool = self.bring(program("mqpasswd"))
        self.succeeds(self.run_inside(tool, "-c", "-b", self.inside / "pwfile", USER, PASSWORD))
        return self.inside / "pwfile"

    def test_login_by_password_on_localhost(self):
        port, ws_port = free_port(), free_port()
        configuration = self.configure(
            f"listener {port} localhost", f"listener {ws_port}", "protocol websockets",
            "allow_anonymous false", f"password_file {self.password_file()}")
        broker = self.start(self.bring(program("mqbroker")), "-c", configuration)
        self.serves(port, ws_port)
        self.stops(broker)

    def test_localhost_without_a_line_in_hosts(self):
        port = free_port()
        configuration = self.configure(f"listener {port} localhost", "allow_anonymous true")
        hosts = self.root / "etc/hosts"
        before = hosts.read_bytes() if hosts.exists() else None
        hosts.write_text("192.0.2.1 elsewhere\n", encoding="utf-8")
        try:
            broker = self.start(self.bring(program("mqbroker")), "-c", configuration)
            self.assertEqual(self.answer(port, None, None), CONNACK_OK)
            self.stops(broker)
        finally:
            hosts.unlink() if before is None else hosts.write_bytes(before)

    def test_a_name_that_does_not_resolve_is_an_error_with_a_text(self):
        configuration = self.configure(f"listener {free_port()} no-such-host.invalid",
                                       "allow_anonymous true")
        text = self.fails_properly(
            self.run_inside(self.bring(program("mqbroker")), "-c", configuration))
        self.assertIn("no-such-host.invalid", text)

    def test_an_unknown_user_is_no_crash(self):
        port = free_port()
        configuration = self.configure(f"listener {port} 127.0.0.1", "allow_anonymous true",
                                       "user nobody-knows-me")
        broker = self.start(self.bring(program("mqbroker")), "-c", configuration)
        self.stops(broker)

    def test_what_is_stored_survives(self):
        port = free_port()
        configuration = self.configure(
            f"listener {port} 127.0.0.1", "allow_anonymous true", "persistence true",
            f"persistence_location {self.inside}/", "persistence_file mqhome.db")
        mqbroker = self.bring(program("mqbroker"))
        topic, payload = b"\x00\x01t", b"kept"
        broker = self.start(mqbroker, "-c", configuration)
        with Wire(port) as wire:
            wire.send(connect("publisher"))
            self.assertEqual(wire.receive(4), CONNACK_OK)
            # PUBLISH with QoS 1 and RETAIN; PUBACK
            wire.send(b"\x33" + bytes([len(topic) + 2 + len(payload)]) + topic + b"\x00\x07" + payload)
            self.assertEqual(wire.receive(4), b"\x40\x02\x00\x07")
        self.stops(broker)
        broker = self.start(mqbroker, "-c", configuration)
        with Wire(port) as wire:
            wire.send(connect("subscriber"))
            self.assertEqual(wire.receive(4), CONNACK_OK)
            wire.send(b"\x82\x06\x00\x01" + topic + b"\x00")
            expected = b"\x90\x03\x00\x01\x00", b"\x31\x07" + topic + payload
            self.assertEqual(wire.receive(sum(map(len, expected))), b"".join(expected))
        self.stops(broker)


class Installer(Host):
    def setUp(self):
        super().setUp()
        self.mqinstall = self.bring(installer())

    def test_version(self):
        self.assertRegex(self.succeeds(self.run_inside(self.mqinstall, "version")), r"\d+\.\d+\.\d+")

    def test_version_without_a_home(self):
        result = self.run_inside(self.mqinstall, "version", environment={"PATH": "/usr/bin:/bin"})
        self.assertIn(result.returncode, range(0, 125), result.stdout + result.stderr)

    def test_unpack(self):
        self.succeeds(self.run_inside(self.mqinstall, "unpack", self.inside / "unpacked"))
        found = {path.name for path in (self.home / "unpacked").rglob("*")}
        self.assertTrue({"mqbroker", "mqpasswd"} <= found, found)

    def test_install_serve_and_uninstall(self):
        port, ws_port = free_port(), free_port()
        self.succeeds(self.run_inside(
            self.mqinstall, "install", "--host-driver", "none", "--yes", "--user", USER,
            "--password-stdin", "--port", port, "--ws-port", ws_port, text_input=PASSWORD + "\n"))
        installed = self.inside / "mqhome/current/bin"
        self.assertIn(USER, self.succeeds(self.run_inside(installed / "mqinstall", "user", "list")))
        broker = self.start(installed / "mqbroker", "-c", self.inside / "mqhome/etc/mosquitto.conf")
        self.serves(port, ws_port)
        self.stops(broker)
        self.succeeds(self.run_inside(self.mqinstall, "backup"))
        self.succeeds(self.run_inside(self.mqinstall, "uninstall", "--purge", "--yes"))
        self.assertFalse((self.home / "mqhome").exists())


if __name__ == "__main__":
    if os.getuid() != 0:
        print("skipped: only root can enter another userland")
        sys.exit(77)
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]], verbosity=2)
