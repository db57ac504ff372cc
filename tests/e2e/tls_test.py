"""TLS with others' clients: certificates of clients, pre-shared keys, versions, resumption, wss."""

import os
import signal
import ssl
import subprocess
import unittest
import unittest.mock

from mqtest.broker import PASSWORD, USER, Broker, Place
from mqtest.certificates import Authority
from mqtest.clients import Client
from mqtest.peer import Peer
from mqtest.ports import free_port
from mqtest.process import Process, run
from mqtest.programs import SOURCE, node

VERSIONS = ("TLSv1.2", "TLSv1.3")
KEY, OTHER_KEY = "0123456789abcdef", "fedcba9876543210"
REFUSED = "disconnected: TLS handshake failed: "


def at_most(place, version):
    """Programs that are started meanwhile speak this version at most."""
    settings = place.folder / "openssl.cnf"
    settings.write_text("openssl_conf = all\n[all]\nssl_conf = ssl\n[ssl]\n"
                        f"system_default = tls\n[tls]\nMaxProtocol = {version}\n")
    return unittest.mock.patch.dict(os.environ, OPENSSL_CONF=str(settings))


class TlsCase:
    """A place with an authority, and a broker with the listeners of `listeners()`."""

    @classmethod
    def setUpClass(cls):
        cls.place = Place()
        cls.addClassCleanup(cls.place.remove)
        cls.authority = Authority(cls.place.folder)
        cls.certificate, cls.key = cls.authority.issue("server")
        cls.anna = cls.authority.issue("anna", subject="/O=Home/CN=anna")
        cls.place.configuration.write_text("\n".join([
            "log_dest stderr", "log_type all", "user root", "allow_anonymous true",
            *cls.listeners()]) + "\n")
        cls.broker = cls.place.start()
        cls.addClassCleanup(cls.broker.kill)

    @classmethod
    def secure_listener(cls, port, *more):
        return [f"listener {port} 127.0.0.1", f"certfile {cls.certificate}", f"keyfile {cls.key}",
                *more]

    def client(self, port, pair=None, more=()):
        shown = ["--cert", pair[0], "--key", pair[1]] if pair else []
        return Client(port, "3.1.1", user=None, password=None,
                      more=["--cafile", self.authority.certificate, *shown, *more])

    def publishes(self, client):
        return client.publish("t", "m", "-q", 1).returncode == 0

    def expect_log(self, pattern, act):
        start = len(self.broker.lines)
        result = act()
        self.broker.wait_for_log(pattern, start=start)
        return result


class ClientCertificates(TlsCase, unittest.TestCase):
    @classmethod
    def listeners(cls):
        cls.berta = cls.authority.issue("berta")
        cls.expired = cls.authority.issue("late", days=-1)
        cls.ports = {name: free_port() for name in ("required", "revoking", "lenient", "subject")}
        asking = ["require_certificate true", f"cafile {cls.authority.certificate}"]
        crl = f"crlfile {cls.authority.revocation_list(cls.berta[0])}"
        return [*cls.secure_listener(cls.ports["required"], *asking,
                                     "use_identity_as_username true"),
                *cls.secure_listener(cls.ports["revoking"], *asking, crl),
                *cls.secure_listener(cls.ports["lenient"], *asking,
                                     "disable_client_cert_date_checks true"),
                *cls.secure_listener(cls.ports["subject"], *asking,
                                     "use_subject_as_username true")]

    def expect_refused(self, port, pair, reason):
        self.assertFalse(self.expect_log(REFUSED + reason, lambda: self.publishes(
            self.client(self.ports[port], pair))))

    def test_name_of_the_certificate_is_the_user(self):
        for port, name in (("required", "anna"), ("subject", "CN=anna,O=Home")):
            with self.subTest(port=port):
                self.assertTrue(self.expect_log(
                    f"New client connected from .*, u'{name}'\\)", lambda: self.publishes(
                        self.client(self.ports[port], self.anna))))

    def test_certificate_is_required(self):
        self.expect_refused("required", None, "peer did not return a certificate")

    def test_certificate_of_a_stranger_is_refused(self):
        stranger = Authority(self.place.folder, "stranger").issue("eve")
        self.expect_refused("required", stranger, "certificate verify failed: ")

    def test_revoked_certificate_is_refused(self):
        self.assertTrue(self.publishes(self.client(self.ports["revoking"], self.anna)))
        self.expect_refused("revoking", self.berta, "certificate verify failed: certificate revoked")

    def test_expired_certificate_is_refused_unless_dates_do_not_count(self):
        self.expect_refused("required", self.expired,
                            "certificate verify failed: certificate has expired")
        self.assertTrue(self.publishes(self.client(self.ports["lenient"], self.expired)))


