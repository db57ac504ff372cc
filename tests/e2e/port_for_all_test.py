"""`protocol auto`: MQTT, WebSocket, each with and without TLS, on one port, by others' clients."""

import unittest

from mqtest.broker import PASSWORD, USER, Place
from mqtest.certificates import Authority
from mqtest.clients import VERSIONS, Client
from mqtest.haproxy import HaProxy
from mqtest.process import run
from mqtest.programs import SOURCE, node
from mqtest.wire import Wire, connect


class PortForAll(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.place = Place()
        cls.addClassCleanup(cls.place.remove)
        cls.place.add_user()
        cls.authority = Authority(cls.place.folder)
        certificate, key = cls.authority.issue("server")
        cls.place.configuration.write_text("\n".join([
            f"listener {cls.place.port} 127.0.0.1", "protocol auto",
            f"certfile {certificate}", f"keyfile {key}",
            f"listener {cls.place.ws_port} 127.0.0.1", "protocol auto",
            "trusted_proxy 127.0.0.1", "allow_anonymous false",
            f"password_file {cls.place.password_file}", "log_dest stderr", "log_type all",
            "user root"]) + "\n")
        cls.broker = cls.place.start()
        cls.addClassCleanup(cls.broker.kill)

    def client(self, version="3.1.1", tls=False):
        more = ["--cafile", self.authority.certificate] if tls else []
        return Client(self.place.port, version, more=more)

    def node(self, scene, scheme, version="5"):
        result = run([node(), SOURCE / "tests/e2e/mqttjs_client.cjs", scene,
                      f"{scheme}://127.0.0.1:{self.place.port}", version, USER, PASSWORD],
                     env={"NODE_PATH": str(SOURCE / "build/npm/node_modules"),
                          "NODE_EXTRA_CA_CERTS": str(self.authority.certificate)})
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        return result.stdout

    def test_mosquitto_clients_with_and_without_tls(self):
        for version in VERSIONS:
            with self.client(version, tls=True).subscribe("t", "-q", 1, count=2) as subscriber:
                self.client(version).publish_well("t", "plain", "-q", 1)
                self.client(version, tls=True).publish_well("t", "secret", "-q", 1)
                self.assertEqual([m[1] for m in subscriber.finish()], ["plain", "secret"])

    def test_mqttjs_over_four_schemes(self):
        for scheme in ("ws", "wss", "mqtt", "mqtts"):
            for version in ("4", "5"):
                with self.subTest(scheme=scheme, version=version):
                    self.assertIn("round trips: 0 1 2", self.node("round-trip", scheme, version))

    def test_large_message_over_secure_websocket(self):
        self.assertIn("large: 1048576", self.node("large", "wss"))

    def test_tls_without_a_certificate_is_told_in_the_log(self):
        with Wire(self.place.ws_port) as wire:
            wire.send(b"\x16\x03\x01\x02\x00\x01")
            self.assertTrue(wire.is_closed_by_peer())
        self.broker.wait_for_log("denied: it speaks TLS, and the listener has neither certfile nor")

    def test_other_protocols_are_told_in_the_log(self):
        with Wire(self.place.port) as wire:
            wire.send(b"SSH-2.0-OpenSSH_9.2\r\n")
            self.assertTrue(wire.is_closed_by_peer())
        self.broker.wait_for_log("denied: its first bytes are neither MQTT, HTTP nor TLS")

    def test_proxy_headers_come_before_everything_else(self):
        for name, server in (("one", "send-proxy"), ("two", "send-proxy-v2")):
            with HaProxy(self.place.folder, ("", self.place.port, server)) as proxy:
                for tls in ((), ("--cafile", self.authority.certificate)):
                    start = len(self.broker.lines)
                    Client(proxy.ports[0], more=["-A", "127.0.0.2", *tls]).publish_well(
                        "t", "m", "-i", name)
                    self.broker.wait_for_log(rf"connected from 127\.0\.0\.2:\d+ as {name} ",
                                             start=start)

    def test_header_of_another_address_is_refused(self):
        with HaProxy(self.place.folder,
                     ("", self.place.port, "send-proxy source 127.0.0.3")) as proxy:
            with Wire(proxy.ports[0]) as wire:
                wire.send(connect("c"))
                self.assertTrue(wire.is_closed_by_peer())
        self.broker.wait_for_log(
            r"from 127\.0\.0\.3 denied: it sends a PROXY header and is no trusted_proxy")


if __name__ == "__main__":
    unittest.main(verbosity=2)
