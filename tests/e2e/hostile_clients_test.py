"""Clients that send garbage, half packets, oversize packets or nothing disturb nobody."""

import os
import random
import unittest

from mqtest.broker import PASSWORD, USER, Place
from mqtest.clients import Client
from mqtest.process import run
from mqtest.programs import debian
from mqtest.wire import CONNACK_OK, PING, PONG, Wire, connect, field, packet, publish

PACKET_BYTES_MAX = 100_000
CROWD = 200


def garbage(dice):
    return bytes(dice.randrange(256) for _ in range(dice.randrange(1, 3000)))


class HostileClients(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.place = Place()
        cls.addClassCleanup(cls.place.remove)
        cls.place.add_user()
        cls.place.write_configuration(f"max_packet_size {PACKET_BYTES_MAX}")
        cls.broker = cls.place.start()
        cls.addClassCleanup(cls.broker.kill)

    def logged_in(self, name):
        wire = Wire(self.place.port)
        wire.send(connect(name, USER, PASSWORD))
        self.assertEqual(wire.receive(4), CONNACK_OK)
        return wire

    def assert_service_works(self):
        client = Client(self.place.port, "5.0")
        with client.subscribe("alive", "-q", 1, count=1) as subscriber:
            client.publish_well("alive", "yes", "-q", 1)
            self.assertEqual(subscriber.finish()[0][1], "yes")

    def test_packet_before_connect_closes(self):
        with Wire(self.place.port) as wire:
            wire.send(publish("t", b"x"))
            self.assertTrue(wire.is_closed_by_peer())

    def test_second_connect_closes(self):
        with self.logged_in("twice") as wire:
            wire.send(connect("twice", USER, PASSWORD))
            self.assertTrue(wire.is_closed_by_peer())

    def test_packet_over_the_limit_closes_before_it_is_sent_whole(self):
        with self.logged_in("fat") as wire:
            wire.send(b"\x30\xff\xff\xff\x7f" + field("t"))  # announces 256 MiB
            self.assertTrue(wire.is_closed_by_peer())

    def test_packet_at_the_limit_passes(self):
        client = Client(self.place.port, "3.1.1")
        with client.subscribe("big", count=1) as subscriber, self.logged_in("big") as wire:
            body = field("big") + b"x" * (PACKET_BYTES_MAX - 4 - 5)
            wire.send(packet(0x30, body))
            self.assertEqual(len(subscriber.finish()[0][1]), PACKET_BYTES_MAX - 9)

    def test_remaining_length_of_five_bytes_closes(self):
        with self.logged_in("long") as wire:
            wire.send(b"\x30\xff\xff\xff\xff\x01")
            self.assertTrue(wire.is_closed_by_peer())

    def test_packet_in_single_bytes_is_understood(self):
        with Wire(self.place.port) as wire:
            for byte in connect("slow", USER, PASSWORD):
                wire.send(bytes([byte]))
            self.assertEqual(wire.receive(4), CONNACK_OK)
            wire.send(PING)
            self.assertEqual(wire.receive(2), PONG)

    def test_silent_client_is_dropped_after_its_keep_alive(self):
        with Wire(self.place.port) as wire:
            wire.send(connect("asleep", USER, PASSWORD, keep_alive_s=1))
            self.assertEqual(wire.receive(4), CONNACK_OK)
            self.assertTrue(wire.is_closed_by_peer())

    def test_crowd_of_bad_clients_disturbs_nobody(self):
        dice = random.Random(20)
        client = Client(self.place.port, "3.1.1")
        watcher = client.subscribe("steady", "-q", 1, count=300)
        self.addCleanup(watcher.kill)

        def half_packet(_):
            return connect("half", USER, PASSWORD)[:-3]

        def oversize(_):
            return b"\x10\xff\xff\xff\x7f" + os.urandom(2000)

        def half_upgrade(_):
            return b"GET /mqtt HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConn"

        def nothing(_):
            return b""

        # Held open all the while, 200 at once, on both ports.
        crowd = []
        for number in range(CROWD):
            port = self.place.ws_port if number % 4 == 3 else self.place.port
            kind = (garbage, half_packet, oversize, nothing, half_upgrade)[number % 5]
            wire = Wire(port)
            self.addCleanup(wire.close)
            crowd.append((wire, kind(dice)))
        for wire, data in crowd:
            wire.send(data)
        lines = "".join(f"{number}\n" for number in range(300))
        result = run([debian("mosquitto_pub"), *client.options, "-t", "steady", "-q", "1", "-l"],
                     text_input=lines)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual([m[1] for m in watcher.finish()], [str(n) for n in range(300)])
        for wire, _ in crowd:
            wire.close()
        self.assert_service_works()
        self.assertIsNone(self.broker.child.poll())

    def test_thousand_garbage_streams_one_after_the_other(self):
        dice = random.Random(7)
        for number in range(1000):
            with Wire(self.place.ws_port if number % 2 else self.place.port) as wire:
                if number % 3 == 0:
                    wire.send(connect("guest", USER, PASSWORD))
                wire.send(garbage(dice))
        self.assert_service_works()
        self.assertIsNone(self.broker.child.poll())


if __name__ == "__main__":
    unittest.main(verbosity=2)
