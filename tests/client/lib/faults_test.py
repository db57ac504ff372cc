"""Brokers that answer nonsense, halves or nothing: the client library says so and never hangs.

usage: faults_test.py ROUND_TRIP
"""

import contextlib
import os
import resource
import socket
import sys
import threading
import unittest

from mqtest.process import run
from mqtest.programs import test_program

ROUND_TRIP = ""

CONNACK = bytes([0x20, 2, 0, 0])
CONNACK_5 = bytes([0x20, 3, 0, 0, 0])
PROTOCOL = "loop: A network protocol error occurred when communicating with the broker\n"
MALFORMED = "loop: Malformed packet\n"
LOST = "loop: The connection was lost\n"
SILENT = "loop: Keepalive exceeded\n"


class Answers:
    """A broker for one connection: waits for CONNECT, sends these bytes, and perhaps hangs up."""

    def __init__(self, answer, hang_up=True):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.answer, self.hang_up, self.received = answer, hang_up, b""
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self):
        client, _ = self.listener.accept()
        with client, contextlib.suppress(OSError):
            self.received += client.recv(65536)
            for part in self.answer if isinstance(self.answer, list) else [self.answer]:
                client.sendall(part)
            if self.hang_up:
                client.shutdown(socket.SHUT_WR)
            while more := client.recv(65536):
                self.received += more


def length(number):
    """A variable byte integer."""
    encoded = b""
    while number >= 128:
        encoded, number = encoded + bytes([number % 128 | 128]), number // 128
    return encoded + bytes([number])


def at_most(megabytes):
    """Arguments for a program that may have so much memory, or ask for it at a time with ASan, which
    takes terabytes of addresses for itself."""
    with open(ROUND_TRIP, "rb") as program:
        if b"__asan_init" in program.read():
            options = f"{os.environ.get('ASAN_OPTIONS', '')}:max_allocation_size_mb={megabytes}"
            return {"env": os.environ | {"ASAN_OPTIONS": options.lstrip(":")}}
    limit = megabytes << 20
    return {"preexec_fn": lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit))}


def trip(broker, *arguments, megabytes=None):
    result = run([ROUND_TRIP, "127.0.0.1", broker.port, "keepalive=2", *arguments],
                 **(at_most(megabytes) if megabytes else {}))
    broker.listener.close()
    assert result.stderr == "", result.stderr
    return result.stdout.replace(".\n", "\n")


