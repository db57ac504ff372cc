"""Real connections of the client library in all their layers: round_trip against this build's broker.

usage: layers_test.py ROUND_TRIP
"""

import base64
import contextlib
import hashlib
import os
import socket
import ssl
import subprocess
import sys
import threading
import time
import unittest

from mqtest.broker import Place
from mqtest.certificates import Authority
from mqtest.ports import free_port
from mqtest.process import run
from mqtest.programs import test_program

ROUND_TRIP = ""
DONE = "round trip at 0 1 2\n"
KEY = "0123456789abcdef"


class Proxy:
    """A SOCKS5 proxy with one login; `answer` is what it replies instead of connecting."""

    def __init__(self, login=None, answer=None, target=None):
        self.login, self.answer, self.target = login, answer, target
        self.asked = []
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                client, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self.talk, args=(client,), daemon=True).start()

    def talk(self, client):
        with client:
            version, count = client.recv(2)
            methods = client.recv(count)
            if self.login:
                if 2 not in methods:
                    client.sendall(bytes([version, 255]))
                    return
                client.sendall(bytes([version, 2]))
                client.recv(1)
                name = client.recv(client.recv(1)[0])
                password = client.recv(client.recv(1)[0])
                right = (name.decode(), password.decode()) == self.login
                client.sendall(bytes([1, 0 if right else 1]))
                if not right:
                    return
            else:
                client.sendall(bytes([version, 0]))
            head = client.recv(4)
            kind = head[3]
            if kind == 3:
                host = client.recv(client.recv(1)[0]).decode()
            else:
                host = socket.inet_ntop(socket.AF_INET if kind == 1 else socket.AF_INET6,
                                        client.recv(4 if kind == 1 else 16))
            port = int.from_bytes(client.recv(2), "big")
            self.asked.append((host, port))
            if self.answer is not None:
                client.sendall(self.answer)
                return
            server = socket.create_connection(self.target or (host, port))
            # In two pieces, and with the longest kind of address.
            client.sendall(bytes([5, 0, 0]))
            client.sendall(bytes([3, 5]) + b"where" + bytes(2))
            self.pass_on(client, server)

    @staticmethod
    def pass_on(client, server):
        def one_way(source, target):
            with contextlib.suppress(OSError):  # whoever has enough just goes
                while data := source.recv(65536):
                    target.sendall(data)
                target.shutdown(socket.SHUT_WR)
        back = threading.Thread(target=one_way, args=(server, client), daemon=True)
        back.start()
        one_way(client, server)
        back.join()
        server.close()

    def close(self):
        self.socket.close()


def answering_server(answer):
    """A server that reads a request, sends what `answer(request)` gives, and closes."""
    listener = socket.create_server(("127.0.0.1", 0))
    requests = []

    def serve():
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            with client, contextlib.suppress(OSError):
                request = client.recv(65536)
                requests.append(request)
                client.sendall(answer(request))
                client.shutdown(socket.SHUT_WR)
                client.recv(1)
    threading.Thread(target=serve, daemon=True).start()
    return listener, requests


def wait_until_open(port):
    for _ in range(600):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except OSError:
            time.sleep(0.05)
    raise AssertionError(f"nobody listens on port {port}")