class LateRevocation(TlsCase, unittest.TestCase):
    """A revocation list that comes while its client is here."""

    @classmethod
    def listeners(cls):
        cls.berta = cls.authority.issue("berta")
        crl = cls.authority.revocation_list()
        return cls.secure_listener(cls.place.port, "require_certificate true",
                                   f"cafile {cls.authority.certificate}", f"crlfile {crl}")

    def connected(self, pair):
        """A client of MQTT 5.0."""
        context = ssl.create_default_context(cafile=self.authority.certificate)
        context.load_cert_chain(*pair)
        peer = Peer(self.place.port)
        self.addCleanup(peer.close)
        peer.socket = context.wrap_socket(peer.socket, server_hostname="127.0.0.1")
        self.assertEqual(peer.connects().code, 0)
        return peer

    def test_a_reload_ends_who_is_revoked_and_nobody_else(self):
        anna, berta = self.connected(self.anna), self.connected(self.berta)
        self.authority.revocation_list(self.berta[0])
        self.expect_log(r"\]: its certificate is revoked \(CN=berta, serial ",
                        lambda: self.broker.signal(signal.SIGHUP))
        self.assertEqual(berta.ends_with(), 0x87)
        self.assertEqual(anna.pings(), [])


class Keylog(TlsCase, unittest.TestCase):
    @classmethod
    def listeners(cls):
        return cls.secure_listener(cls.place.port)

    def test_the_secrets_are_those_of_the_client(self):
        ours, theirs = self.place.folder / "ours", self.place.folder / "theirs"
        port = free_port()
        configuration = self.place.folder / "keylog.conf"
        configuration.write_text("\n".join([*self.secure_listener(port), "user root"]) + "\n")
        broker = Broker(configuration, ["--tls-keylog", ours])
        self.addCleanup(broker.kill)
        self.assertIn("TLS IS NOT PRIVATE", broker.output)
        self.assertEqual(ours.stat().st_mode & 0o7777, 0o600)
        for version, kinds in (("-tls1_2", 1), ("-tls1_3", 5)):
            theirs.unlink(missing_ok=True)
            result = run(["openssl", "s_client", "-connect", f"127.0.0.1:{port}", version,
                          "-keylogfile", theirs])
            self.assertIn("BEGIN CERTIFICATE", result.stdout)
            said = {line for line in theirs.read_text().splitlines() if not line.startswith("#")}
            self.assertEqual(len(said), kinds)
            self.assertEqual(said - set(ours.read_text().splitlines()), set())


