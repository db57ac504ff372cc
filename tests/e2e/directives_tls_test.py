"""Directives about TLS, seen from a client: what of its handshake the broker takes."""

import socket
import ssl
import unittest

from mqtest import DEADLINE_S
from mqtest.case import BrokerCase
from mqtest.certificates import Authority
from mqtest.process import run
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

    # --- Certificates of clients ---------------------------------------------------------------
    def client(self, name="sensor-1", **options):
        """A change of the client's context that gives it a certificate; TLS 1.2, where a refusal is
        part of the handshake."""
        certificate, key = self.authority.issue(name, **options)

        def change(context):
            self.only_1_2(context)
            context.load_cert_chain(certificate, key)

        return change

    def assert_refused(self, change):
        with self.assertRaises((ssl.SSLError, ConnectionResetError)):
            self.handshake(change)

    def require(self, *lines):
        return self.start_tls("require_certificate true", *lines)

    def test_require_certificate_false(self):
        self.start_tls(f"cafile {self.authority.certificate}", "require_certificate false")
        self.handshake(self.only_1_2)

    def test_cafile_completes_the_chain_of_the_server(self):
        """As hosts hand certificates out: one file with the certificate, one with those above."""
        between = Authority(self.place.folder, "between", above=self.authority)
        self.certificate, self.key = between.issue("below")
        broker = self.start_tls()
        with self.assertRaises(ssl.SSLCertVerificationError):
            self.handshake()
        self.stop(broker)
        self.start_tls(f"cafile {between.certificate}")
        self.handshake()

    def test_capath(self):
        folder = self.place.folder / "authorities"
        folder.mkdir()
        (folder / "a.pem").write_bytes(self.authority.certificate.read_bytes())
        result = run(["openssl", "rehash", folder])
        self.assertEqual(result.returncode, 0, result.stderr)
        self.require(f"capath {folder}")
        self.handshake(self.client())
        self.assert_refused(self.only_1_2)

    def test_use_subject_as_username(self):
        change = self.client(subject="/O=Example/CN=sensor-1")
        for value, expected in (("true", ", u'CN=sensor-1,O=Example'"), ("false", "")):
            with self.subTest(value=value):
                broker = self.require(f"cafile {self.authority.certificate}",
                                      f"use_subject_as_username {value}")
                self.handshake(change)
                broker.wait_for_log(rf"New client connected from .* as c \(p4, c1, k0{expected}\)")
                self.stop(broker)

    # --- Keys ----------------------------------------------------------------------------------
    def test_dhparamfile(self):
        kind = ("rsa", "rsa_keygen_bits:2048")
        self.certificate, self.key = self.authority.issue("rsa", key_kind=kind)
        parameters = self.place.folder / "dh.pem"
        result = run(["openssl", "genpkey", "-genparam", "-algorithm", "DH",
                      "-pkeyopt", "group:ffdhe3072", "-out", parameters])
        self.assertEqual(result.returncode, 0, result.stderr)
        suite = "DHE-RSA-AES128-GCM-SHA256"
        for lines, bits in (([f"dhparamfile {parameters}"], 3072), ([], 2048)):
            with self.subTest(bits=bits):
                broker = self.start_tls(f"ciphers {suite}", *lines)
                result = run(["openssl", "s_client", "-connect", f"127.0.0.1:{self.port}",
                              "-tls1_2", "-cipher", suite])
                self.assertIn(f"Server Temp Key: DH, {bits} bits", result.stdout)
                self.stop(broker)


if __name__ == "__main__":
    unittest.main(verbosity=2)