class Faults(unittest.TestCase):
    maxDiff = None

    def check(self, cases, version):
        for answer, expected in cases:
            for loop in ("once", "foreign"):
                with self.subTest(answer=answer, loop=loop, version=version):
                    self.assertEqual(trip(Answers(answer), f"loop={loop}", f"version={version}"),
                                     expected)

    def test_nonsense_instead_of_connack(self):
        self.check([
            (b"", LOST),
            (b"HTTP/1.1 400 Bad Request\r\n\r\n", PROTOCOL),
            (bytes(64), PROTOCOL),
            (b"\xff" * 64, MALFORMED),
            (bytes([0x20, 1, 0]), MALFORMED),
            (bytes([0x21, 2, 0, 0]), MALFORMED),
            (bytes([0x20, 2, 2, 0]), MALFORMED),
            (bytes([0x20, 2, 0, 9]), PROTOCOL),
            (bytes([0x30, 4, 0, 1, 97, 98]), PROTOCOL),
            (bytes([0xD0, 0]), PROTOCOL),
            (bytes([0x20, 0xFF, 0xFF, 0xFF, 0xFF, 1]), MALFORMED),
            (bytes([0x20, 2, 0]), LOST),
        ], 4)

    def test_no_web_server_instead_of_one(self):
        """It says so at once: the peer waits for us as we for it, and hangs up never."""
        for answer in (b"SSH-2.0-OpenSSH_9.2p1\r\n", CONNACK, b"HTTP/2", b"HTTP/1.1 20"):
            for loop in ("once", "foreign"):
                with self.subTest(answer=answer, loop=loop):
                    hang_up = answer.startswith(b"HTTP/1")
                    self.assertEqual(trip(Answers(answer, hang_up=hang_up), f"loop={loop}", "ws=/mqtt"),
                                     LOST if hang_up else PROTOCOL)

    def test_refusals(self):
        self.check([(bytes([0x20, 2, 0, code]), f"refused: {code}\n")
                    for code in range(1, 6)], 4)

    def test_nonsense_later(self):
        self.check([
            (CONNACK + CONNACK, PROTOCOL),
            (CONNACK + bytes([0x36, 5, 0, 1, 97, 0, 1]), MALFORMED),
            (CONNACK + bytes([0x30, 3, 0, 5, 97]), MALFORMED),
            (CONNACK + bytes([0x30, 3, 0, 1, 35]), PROTOCOL),
            (CONNACK + bytes([0x40, 1, 0]), MALFORMED),
            (CONNACK + bytes([0x82, 2, 0, 1]), PROTOCOL),
            (CONNACK + bytes([0xE0, 0]), PROTOCOL),
            (CONNACK + bytes([0xD0, 1, 0]), MALFORMED),
            (CONNACK + bytes([0x30, 100]) + bytes(50), LOST),
            (CONNACK, LOST),
        ], 4)

    def test_nonsense_with_mqtt_5(self):
        self.check([
            (CONNACK_5 + bytes([0x30, 4, 0, 1, 97, 5]), MALFORMED),
            (CONNACK_5 + bytes([0x30, 6, 0, 0, 3, 35, 0, 1]), PROTOCOL),  # an alias, none allowed
            (CONNACK_5 + bytes([0xF0, 2, 0x18, 0]), PROTOCOL),
            (CONNACK_5 + bytes([0xF0, 6, 0x18, 4, 21, 0, 1, 97]), "loop: Authorisation failed\n"),
            (bytes([0x20, 3, 0, 0x87, 0]), "refused: 135\n"),
        ], 5)

    def test_more_properties_than_are_taken(self):
        properties = bytes([38, 0, 0, 0, 0]) * 65536
        body = bytes([0, 1, 97]) + length(len(properties)) + properties
        answer = CONNACK_5 + bytes([0x30]) + length(len(body)) + body
        for loop in ("once", "foreign"):
            with self.subTest(loop=loop):
                self.assertEqual(trip(Answers(answer), f"loop={loop}", "version=5", "properties=1"),
                                 MALFORMED)

    def test_mqtt_5_is_told_why(self):
        broker = Answers(CONNACK_5 + bytes([0x30, 4, 0, 1, 97, 5]))
        trip(broker, "loop=once", "version=5")
        broker.thread.join(timeout=10)
        self.assertTrue(broker.received.endswith(bytes([0xE0, 1, 0x81])), broker.received)

    def test_acknowledgements_of_nothing_do_no_harm(self):
        nothing = [CONNACK, bytes([0x40, 2, 9, 9]), bytes([0x70, 2, 9, 9]), bytes([0x62, 2, 9, 9]),
                   bytes([0x50, 2, 9, 9]), bytes([0xB0, 2, 9, 9])]
        broker = Answers(nothing)
        self.assertEqual(trip(broker, "loop=once"), LOST)
        broker.thread.join(timeout=10)
        self.assertIn(bytes([0x70, 2, 9, 9]), broker.received)  # PUBREL has its answer
        self.assertIn(bytes([0x62, 2, 9, 9]), broker.received)

    def test_silence(self):
        for answer in (b"", bytes([0x20]), CONNACK, CONNACK + bytes([0x30, 100, 0])):
            with self.subTest(answer=answer):
                self.assertEqual(trip(Answers(answer, hang_up=False), "loop=once"), SILENT)

    def test_memory_grows_with_what_comes_not_with_what_is_announced(self):
        announced = CONNACK + bytes([0x30, 0xFF, 0xFF, 0xFF, 0x7F, 0, 1, 97]) + bytes(1000)
        self.assertEqual(trip(Answers(announced), "loop=once", megabytes=150), LOST)


if __name__ == "__main__":
    ROUND_TRIP = test_program(sys.argv.pop(1))
    unittest.main(verbosity=2)
