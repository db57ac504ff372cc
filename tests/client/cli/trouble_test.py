"""The programs where the network, the disk or whoever calls them does not do as hoped: they end, and say why."""

import signal
import socket
import subprocess
import unittest

from mqtest import DEADLINE_S
from mqtest.case import BrokerCase
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


if __name__ == "__main__":
    unittest.main(verbosity=2)
