"""HAProxy in front of the broker: the client's true address, told by PROXY protocol or HTTP."""

import signal
import socket
import unittest

from mqtest import DEADLINE_S
from mqtest.broker import Place
from mqtest.clients import Client
from mqtest.haproxy import HaProxy
from mqtest.ports import free_port
from mqtest.wire import CONNACK_OK, Wire, connect

UPGRADE = (b"GET /mqtt HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
           b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
           b"Sec-WebSocket-Protocol: mqtt\r\n")

# What every system has as a second address of its own.
CLIENT = "127.0.0.2"


class ProxyProtocol(unittest.TestCase):
    def setUp(self):
        self.place = Place()
        self.addCleanup(self.place.remove)
        self.running = []
        self.addCleanup(self.stop)

    def stop(self):
        for process in self.running:
            process.kill()
        self.running.clear()

    def start(self, *lines, server="send-proxy", bind="", route=()):
        """A broker with one more listener, and HAProxy in front of that, in place of those before."""
        self.stop()
        self.port = free_port()
        self.place.write_configuration(f"listener {self.port} 127.0.0.1", *lines, anonymous=True)
        broker = self.place.start()
        self.running.append(broker)
        proxy = HaProxy(self.place.folder, (bind, self.port, server, *route))
        self.running.append(proxy)
        self.proxy_port = proxy.ports[0]
        return broker

    def publish_through_proxy(self, name, *options):
        Client(self.proxy_port, user=None, password=None).publish_well(
            "t", "m", "-i", name, "-A", CLIENT, *options)

    def test_true_address_is_logged(self):
        for version, server in ((1, "send-proxy"), (2, "send-proxy-v2"),
                                (2, "send-proxy-v2 proxy-v2-options crc32c,unique-id")):
            with self.subTest(server=server):
                broker = self.start(f"enable_proxy_protocol {version}", server=server)
                self.publish_through_proxy("visitor")
                broker.wait_for_log(rf"New connection from {CLIENT}:\d+ on port {self.port}\.$")
                broker.wait_for_log(rf"New client connected from {CLIENT}:\d+ as visitor ")

    def test_websocket_and_auto_listeners_take_it_too(self):
        for protocol in ("websockets", "auto"):
            with self.subTest(protocol=protocol):
                lines = ["enable_proxy_protocol 2"] if protocol == "websockets" else []
                broker = self.start(f"protocol {protocol}", *lines, "trusted_proxy 127.0.0.1",
                                    server="send-proxy-v2")
                if protocol == "auto":
                    self.publish_through_proxy("visitor")
                else:
                    with Wire(self.proxy_port) as wire:
                        wire.send(b"GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n")
                        self.assertEqual(wire.receive(12), b"HTTP/1.1 200")
                broker.wait_for_log(rf"New connection from \S+ on port {self.port}\.$")

    def test_client_without_header_is_closed(self):
        broker = self.start("enable_proxy_protocol 2", server="send-proxy-v2")
        with Wire(self.port) as wire:
            wire.send(connect("c"))
            self.assertTrue(wire.is_closed_by_peer())
        broker.wait_for_log(r"Client connection from 127\.0\.0\.1 denied: no PROXY header\.$")

    def test_proxy_that_is_not_trusted_is_closed(self):
        broker = self.start("enable_proxy_protocol 1", "trusted_proxy 10.0.0.0/8")
        with Wire(self.proxy_port) as wire:
            wire.send(connect("c"))
            self.assertTrue(wire.is_closed_by_peer())
        broker.wait_for_log("denied: it sends a PROXY header and is no trusted_proxy")

    def test_reload_changes_who_is_trusted(self):
        broker = self.start("enable_proxy_protocol 1", "trusted_proxy 10.0.0.0/8")
        text = self.place.configuration.read_text().replace("10.0.0.0/8", "127.0.0.1")
        self.place.configuration.write_text(text)
        start = len(broker.lines)
        broker.signal(signal.SIGHUP)
        broker.wait_for_log(r"Config reloaded\.$", start=start)
        self.publish_through_proxy("visitor")
        broker.wait_for_log(rf"connected from {CLIENT}:\d+ as visitor ")

    def test_health_check_of_the_proxy_is_no_error(self):
        broker = self.start("enable_proxy_protocol 2", server="send-proxy-v2 check inter 100ms")
        broker.wait_for_log(rf"New connection from 127\.0\.0\.1:\d+ on port {self.port}\.$")
        self.publish_through_proxy("visitor")
        self.assertNotIn("denied", broker.output)

    def test_client_without_tls_at_the_proxy_is_closed(self):
        broker = self.start("enable_proxy_protocol 2", "proxy_protocol_v2_require_tls true",
                            server="send-proxy-v2-ssl")
        with Wire(self.proxy_port) as wire:
            wire.send(connect("c"))
            self.assertTrue(wire.is_closed_by_peer())
        broker.wait_for_log("denied: its PROXY header tells of no TLS")

    def test_many_clients_through_one_proxy(self):
        self.start("enable_proxy_protocol 1")
        wires = [Wire(self.proxy_port) for _ in range(50)]
        for index, wire in enumerate(wires):
            wire.send(connect(f"c{index}"))
        for wire in wires:
            self.assertEqual(wire.receive(4), CONNACK_OK)
            wire.close()


    # --- HTTP ----------------------------------------------------------------------------------
    def connect_by_websocket(self, name, more=b""):
        """From the address CLIENT through the proxy; returns what MQTT answers."""
        with socket.create_connection(("127.0.0.1", self.proxy_port), DEADLINE_S,
                                      source_address=(CLIENT, 0)) as wire:
            wire.sendall(UPGRADE + more + b"\r\n")
            head = b""
            while not head.endswith(b"\r\n\r\n"):
                head += wire.recv(1)
            self.assertTrue(head.startswith(b"HTTP/1.1 101"), head)
            packet = connect(name)
            wire.sendall(bytes([0x82, 0x80 | len(packet), 0, 0, 0, 0]) + packet)
            self.assertEqual(wire.recv(6), b"\x82\x04" + CONNACK_OK)

    def test_address_in_a_header_of_a_trusted_proxy_is_logged(self):
        for name, lines in (("x-forwarded-for", ["option forwardfor"]),
                            ("forwarded", ['http-request set-header Forwarded "for=%[src];by=p"']),
                            ("x-real-ip", ["http-request set-header X-Real-IP %[src]"])):
            with self.subTest(header=name):
                broker = self.start("protocol websockets", "trusted_proxy 127.0.0.1", server="",
                                    route=["mode http", *lines])
                self.connect_by_websocket(name, b"X-Forwarded-For: 192.0.2.1\r\n"
                                          if name == "x-forwarded-for" else b"")
                broker.wait_for_log(rf"connected from {CLIENT}:\d+ as {name} ")

    def test_address_in_a_header_of_anyone_else_is_not_believed(self):
        broker = self.start("protocol websockets", "trusted_proxy 10.0.0.0/8", server="",
                            route=["mode http", "option forwardfor"])
        self.connect_by_websocket("c")
        broker.wait_for_log(r"connected from 127\.0\.0\.1:\d+ as c ")


if __name__ == "__main__":
    unittest.main(verbosity=2)