class PreSharedKeys(TlsCase, unittest.TestCase):
    @classmethod
    def listeners(cls):
        cls.psk_file = cls.place.folder / "psk"
        cls.psk_file.write_text(f"sensor:{KEY}\n")
        cls.psk_file.chmod(0o600)
        return [f"listener {cls.place.port} 127.0.0.1", "psk_hint home",
                "use_identity_as_username true", f"psk_file {cls.psk_file}"]

    def psk_client(self, identity="sensor", key=KEY):
        return Client(self.place.port, "3.1.1", user=None, password=None,
                      more=["--psk", key, "--psk-identity", identity])

    def s_client(self, *more):
        return run(["openssl", "s_client", "-connect", f"127.0.0.1:{self.place.port}",
                    "-psk_identity", "sensor", "-psk", KEY, *more])

    def test_right_key_is_let_in_under_its_identity(self):
        client = self.psk_client()
        for version in VERSIONS:
            with self.subTest(version=version), at_most(self.place, version):
                with client.subscribe("t", "-q", 1, count=1) as subscriber:
                    self.assertTrue(self.expect_log(f"negotiated {version} cipher",
                                                    lambda: self.publishes(client)))
                    self.assertEqual(subscriber.finish(), [("t", "m", 1, 0)])
        self.broker.wait_for_log(r"New client connected from .*, u'sensor'\)")

    def test_wrong_key_and_unknown_identity_are_refused(self):
        for version in VERSIONS:
            with self.subTest(version=version), at_most(self.place, version):
                self.assertFalse(self.expect_log(REFUSED, lambda: self.publishes(
                    self.psk_client(key=OTHER_KEY))))
                self.assertFalse(self.expect_log(
                    REFUSED + "unknown PSK identity",
                    lambda: self.publishes(self.psk_client("stranger"))))

    def test_s_client_gets_through(self):
        for version in ("-tls1_2", "-tls1_3"):
            with self.subTest(version=version):
                result = self.s_client(version)
                self.assertRegex(result.stdout, r"Cipher is (.*PSK|TLS_)", result.stderr)

    def test_changed_key_holds_after_a_reload_and_ends_who_used_the_old_one(self):
        with self.psk_client().subscribe("t") as subscriber:
            self.psk_file.write_text(f"sensor:{OTHER_KEY}\n")
            self.addCleanup(self.psk_file.write_text, f"sensor:{KEY}\n")
            self.expect_log("Config reloaded",
                            lambda: self.broker.signal(signal.SIGHUP))
            self.assertTrue(self.publishes(self.psk_client(key=OTHER_KEY)))
            self.assertFalse(self.publishes(self.psk_client()))
            self.broker.wait_for_log("not authorised")
            subscriber.kill()
        self.psk_file.write_text(f"sensor:{KEY}\n")
        self.expect_log("Config reloaded", lambda: self.broker.signal(signal.SIGHUP))
        self.assertTrue(self.publishes(self.psk_client()))


class Resumption(TlsCase):
    """What `openssl s_client` tells of sessions."""

    def s_client(self, port, *more, text=None):
        return run(["openssl", "s_client", "-connect", f"127.0.0.1:{port}", *more],
                   text_input=text)

    def session_of(self, version, port):
        session = self.place.folder / f"session{version}"
        with Process(["openssl", "s_client", "-connect", f"127.0.0.1:{port}", version,
                      "-sess_out", session], stdin=subprocess.PIPE) as first:
            # The tickets of TLS 1.3 come behind the handshake.
            first.wait_for_line("New Session Ticket arrived" if version == "-tls1_3"
                                else "Verify return code")
            first.child.stdin.close()
            first.wait()
        return session

    def resumes(self, version, port, session):
        return "\nReused, TLSv1" in self.s_client(port, version, "-sess_in", session).stdout


class Versions(Resumption, unittest.TestCase):
    OLDEST = ("-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0")

    @classmethod
    def listeners(cls):
        cls.ports = {version: free_port() for version in ("tlsv1.1", "tlsv1.2", "tlsv1.3")}
        return [line for version, port in cls.ports.items()
                for line in cls.secure_listener(port, f"tls_version {version}")]

    def test_lowest_version_is_the_one_of_the_configuration(self):
        spoken = {"tlsv1.1": self.OLDEST, "tlsv1.2": ("-tls1_2",), "tlsv1.3": ("-tls1_3",)}
        for lowest, port in self.ports.items():
            for version, options in spoken.items():
                with self.subTest(lowest=lowest, version=version):
                    result = self.s_client(port, *options)
                    self.assertEqual("BEGIN CERTIFICATE" in result.stdout, version >= lowest,
                                     result.stdout + result.stderr)

    def test_mosquitto_clients_speak_each_version(self):
        for version in VERSIONS:
            with self.subTest(version=version), at_most(self.place, version):
                self.assertTrue(self.expect_log(f"negotiated {version} cipher", lambda:
                                self.publishes(self.client(self.ports["tlsv1.2"]))))
        with at_most(self.place, "TLSv1.2"):
            self.assertFalse(self.expect_log(
                REFUSED + "unsupported protocol",
                lambda: self.publishes(self.client(self.ports["tlsv1.3"]))))

    def test_sessions_are_resumed(self):
        for version in ("-tls1_2", "-tls1_3"):
            with self.subTest(version=version):
                session = self.session_of(version, self.ports["tlsv1.2"])
                self.assertTrue(self.resumes(version, self.ports["tlsv1.2"], session))

    def test_renegotiation_is_refused(self):
        result = self.s_client(self.ports["tlsv1.2"], "-tls1_2", text="R\n")
        self.assertIn("no renegotiation", result.stderr)


