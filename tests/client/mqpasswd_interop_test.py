"""Files that mqpasswd and Debian's mosquitto_passwd write in turn, read by both sides' brokers.

Usage: mqpasswd_interop_test.py MQPASSWD PASSWORD_CHECK
The other side comes with the package `mosquitto`.
"""
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import unittest

CHECK = sys.argv.pop(2)
MQPASSWD = sys.argv.pop(1)
THEIR_PASSWD = "/usr/bin/mosquitto_passwd"
THEIR_BROKER = "/usr/sbin/mosquitto"


def run(*arguments, typed=""):
    return subprocess.run([str(argument) for argument in arguments], input=typed, text=True,
                          capture_output=True, timeout=60, check=False)


class TheirBroker:
    """Debian's mosquitto on a free loopback port with a password file."""

    def __init__(self, home, password_file):
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]
        conf = pathlib.Path(home, "their.conf")
        conf.write_text(f"listener {self.port} 127.0.0.1\nallow_anonymous false\n"
                        f"password_file {password_file}\nuser root\n")
        self.process = subprocess.Popen([THEIR_BROKER, "-c", conf], text=True,
                                        stderr=subprocess.PIPE)
        for line in self.process.stderr:
            if "running" in line:
                return
        raise AssertionError("mosquitto did not start")

    def accepts(self, user, password):
        """Whether a CONNECT of MQTT 3.1.1 is answered with return code 0."""
        def field(text):
            return len(text).to_bytes(2, "big") + text
        body = (field(b"MQTT") + b"\x04\xc2\x00\x3c" + field(b"probe") + field(user.encode()) +
                field(password.encode()))
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as connection:
            connection.sendall(bytes([0x10, len(body)]) + body)
            answer = connection.recv(4)
        assert answer[:2] == b"\x20\x02", answer
        return answer[3] == 0

    def stop(self):
        self.process.terminate()
        self.process.stderr.close()
        self.process.wait(timeout=30)


@unittest.skipUnless(os.access(THEIR_PASSWD, os.X_OK) and os.access(THEIR_BROKER, os.X_OK),
                     "the package mosquitto is not installed")
class Interop(unittest.TestCase):
    def setUp(self):
        home = tempfile.TemporaryDirectory()
        self.addCleanup(home.cleanup)
        self.home = home.name
        self.file = pathlib.Path(home.name, "pwfile")

    def good(self, *arguments, typed=""):
        done = run(*arguments, typed=typed)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_we_read_what_they_write(self):
        self.good(THEIR_PASSWD, "-c", "-b", self.file, "bob", "secret")
        self.good(THEIR_PASSWD, "-H", "sha512", "-b", self.file, "old", "x y")
        self.good(THEIR_PASSWD, "-H", "sha512-pbkdf2", "-I", "7", "-b", self.file, "few", "z")
        for user, password in (("bob", "secret"), ("old", "x y"), ("few", "z")):
            self.assertEqual(run(CHECK, self.file, user, password).returncode, 0, user)
            self.assertEqual(run(CHECK, self.file, user, "wrong").returncode, 1, user)

    def test_they_read_what_we_write(self):
        self.good(MQPASSWD, "-c", "-b", self.file, "bob", "secret")
        self.good(MQPASSWD, "-H", "sha512", "-b", self.file, "old", "x y")
        self.good(MQPASSWD, "-I", "7", self.file, "few", typed="z\nz\n")
        broker = TheirBroker(self.home, self.file)
        try:
            for user, password in (("bob", "secret"), ("old", "x y"), ("few", "z")):
                self.assertTrue(broker.accepts(user, password), user)
                self.assertFalse(broker.accepts(user, "wrong"), user)
        finally:
            broker.stop()

    def test_both_edit_one_file(self):
        self.good(MQPASSWD, "-c", "-b", self.file, "ours", "1")
        self.good(THEIR_PASSWD, "-b", self.file, "theirs", "2")
        self.good(MQPASSWD, "-b", self.file, "theirs", "3")
        self.good(THEIR_PASSWD, "-b", self.file, "ours", "4")
        self.good(MQPASSWD, "-b", self.file, "gone", "5")
        self.good(THEIR_PASSWD, "-D", self.file, "gone")
        for user, password in (("ours", "4"), ("theirs", "3")):
            self.assertEqual(run(CHECK, self.file, user, password).returncode, 0, user)
        self.assertEqual(run(CHECK, self.file, "gone", "5").returncode, 2)


if __name__ == "__main__":
    unittest.main(verbosity=2)
