"""MQTT.js under Node over WebSocket (and TCP) against the broker."""

import unittest

from mqtest.broker import PASSWORD, USER, Place
from mqtest.process import run
from mqtest.programs import SOURCE, node


class MqttJs(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.place = Place()
        cls.addClassCleanup(cls.place.remove)
        cls.place.add_user()
        cls.place.write_configuration()
        cls.broker = cls.place.start()
        cls.addClassCleanup(cls.broker.kill)

    def node(self, scene, version, password=PASSWORD, scheme="ws"):
        port = self.place.ws_port if scheme == "ws" else self.place.port
        result = run([node(), SOURCE / "tests/e2e/mqttjs_client.cjs", scene,
                      f"{scheme}://127.0.0.1:{port}", version, USER, password],
                     env={"NODE_PATH": str(SOURCE / "build/npm/node_modules")})
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        return result.stdout.split("\n")

    def test_round_trips(self):
        for scheme in ("ws", "mqtt"):
            for version in ("3", "4", "5"):
                with self.subTest(scheme=scheme, version=version):
                    self.assertIn("round trips: 0 1 2", self.node("round-trip", version,
                                                                  scheme=scheme))

    def test_wrong_password(self):
        for version, code in (("4", 5), ("5", 135)):
            with self.subTest(version=version):
                self.assertIn(f"refused: {code}",
                              self.node("refused", version, password="wrong"))

    def test_large_message(self):
        self.assertIn("large: 1048576", self.node("large", "5"))

    def test_many_clients_at_once(self):
        self.assertIn("crowd: 50", self.node("crowd", "5"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
