"""Directives about TLS, seen from a client: what of its handshake the broker takes."""

import socket
import ssl
import unittest

from mqtest import DEADLINE_S
from mqtest.case import BrokerCase
from mqtest.certificates import Authority
from mqtest.wire import CONNACK_OK, connect


class Tls(BrokerCase):
    def setUp(self):
        super().setUp()
        self.authority = Authority(self.place.folder)
        self.certificate, self.key = self.authority.issue("server")

    def start_tls(self, *listener):
        return self.start(listener=[f"certfile {self.certificate}", f"keyfile {self.key}",
                                    *listener])

    def handshake(self, change=lambda context: None):
        """What was agreed on by a client that logged in well, as (version, cipher)."""
        context = ssl.create_default_context(cafile=self.authority.certificate)
        change(context)
        with socket.create_connection(("127.0.0.1", self.port), DEADLINE_S) as plain:
            with context.wrap_socket(plain, server_hostname="localhost") as secure:
                secure.sendall(connect("c"))
                self.assertEqual(secure.recv(4), CONNACK_OK)
                return secure.version(), secure.cipher()[0]

    @staticmethod
    def only_1_2(context):
        context.maximum_version = ssl.TLSVersion.TLSv1_2

    def test_certfile_and_keyfile(self):
        self.start_tls()
        self.assertEqual(self.handshake()[0], "TLSv1.3")
        self.authority = Authority(self.place.folder, "another authority")
        with self.assertRaises(ssl.SSLCertVerificationError):
            self.handshake()

    def test_tls_version(self):
        for lines, expected in (([], "TLSv1.2"), (["tls_version tlsv1.2"], "TLSv1.2"),
                                (["tls_version tlsv1.3"], None)):
            with self.subTest(lines=lines):
                broker = self.start_tls(*lines)
                if expected:
                    self.assertEqual(self.handshake(self.only_1_2)[0], expected)
                else:
                    with self.assertRaises(ssl.SSLError):
                        self.handshake(self.only_1_2)
                self.assertEqual(self.handshake()[0], "TLSv1.3")
                self.stop(broker)

    def test_ciphers(self):
        self.start_tls("ciphers ECDHE-ECDSA-AES256-GCM-SHA384")
        self.assertEqual(self.handshake(self.only_1_2)[1], "ECDHE-ECDSA-AES256-GCM-SHA384")

        def another(context):
            self.only_1_2(context)
            context.set_ciphers("ECDHE-ECDSA-AES128-GCM-SHA256")

        with self.assertRaises(ssl.SSLError):
            self.handshake(another)
        self.assertEqual(self.handshake()[0], "TLSv1.3")

    def test_ciphers_tls1_3(self):
        """The directive is `ciphers_tls1.3`; the client prefers other suites."""
        for suite in ("TLS_CHACHA20_POLY1305_SHA256", "TLS_AES_128_GCM_SHA256"):
            with self.subTest(suite=suite):
                broker = self.start_tls(f"ciphers_tls1.3 {suite}")
                self.assertEqual(self.handshake(), ("TLSv1.3", suite))
                self.stop(broker)


if __name__ == "__main__":
    unittest.main(verbosity=2)
