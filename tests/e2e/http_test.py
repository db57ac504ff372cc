"""HTTP and the rules for WebSockets of a running broker: files, the API, and what a reload changes."""

import http.client
import json
import signal
import unittest

from mqtest.broker import Place
from mqtest.ports import free_port

UPGRADE = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13",
           "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Protocol": "mqtt"}


def get(port, path, headers=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=50)
    try:
        connection.request("GET", path, headers=headers or {})
        answer = connection.getresponse()
        return answer.status, b"" if answer.status == 101 else answer.read()
    finally:
        connection.close()


class Http(unittest.TestCase):
    def setUp(self):
        self.place = Place()
        self.addCleanup(self.place.remove)
        self.port = free_port()

    def write(self, *lines, anonymous=True):
        return self.place.write_configuration(*lines, anonymous=anonymous)

    def start(self, *lines):
        self.write(*lines)
        broker = self.place.start()
        self.addCleanup(broker.kill)
        return broker

    def upgrade(self, path="/", origin=None):
        headers = dict(UPGRADE, **({"Origin": origin} if origin else {}))
        return get(self.place.ws_port, path, headers)[0]

    def test_http_api_tells_the_state(self):
        broker = self.start(f"listener {self.port} 127.0.0.1", "protocol http_api")
        status, body = get(self.port, "/api/v1/version")
        self.assertEqual(status, 200)
        broker.wait_for_log(f"version {body.decode()} running")
        listeners = json.loads(get(self.port, "/api/v1/listeners")[1])["listeners"]
        self.assertEqual([(each["port"], each["protocol"]) for each in listeners],
                         [(self.place.port, "mqtt"), (self.place.ws_port, "websockets"),
                          (self.port, "httpapi")])
        tree = json.loads(get(self.port, "/api/v1/systree")[1])
        self.assertGreaterEqual(tree["$SYS/broker/connections/socket/count"], 0)
        self.assertEqual(get(self.port, "/", UPGRADE)[0], 400)

    def test_http_api_beyond_loopback_is_warned_of(self):
        broker = self.start(f"listener {self.port}", "protocol http_api")
        broker.wait_for_log(f"Port {self.port} shows the broker's state to anyone who can reach it")

    def test_http_dir_is_changed_by_a_reload(self):
        for name in ("old", "new"):
            (self.place.folder / name).mkdir()
            (self.place.folder / name / "index.html").write_text(name)
        more = f"listener {self.port} 127.0.0.1", "protocol http_api"
        broker = self.start(*more, f"http_dir {self.place.folder}/old")
        self.assertEqual(get(self.port, "/"), (200, b"old"))
        self.write(*more, f"http_dir {self.place.folder}/new")
        broker.signal(signal.SIGHUP)
        broker.wait_for_log(r"Config reloaded\.")
        self.assertEqual(get(self.port, "/"), (200, b"new"))

    def test_rules_for_websockets_are_changed_by_a_reload(self):
        broker = self.start("websockets_origin https://a.example", "websockets_path /mqtt")
        self.assertEqual(self.upgrade("/mqtt?x", "https://a.example"), 101)
        self.assertEqual(self.upgrade("/", "https://a.example"), 404)
        self.assertEqual(self.upgrade("/mqtt", "https://b.example"), 403)
        broker.wait_for_log(r"^\d+: Client 127\.0\.0\.1:\d+ disconnected: "
                            r"non-matching http origin\.$")
        self.write("websockets_origin https://b.example", "packet_buffer_size 300")
        broker.signal(signal.SIGHUP)
        broker.wait_for_log(r"Config reloaded\.")
        self.assertEqual(self.upgrade("/", "https://b.example"), 101)
        self.assertEqual(self.upgrade("/" + "x" * 300, "https://b.example"), 431)


if __name__ == "__main__":
    unittest.main(verbosity=2)