class Layers(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.place = Place()
        cls.addClassCleanup(cls.place.remove)
        folder = cls.place.folder
        cls.authority = Authority(folder)
        cls.stranger = Authority(folder, "stranger")
        certificate, key = cls.authority.issue("server")
        cls.pair = cls.authority.issue("client")
        psk_file = folder / "psk"
        psk_file.write_text(f"sensor:{KEY}\n")
        psk_file.chmod(0o600)
        cls.ports = {name: free_port() for name in ("tls", "mutual", "psk", "wss")}
        cls.path = str(folder / "s")
        pair = [f"certfile {certificate}", f"keyfile {key}"]
        lines = ["log_dest stderr", "allow_anonymous true",
                 *(["user root"] if os.geteuid() == 0 else []),
                 f"listener {cls.place.port} 127.0.0.1",
                 f"listener {cls.place.ws_port} 127.0.0.1", "protocol websockets",
                 f"listener 0 {cls.path}",
                 f"listener {cls.ports['tls']}", *pair,
                 f"listener {cls.ports['mutual']} 127.0.0.1", *pair,
                 f"cafile {cls.authority.certificate}", "require_certificate true",
                 f"listener {cls.ports['psk']} 127.0.0.1", "psk_hint home", f"psk_file {psk_file}",
                 f"listener {cls.ports['wss']} 127.0.0.1", "protocol websockets", *pair]
        cls.place.configuration.write_text("\n".join(lines) + "\n")
        broker = cls.place.start()
        cls.addClassCleanup(broker.kill)

    def trip(self, port, *arguments, host="127.0.0.1"):
        result = run([ROUND_TRIP, host, port, *arguments])
        self.assertEqual(result.stderr, "")
        return result.stdout.replace(".\n", "\n")

    def expect(self, text, port, *arguments, **options):
        self.assertEqual(self.trip(port, *arguments, **options), text)

    def test_tcp_with_every_loop_and_version(self):
        for version in (3, 4, 5):
            for loop in ("start", "forever", "once", "foreign"):
                for more in ([], ["async=1"], ["size=300000"]):
                    with self.subTest(version=version, loop=loop, more=more):
                        self.expect(DONE, self.place.port, f"version={version}", f"loop={loop}", *more)

    def test_names_addresses_and_a_local_address(self):
        self.expect(DONE, self.place.port, host="localhost")
        self.expect(DONE, self.place.port, "bind=127.0.0.1")
        self.expect("connect: Lookup error\n", self.place.port, host="no.such.invalid")
        self.expect("connect: Connection refused\n", free_port())
        self.expect("connect: Lookup error\n", self.place.port, "bind=no.such.invalid")

    def test_unix_socket(self):
        self.expect(DONE, 0, host=self.path)
        self.expect(DONE, 0, "loop=foreign", "async=1", host=self.path)
        self.expect("connect: No such file or directory\n", 0, host=self.path + "x")
        self.expect("connect: Invalid function arguments provided\n", 0, host="/" + "x" * 200)

    def test_tls(self):
        port, ca = self.ports["tls"], f"cafile={self.authority.certificate}"
        for loop in ("start", "forever", "once", "foreign"):
            for more in ([], ["async=1"], ["size=300000"]):
                with self.subTest(loop=loop, more=more):
                    self.expect(DONE, port, ca, f"loop={loop}", *more)
        for version in ("tlsv1.2", "tlsv1.3"):
            self.expect(DONE, port, ca, f"tls_version={version}")
        self.expect(DONE, port, ca, host="localhost")

    def test_tls_looks_at_the_certificate(self):
        port, stranger = self.ports["tls"], f"cafile={self.stranger.certificate}"
        ca = f"cafile={self.authority.certificate}"
        self.expect("loop: A TLS error occurred\n", port, stranger, "loop=once")
        self.expect("loop: A TLS error occurred\n", port, stranger, "async=1", "loop=forever")
        self.expect(DONE, port, stranger, "verify=0")
        self.expect("loop: A TLS error occurred\n", port, ca, "loop=once", host="127.0.0.2")
        self.expect(DONE, port, ca, "insecure=1", host="127.0.0.2")
        self.expect("loop: A TLS error occurred\n", port, stranger, "insecure=1", "loop=once")
        self.expect("loop: A TLS error occurred\n", port, "os_certs=1", "loop=forever")

    def test_certificate_of_the_client(self):
        port, ca = self.ports["mutual"], f"cafile={self.authority.certificate}"
        self.expect(DONE, port, ca, f"cert={self.pair[0]}", f"key={self.pair[1]}")
        self.assertNotEqual(self.trip(port, ca, "loop=once"), DONE)

    def test_context_of_the_application(self):
        self.expect(DONE, self.ports["tls"], f"context={self.authority.certificate}")
        self.expect("loop: A TLS error occurred\n", self.ports["tls"],
                    f"context={self.stranger.certificate}", "loop=once")

    def test_defaults_for_the_context_of_the_application(self):
        port, ca = self.ports["tls"], f"cafile={self.authority.certificate}"
        self.expect("loop: A TLS error occurred\n", port, "context=", ca, "loop=once")
        self.expect(DONE, port, "context=", ca, "defaults=1")

    def test_key_with_a_passphrase(self):
        certificate, plain = self.pair
        key = self.place.folder / "locked.key"
        made = run(["openssl", "pkey", "-in", plain, "-aes256", "-passout", "pass:opener", "-out", key])
        self.assertEqual(made.returncode, 0, made.stderr)
        pair = [f"cafile={self.authority.certificate}", f"cert={certificate}", f"key={key}"]
        self.expect(DONE, self.ports["mutual"], *pair, "passphrase=opener")
        for wrong in ("other", ""):
            self.expect("connect: A TLS error occurred\n", self.ports["mutual"], *pair, f"passphrase={wrong}")

    def test_key_of_an_engine(self):
        pair = [f"cafile={self.authority.certificate}", f"cert={self.pair[0]}", f"key={self.pair[1]}"]
        self.expect(DONE, self.ports["mutual"], *pair, "keyform=pem")
        self.expect("connect: A TLS error occurred\n", self.ports["mutual"], *pair, "keyform=engine")

    def test_pre_shared_key(self):
        port = self.ports["psk"]
        self.expect(DONE, port, f"psk={KEY}", "identity=sensor")
        self.expect(DONE, port, f"psk={KEY}", "identity=sensor", "loop=foreign")
        self.expect("loop: A TLS error occurred\n", port, f"psk={KEY[:-1]}0", "identity=sensor",
                    "loop=once")
        self.expect("loop: A TLS error occurred\n", port, f"psk={KEY}", "identity=other", "loop=once")

    def test_server_that_does_not_speak_tls(self):
        listener, _ = answering_server(lambda request: b"HTTP/1.0 400 no\r\n\r\n")
        with listener:
            self.expect("loop: A TLS error occurred\n", listener.getsockname()[1],
                        f"cafile={self.authority.certificate}", "loop=once")

    def test_alpn(self):
        certificate, key = self.authority.issue("alpn")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        context.set_alpn_protocols(["http/1.1", "mqtt"])
        chosen = []
        with socket.create_server(("127.0.0.1", 0)) as listener:
            def serve():
                client, _ = listener.accept()
                with context.wrap_socket(client, server_side=True) as secure:
                    chosen.append(secure.selected_alpn_protocol())
            thread = threading.Thread(target=serve, daemon=True)
            thread.start()
            self.trip(listener.getsockname()[1], f"cafile={self.authority.certificate}", "alpn=mqtt",
                      "loop=once")
            thread.join(timeout=30)
        self.assertEqual(chosen, ["mqtt"])

    def ocsp_answer(self, certificate, status):
        """What the authority says of a certificate, for stapling: "V" good, "R" revoked."""
        folder, authority = self.place.folder, self.authority
        serial = run(["openssl", "x509", "-in", certificate, "-noout", "-serial"]).stdout
        index, answer = folder / f"index-{status}", folder / f"answer-{status}.der"
        revoked = "250101000000Z" if status == "R" else ""
        index.write_text("\t".join([status, "491231235959Z", revoked, serial.strip().split("=")[1],
                                    "unknown", "/CN=ocsp"]) + "\n")
        result = run(["openssl", "ocsp", "-index", index, "-CA", authority.certificate,
                      "-rsigner", authority.certificate, "-rkey", authority.key,
                      "-issuer", authority.certificate, "-cert", certificate,
                      "-respout", answer, "-ndays", 1, "-noverify"])
        self.assertTrue(answer.exists(), result.stderr)
        return answer

    def test_stapled_answer_of_the_authority(self):
        certificate, key = self.authority.issue("ocsp")
        ca = f"cafile={self.authority.certificate}"
        good, bad = "loop: Keepalive exceeded\n", "loop: A TLS error occurred\n"
        cases = [(self.ocsp_answer(certificate, "V"), good), (self.ocsp_answer(certificate, "R"), bad),
                 (None, bad)]
        for answer, expected in cases:
            port = free_port()
            staple = ["-status_file", answer] if answer else []
            command = ["openssl", "s_server", "-accept", port, "-cert", certificate, "-key", key,
                       "-quiet", *staple]
            with self.subTest(answer=answer), subprocess.Popen(
                    [str(word) for word in command], stdin=subprocess.PIPE,
                    stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
                try:
                    wait_until_open(port)
                    self.expect(expected, port, ca, "ocsp=1", "loop=once", "keepalive=2")
                finally:
                    server.kill()

    def test_websockets(self):
        port = self.place.ws_port
        for loop in ("start", "forever", "once", "foreign"):
            for more in ([], ["async=1"], ["size=300000"], ["version=5"]):
                with self.subTest(loop=loop, more=more):
                    self.expect(DONE, port, "ws=/mqtt", f"loop={loop}", *more)
        self.expect(DONE, self.ports["wss"], "ws=mqtt", f"cafile={self.authority.certificate}")
        self.expect(DONE, self.ports["wss"], "ws=mqtt", f"cafile={self.authority.certificate}",
                    "loop=foreign", "size=300000")

    def test_request_of_a_websocket(self):
        def answer(request):
            return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
        listener, requests = answering_server(answer)
        port = listener.getsockname()[1]
        with listener:
            self.expect("loop: The connection was refused\n", port, "ws=/a/b?c", "loop=once",
                        "headers=X-One: 1\r\nX-Two: 2")
        head, *lines = requests[0].decode().split("\r\n")
        self.assertEqual(head, "GET /a/b?c HTTP/1.1")
        self.assertIn(f"Host: 127.0.0.1:{port}", lines)
        self.assertIn("Sec-WebSocket-Protocol: mqtt", lines)
        self.assertEqual(lines[-4:], ["X-One: 1", "X-Two: 2", "", ""])

    def test_size_of_the_answer_to_a_websocket(self):
        listener, _ = answering_server(lambda request: b"HTTP/1.1 404 Not Found\r\nX: " + b"x" * 150
                                       + b"\r\nContent-Length: 0\r\n\r\n")
        with listener:
            port = listener.getsockname()[1]
            self.expect("loop: The connection was refused\n", port, "ws=/mqtt", "loop=once")
            self.expect("loop: The connection was refused\n", port, "ws=/mqtt", "loop=once", "header_size=250")
            self.expect("loop: A network protocol error occurred when communicating with the broker\n", port,
                        "ws=/mqtt", "loop=once", "header_size=150")

    def test_wrong_answers_to_a_websocket(self):
        def accept(request, key=None, more=""):
            lines = dict(line.split(": ", 1) for line in request.decode().split("\r\n")[1:] if line)
            key = key or lines["Sec-WebSocket-Key"]
            digest = hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()
            return ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: WebSocket\r\n"
                    "Connection: keep-alive, Upgrade\r\n"
                    f"Sec-WebSocket-Accept: {base64.b64encode(digest).decode()}\r\n{more}\r\n").encode()
        broken = "A network protocol error occurred when communicating with the broker"
        wrong = [
            (lambda request: b"nonsense\r\n\r\n", f"loop: {broken}\n"),
            (lambda request: b"x" * 5000, f"loop: {broken}\n"),
            (lambda request: b"", "loop: The connection was lost\n"),
            (lambda request: b"HTTP/1.1 101 half", "loop: The connection was lost\n"),
            (lambda request: accept(request, key="other"), f"loop: {broken}\n"),
            (lambda request: accept(request, more="Sec-WebSocket-Protocol: chat\r\n"),
             f"loop: {broken}\n"),
            (lambda request: accept(request) + b"\x81\x02hi", f"loop: {broken}\n"),
            (lambda request: accept(request) + b"\x88\x00", "loop: The connection was lost\n"),
            (lambda request: accept(request) + b"\x82\x02\x20", "loop: The connection was lost\n"),
        ]
        for answer, expected in wrong:
            listener, _ = answering_server(answer)
            with listener, self.subTest(expected=expected):
                self.expect(expected, listener.getsockname()[1], "ws=/mqtt", "loop=once")

    def test_proxy(self):
        ca = f"cafile={self.authority.certificate}"
        proxy = Proxy()
        through = f"socks=127.0.0.1:{proxy.port}"
        for loop in ("start", "forever", "once", "foreign"):
            for more in ([], ["async=1"]):
                self.expect(DONE, self.place.port, through, f"loop={loop}", *more)
        self.expect(DONE, self.place.port, through, host="localhost")
        self.expect(DONE, self.ports["tls"], through, ca, host="localhost")
        self.expect(DONE, self.place.ws_port, through, "ws=/mqtt")
        self.expect(DONE, self.ports["wss"], through, "ws=/mqtt", ca)
        self.assertEqual(proxy.asked[0], ("127.0.0.1", self.place.port))
        self.assertIn(("localhost", self.place.port), proxy.asked)
        proxy.close()

    def test_proxy_resolves_the_name(self):
        proxy = Proxy(target=("127.0.0.1", self.place.port))
        self.expect(DONE, 1, f"socks=127.0.0.1:{proxy.port}", host="broker.invalid")
        self.assertEqual(proxy.asked, [("broker.invalid", 1)])
        proxy.close()

    def test_proxy_with_login(self):
        proxy = Proxy(login=("anna", "secret"))
        at = f"socks=127.0.0.1:{proxy.port}"
        self.expect(DONE, self.place.port, at + ":anna:secret")
        self.expect("loop: Authorisation failed\n", self.place.port, at + ":anna:wrong",
                    "loop=forever")
        self.expect("loop: Authorisation failed\n", self.place.port, at, "loop=once")
        proxy.close()

    def test_proxy_that_does_not_help(self):
        cases = [(bytes([5, 5]), "The connection was refused"), (bytes([5, 2]), "Authorisation failed"),
                 (bytes([5, 7]), "This feature is not supported"), (bytes([5, 1]), "Proxy error"),
                 (bytes([4, 0]), "Proxy error"), (b"", "Proxy error"),
                 (bytes([5, 0, 0, 9]), "Proxy error"), (bytes([5, 0, 0, 1, 1]), "Proxy error")]
        for answer, text in cases:
            proxy = Proxy(answer=answer)
            with self.subTest(answer=answer):
                self.expect(f"loop: {text}\n", self.place.port, f"socks=127.0.0.1:{proxy.port}",
                            "loop=once")
            proxy.close()
        self.expect("connect: Connection refused\n", self.place.port, f"socks=127.0.0.1:{free_port()}")


if __name__ == "__main__":
    ROUND_TRIP = test_program(sys.argv.pop(1))
    unittest.main(verbosity=2)
