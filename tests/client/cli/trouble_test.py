"""The programs where the network, the disk or whoever calls them does not do as hoped: they end, and say why."""

import pathlib
import signal
import socket
import subprocess
import tempfile
import unittest

from mqtest import DEADLINE_S
from mqtest.case import BrokerCase
from mqtest.certificates import Authority
from mqtest.ports import free_port
from mqtest.process import Process, run
from mqtest.programs import program

WORK = {"mqpub": ["-t", "a", "-m", "b"], "mqsub": ["-t", "a"],
        "mqrr": ["-t", "a", "-e", "b", "-m", "c"]}
FULL = "/dev/full"


class SilentServer:
    """Takes connections, sends `greeting` and says no more; `connected` waits for the next one."""

    def __init__(self, greeting=b""):
        self.greeting = greeting
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.settimeout(DEADLINE_S)
        self.port = self.listener.getsockname()[1]
        self.clients = []

    def connected(self):
        client, _ = self.listener.accept()
        client.settimeout(DEADLINE_S)
        self.clients.append(client)
        client.recv(1)  # the first byte of a handshake
        client.sendall(self.greeting)

    def close(self):
        for each in (self.listener, *self.clients):
            each.close()


class Handshakes(unittest.TestCase):
    """A server that takes the connection and leaves the handshake of the layer above unanswered."""

    def setUp(self):
        self.server = SilentServer()
        self.addCleanup(self.server.close)
        self.layers = (["--ws"], ["--tls-use-os-certs"], [])

    def test_a_signal_ends_it(self):
        for name in ("mqsub", "mqrr"):
            for layer in self.layers:
                for number in (signal.SIGTERM, signal.SIGINT):
                    with self.subTest(program=name, layer=layer, signal=number), \
                            Process([program(name), "-p", self.server.port, *WORK[name], *layer]) as running:
                        self.server.connected()
                        running.signal(number)
                        self.assertIn(running.wait(), (0, 255))

    def test_the_time_limit_ends_it(self):
        for name, code in (("mqsub", 255), ("mqrr", 27)):
            for layer in self.layers:
                done = run([program(name), "-p", self.server.port, *WORK[name], *layer, "-W", 1])
                self.assertEqual((done.returncode, done.stderr), (code, "Timed out\n"))

    def test_a_server_that_is_none_for_web_sockets(self):
        for greeting in (b"SSH-2.0-OpenSSH_9.2\r\n", b"\x20\x02\0\0", b"HTTQ"):
            self.server.greeting = greeting
            for name, words in WORK.items():
                with Process([program(name), "-p", self.server.port, *words, "--ws"]) as running:
                    self.server.connected()
                    running.wait_for_line("A network protocol error")
                    self.assertEqual(running.wait(), 2)


class Output(BrokerCase):
    """Standard output that takes nothing."""

    def test_a_full_disk_ends_mqsub(self):
        self.start()
        self.peer().publishes("kept", b"precious", retain=True)
        for more in ([], ["-W", 5], ["--remove-retained", "-q", 1], ["-C", 2]):
            with open(FULL, "wb") as full:
                done = subprocess.run([program("mqsub"), "-p", str(self.port), "-t", "kept", *map(str, more)],
                                      stdout=full, stderr=subprocess.PIPE, check=False, timeout=DEADLINE_S)
            self.assertEqual((done.returncode, done.stderr),
                             (1, b"mqsub: Cannot write to standard output: No space left on device\n"))
        left = run([program("mqsub"), "-p", self.port, "-t", "kept", "-C", 1, "--remove-retained"])
        self.assertEqual((left.returncode, left.stdout), (0, "precious\n"))


class Reasons(unittest.TestCase):
    """What is told of mistakes."""

    def told(self, code, *words, name="mqpub"):
        done = run([program(name), *words, *WORK[name]])
        self.assertEqual((done.returncode, done.stdout), (code, ""), done.stderr)
        return done.stderr

    def test_an_empty_host_is_not_this_machine(self):
        for name in WORK:
            for option in ("-h", "--host", "--unix"):
                self.assertIn(f"{name}: {option}: there is nothing in it", self.told(1, option, "", name=name))

    def test_files_that_cannot_be_read_are_named(self):
        with tempfile.NamedTemporaryFile() as there:
            for words in (["--cafile", "/nonexistent"], ["--capath", "/nonexistent"],
                          ["--cert", "/nonexistent", "--key", there.name, "--cafile", there.name],
                          ["--key", "/nonexistent", "--cert", there.name, "--cafile", there.name]):
                self.assertEqual(f"mqpub: {words[0]}: /nonexistent: No such file or directory\n",
                                 self.told(1, *words))

    def test_an_options_file_without_a_name(self):
        done = run([program("mqpub"), *WORK["mqpub"], "-o"])
        self.assertEqual(done.returncode, 1)
        self.assertIn("-o needs a value", done.stderr)

    def test_messages_in_flight(self):
        self.assertIn("'65536' is no whole number from 1 to 65535", self.told(1, "-M", "65536"))

    def test_the_proxy_is_named(self):
        port = free_port()
        self.assertIn(f"no connection to localhost:1883 by way of localhost:{port}: Connection refused",
                      self.told(1, "--proxy", f"socks5h://localhost:{port}"))

    def test_why_tls_has_failed(self):
        with tempfile.TemporaryDirectory() as folder:
            authority = Authority(pathlib.Path(folder))
            trust = ["--cafile", authority.certificate]
            self.assertIn('Check cipher list "nonsense"', self.told(1, *trust, "--ciphers", "nonsense"))
            server = SilentServer(b"no TLS\r\n")
            self.addCleanup(server.close)
            for quiet in ([], ["--quiet"]):
                with Process([program("mqpub"), "-p", server.port, *trust, *WORK["mqpub"], *quiet]) as running:
                    server.connected()
                    self.assertEqual(running.wait(), 8)
                    self.assertEqual("wrong version number" in running.output, not quiet, running.output)


if __name__ == "__main__":
    unittest.main(verbosity=2)
