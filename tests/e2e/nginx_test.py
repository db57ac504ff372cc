"""nginx as the web proxy in front of the broker, as shared hosts have it, and MQTT.js behind it."""

import http.client
import unittest

from mqtest.broker import PASSWORD, USER, Place
from mqtest.nginx import Nginx
from mqtest.process import run
from mqtest.programs import SOURCE, node

# What every system has as a second address of its own.
CLIENT = "127.0.0.2"
# After so many seconds of silence from the broker this nginx cuts a connection.
IDLE_S = 4


class BehindNginx(unittest.TestCase):
    def setUp(self):
        self.place = Place()
        self.addCleanup(self.place.remove)
        self.place.add_user()

    def start(self, *lines, idle_s=60):
        """A broker whose last listener is for WebSockets, and nginx in front of that."""
        port = self.place.ws_port
        self.place.write_configuration("trusted_proxy 127.0.0.1", *lines)
        broker = self.place.start()
        self.addCleanup(broker.kill)
        self.nginx = Nginx(self.place.folder, port, idle_s)
        self.addCleanup(self.nginx.kill)
        return broker

    def scene(self, name, *more, path="/mqtt"):
        result = run([node(), SOURCE / "tests/e2e/mqttjs_client.cjs", name,
                      f"ws://127.0.0.1:{self.nginx.port}{path}", "5", USER, PASSWORD, *more],
                     deadline_s=120, env={"NODE_PATH": str(SOURCE / "build/npm/node_modules")})
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        return result.stdout

    def get(self, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.nginx.port, timeout=50)
        self.addCleanup(connection.close)
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()

    def test_true_address_is_logged(self):
        broker = self.start()
        self.assertIn("round trips: 0 1 2", self.scene("round-trip", CLIENT))
        broker.wait_for_log(r"New connection from 127\.0\.0\.1:\d+ on port "
                            rf"{self.place.ws_port}\.$")
        broker.wait_for_log(rf"New client connected from {CLIENT}:0 as \S+ .*u'{USER}'")

    def test_only_the_configured_path_upgrades(self):
        self.start("websockets_path /mqtt")
        self.assertIn("round trips: 0 1 2", self.scene("round-trip", path="/mqtt?x=y"))
        self.assertIn("not found: 404", self.scene("refused-upgrade", path="/other"))

    def test_files_and_health_pass(self):
        site = self.place.folder / "site"
        site.mkdir()
        (site / "index.html").write_text("front page")
        self.start(f"http_dir {site}")
        self.assertEqual(self.get("/"), (200, b"front page"))
        self.assertEqual(self.get("/prefix/healthz"), (200, b"ok\n"))
        self.assertEqual(self.get("/../nginx.conf")[0], 400)  # nginx itself
        self.assertEqual(self.get("/missing")[0], 404)

    def test_silent_client_is_cut_without_pings(self):
        """Shows that the cut is real: see the next one."""
        self.start("websockets_ping_interval 0", idle_s=IDLE_S)
        self.assertIn("cut after 0 pings", self.scene("idle", "127.0.0.1", IDLE_S * 3))

    def test_pings_keep_a_silent_client(self):
        self.start("websockets_ping_interval 1", idle_s=IDLE_S)
        self.assertIn(f"still there after {IDLE_S * 3} pings",
                      self.scene("idle", "127.0.0.1", IDLE_S * 3))

    def test_the_usual_interval_is_enough_for_a_cut_after_a_minute(self):
        """Two pings of 30 s take a silent client beyond the 60 s that nginx waits by default."""
        self.start()
        self.assertIn("still there after 3 pings", self.scene("idle", "127.0.0.1", 3))


if __name__ == "__main__":
    unittest.main(verbosity=2)
