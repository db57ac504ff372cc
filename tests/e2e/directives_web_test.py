"""Directives about WebSockets and HTTP, seen from a browser's side of the connection."""

import http.client
import re
import signal
import socket
import unittest

from mqtest import DEADLINE_S
from mqtest.case import BrokerCase
from mqtest.process import wait_until
from mqtest.wire import answers


class Web(BrokerCase):
    def start_web(self, *listener, protocol="websockets", more=(), **options):
        return self.start(*more, listener=[f"protocol {protocol}", *listener], **options)

    def upgrade(self, path="/mqtt", **headers):
        """The socket and the status that a request for a WebSocket gets."""
        wire = socket.create_connection(("127.0.0.1", self.port), DEADLINE_S)
        self.addCleanup(wire.close)
        more = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        wire.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
                     "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                     "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: mqtt\r\n"
                     f"{more}\r\n".encode())
        answer = b""
        while b"\r\n\r\n" not in answer:
            part = wire.recv(1)
            if not part:
                break
            answer += part
        found = re.match(rb"HTTP/1\.1 (\d+) ", answer)
        return wire, int(found.group(1)) if found else None

    def get(self, path):
        browser = http.client.HTTPConnection("127.0.0.1", self.port, timeout=DEADLINE_S)
        self.addCleanup(browser.close)
        browser.request("GET", path)
        answer = browser.getresponse()
        return answer.status, answer.read()

    def test_websockets_path(self):
        self.start_web("websockets_path /mqtt", "websockets_path /second")
        self.assertEqual([self.upgrade(path)[1] for path in ("/mqtt", "/second?a=b", "/", "/mqtt/")],
                         [101, 101, 404, 404])

    def test_websockets_path_by_default_is_any(self):
        self.start_web()
        self.assertEqual([self.upgrade(path)[1] for path in ("/mqtt", "/")], [101, 101])

    def test_websockets_origin(self):
        self.start_web("websockets_origin https://panel.example",
                       "websockets_origin https://second.example")
        self.assertEqual([self.upgrade(Origin=origin)[1] for origin in (
            "https://panel.example", "https://second.example", "https://evil.example",
            "https://panel.example.evil.example")], [101, 101, 403, 403])

    def test_websockets_ping_interval(self):
        self.start_web("websockets_ping_interval 1")
        wire, status = self.upgrade()
        self.assertEqual(status, 101)
        wire.settimeout(20)  # the default would be 30 seconds
        self.assertEqual(wire.recv(1), b"\x89", "a ping")

    def test_websockets_log_level(self):
        """Bit 3 is what libwebsockets tells of connections; by default there is less."""
        counts = []
        for level in (1 | 2 | 4 | 8, 1):
            broker = self.start_web(more=[f"websockets_log_level {level}", "log_type websockets",
                                          "threads 1"], wait=False)
            wait_until(lambda: answers(self.port), "the broker listens")
            wire, status = self.upgrade()
            self.assertEqual(status, 101)
            wire.close()
            self.stop(broker)
            counts.append(len(broker.lines))
        self.assertGreater(counts[0], counts[1])

    def test_packet_buffer_size(self):
        """It holds the head of a request; a larger one gets no answer that opens a WebSocket."""
        for name in ("packet_buffer_size", "websockets_headers_size"):
            with self.subTest(name=name):
                broker = self.start_web(more=[f"{name} 1024"])
                self.assertEqual(self.upgrade(Cookie="x" * 400)[1], 101)
                self.assertNotEqual(self.upgrade(Cookie="x" * 2000)[1], 101)
                path = self.place.configuration
                path.write_text(path.read_text().replace("1024", "4096"))
                start = len(broker.lines)
                broker.signal(signal.SIGHUP)
                broker.wait_for_log(r"Config reloaded\.$", start=start)
                self.assertNotIn("restart", "\n".join(broker.lines[start:]))
                self.assertEqual(self.upgrade(Cookie="x" * 2000)[1], 101)
                self.stop(broker)

    def test_http_dir(self):
        folder = self.place.folder / "www"
        (folder / "sub").mkdir(parents=True)
        (folder / "index.html").write_text("the front page")
        (folder / "sub/data.json").write_text("{}")
        (folder / ".hidden").write_text("secret")
        for protocol in ("websockets", "http_api"):
            with self.subTest(protocol=protocol):
                broker = self.start_web(f"http_dir {folder}", protocol=protocol)
                self.assertEqual([self.get(path) for path in ("/", "/sub/data.json")],
                                 [(200, b"the front page"), (200, b"{}")])
                self.assertEqual([self.get(path)[0] for path in (
                    "/absent", "/.hidden", "/sub/", f"/../{self.place.configuration.name}",
                    "/%2e%2e/mosquitto.conf")], [404] * 5)
                self.stop(broker)


if __name__ == "__main__":
    unittest.main(verbosity=2)