class Threads(Resumption, unittest.TestCase):
    """Clients are dealt to two threads in turn."""

    @classmethod
    def listeners(cls):
        return ["threads 2", "threads_placement spread", *cls.secure_listener(cls.place.port)]

    def test_sessions_are_resumed_on_each_thread_and_after_a_reload(self):
        for version in ("-tls1_2", "-tls1_3"):
            with self.subTest(version=version):
                session = self.session_of(version, self.place.port)
                for _ in range(2):
                    self.assertTrue(self.resumes(version, self.place.port, session))
                self.expect_log("Config reloaded", lambda:
                                self.broker.signal(signal.SIGHUP))
                for _ in range(2):
                    self.assertTrue(self.resumes(version, self.place.port, session))

    def test_messages_go_from_thread_to_thread(self):
        client = self.client(self.place.port)
        with client.subscribe("t", "-q", 1, count=4) as subscriber:
            for _ in range(4):
                self.assertTrue(self.publishes(client))
            self.assertEqual(subscriber.finish(), [("t", "m", 1, 0)] * 4)


class SecureWebSocket(TlsCase, unittest.TestCase):
    @classmethod
    def listeners(cls):
        cls.place.add_user()
        return cls.secure_listener(cls.place.ws_port, "protocol websockets") + [
            f"password_file {cls.place.password_file}"]

    def node(self, scene, version="5", password=PASSWORD):
        result = run([node(), SOURCE / "tests/e2e/mqttjs_client.cjs", scene,
                      f"wss://127.0.0.1:{self.place.ws_port}", version, USER, password],
                     env={"NODE_PATH": str(SOURCE / "build/npm/node_modules"),
                          "NODE_EXTRA_CA_CERTS": str(self.authority.certificate)})
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        return result.stdout

    def test_round_trips(self):
        for version in ("3", "4", "5"):
            with self.subTest(version=version):
                self.assertIn("round trips: 0 1 2", self.node("round-trip", version))

    def test_large_message(self):
        self.assertIn("large: 1048576", self.node("large"))

    def test_many_clients_at_once(self):
        self.assertIn("crowd: 50", self.node("crowd"))

    def test_wrong_password(self):
        self.assertIn("refused: 135", self.node("refused", password="wrong"))

    def test_version_and_cipher_are_logged(self):
        self.expect_log(r"Client \S+ negotiated TLSv1.3 cipher TLS_", lambda: self.node("large"))


class Certificates(TlsCase, unittest.TestCase):
    @classmethod
    def listeners(cls):
        cls.soon = cls.authority.issue("soon", days=13)
        cls.certificate, cls.key = cls.soon
        return [*cls.secure_listener(cls.place.port), "sys_interval 1"]

    def test_days_left_are_told(self):
        topic = f"$SYS/broker/certificates/{self.place.port}/days_left"
        # Exactly 13 within the second in which it was made.
        self.assertIn(self.client(self.place.port).fetch(topic, 1)[0][1], ("12", "13"))
        self.broker.wait_for_log(f"port {self.place.port} expires in 1[23] days")


if __name__ == "__main__":
    unittest.main(verbosity=2)
