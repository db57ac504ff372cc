"""Directives about listeners and about who may connect, seen from a client."""

import http.client
import signal
import socket
import unittest

from mqtest import DEADLINE_S
from mqtest.broker import PASSWORD, USER
from mqtest.case import BrokerCase
from mqtest.ports import free_port

REFUSED_ID, REFUSED_ID_V4, NOT_AUTHORISED, NOT_AUTHORISED_V4 = 0x85, 2, 0x87, 5
SERVER_BUSY, TAKEN_OVER, ALIAS_INVALID, QOS_UNSUPPORTED = 0x89, 0x8E, 0x94, 0x9B
UNSUPPORTED_VERSION, UNSUPPORTED_VERSION_V4 = 0x84, 1


def listens(address, port):
    """Whether somebody listens at this address."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as probe:
        probe.settimeout(DEADLINE_S)
        return probe.connect_ex((address, port)) == 0


class Clients(BrokerCase):
    # --- Where it listens ----------------------------------------------------------------------
    def test_listener(self):
        second = free_port()
        broker = self.start_with([f"listener {self.port} 127.0.0.1", f"listener {second}",
                                  "allow_anonymous true"])
        self.assertEqual([listens("127.0.0.1", self.port), listens("127.0.0.2", self.port)],
                         [True, False])
        self.assertEqual([listens("127.0.0.1", second), listens("127.0.0.2", second)],
                         [True, True])
        self.assertIn(f"Opening ipv4 listen socket on port {second}.", broker.output)
        self.peer(port=second)

    def test_port(self):
        self.start_with([f"port {self.port}", "allow_anonymous true"])
        self.assertTrue(listens("127.0.0.2", self.port))
        self.peer()

    def test_bind_address(self):
        self.start_with([f"port {self.port}", "bind_address 127.0.0.2", "allow_anonymous true"])
        self.assertEqual([listens("127.0.0.1", self.port), listens("127.0.0.2", self.port)],
                         [False, True])

    def test_socket_domain(self):
        for domain, expected in (("ipv4", [True, False]), ("ipv6", [False, True])):
            with self.subTest(domain=domain):
                broker = self.start_with([f"listener {self.port}", f"socket_domain {domain}"])
                self.assertEqual([listens(at, self.port) for at in ("127.0.0.1", "::1")], expected)
                self.stop(broker)

    def test_protocol(self):
        self.start(f"listener {self.place.ws_port} 127.0.0.1", "protocol websockets",
                   listener=["protocol mqtt"])
        self.peer()
        browser = http.client.HTTPConnection("127.0.0.1", self.place.ws_port, timeout=DEADLINE_S)
        self.addCleanup(browser.close)
        browser.request("GET", "/healthz")
        self.assertEqual(browser.getresponse().status, 200)

    def test_accept_protocol_versions(self):
        self.start(listener=["accept_protocol_versions 3,4"])
        self.peer("a", version=4)
        self.assertEqual(self.tries("b", version=5)[1].code, UNSUPPORTED_VERSION)
        other = free_port()
        self.start_with([f"listener {other} 127.0.0.1", "accept_protocol_versions 5",
                         "allow_anonymous true"])
        self.peer("a", port=other, version=5)
        self.assertEqual(self.tries("b", port=other, version=4)[1].code, UNSUPPORTED_VERSION_V4)

    def test_mount_point(self):
        other = free_port()
        self.start(f"listener {other} 127.0.0.1", "mount_point inner/")
        inner, outer = self.peer("i", port=other), self.peer("o")
        inner.subscribes("#", 1)
        outer.subscribes("#", 1)
        self.peer("x").publishes("outside")
        self.peer("y", port=other).publishes("t")
        self.peer("x").publishes("inner/u")
        self.assertEqual([one.topic for one in inner.pings()], ["t", "u"])
        self.assertEqual([one.topic for one in outer.pings()], ["outside", "inner/t", "inner/u"])

    # --- How many ------------------------------------------------------------------------------
    def test_max_connections(self):
        other = free_port()
        broker = self.start(f"listener {other} 127.0.0.1", listener=["max_connections 2"])
        first, _ = self.peer("a"), self.peer("b")
        self.assertIsNone(self.tries("c")[1])
        self.peer("d", port=other)
        start = len(broker.lines)
        first.disconnects()
        broker.wait_for_log("Client a .*disconnected", start=start)
        self.peer("e")

    def test_global_max_connections(self):
        other = free_port()
        self.start(f"listener {other} 127.0.0.1", "global_max_connections 2")
        self.peer("a")
        self.peer("b", port=other)
        self.assertIsNone(self.tries("c")[1])
        self.assertIsNone(self.tries("c", port=other)[1])

    def test_global_max_clients(self):
        self.start("global_max_clients 2")
        self.away("a", "t")
        self.peer("b")
        self.assertEqual(self.tries("c")[1].code, SERVER_BUSY)
        self.assertNotEqual(getattr(self.tries("c", version=4)[1], "code", None), 0)
        self.peer("a")

    # --- What each listener allows -------------------------------------------------------------
    def test_max_qos(self):
        for name in ("max_qos", "maximum_qos"):
            with self.subTest(name=name):
                broker = self.start(listener=[f"{name} 1"])
                peer = self.peer()
                self.assertEqual(peer.connack.properties["maximum_qos"], 1)
                self.assertEqual(peer.subscribes("t", 2), 1)
                peer.sends_publish("t", b"m", qos=2)
                self.assertEqual(peer.ends_with(), QOS_UNSUPPORTED)
                self.stop(broker)

    def test_max_topic_alias(self):
        none = free_port()
        self.start(f"listener {none} 127.0.0.1", "max_topic_alias 0",
                   listener=["max_topic_alias 3"])
        peer = self.peer()
        self.assertEqual(peer.connack.properties["topic_alias_maximum"], 3)
        peer.subscribes("t", 0)
        peer.sends_publish("t", b"1", topic_alias=3)
        peer.sends_publish("", b"2", topic_alias=3)
        self.assertEqual([peer.next_publish().payload for _ in range(2)], [b"1", b"2"])
        peer.sends_publish("t", b"m", topic_alias=4)
        self.assertEqual(peer.ends_with(), ALIAS_INVALID)
        peer = self.peer(port=none)
        self.assertEqual(peer.connack.properties.get("topic_alias_maximum", 0), 0)
        peer.sends_publish("t", b"m", topic_alias=1)
        self.assertEqual(peer.ends_with(), ALIAS_INVALID)

    def test_max_topic_alias_broker(self):
        for most, expected in ((2, [("a", 1), ("", 1), ("b", 2), ("c", None), ("", 2)]),
                               (0, [("a", None)] * 2 + [("b", None), ("c", None), ("b", None)])):
            with self.subTest(most=most):
                broker = self.start(listener=[f"max_topic_alias_broker {most}"])
                peer = self.peer(topic_alias_maximum=10)
                peer.subscribes("+", 0)
                for topic in "aabcb":
                    peer.sends_publish(topic)
                got = [peer.next_publish() for _ in range(5)]
                self.assertEqual([(one.topic, one.properties.get("topic_alias")) for one in got],
                                 expected)
                self.stop(broker)

    # --- Who -----------------------------------------------------------------------------------
    def test_allow_anonymous(self):
        self.place.add_user()
        lines = [f"listener {self.port} 127.0.0.1", f"password_file {self.place.password_file}"]
        for value, code in (("true", 0), ("false", NOT_AUTHORISED)):
            with self.subTest(value=value):
                broker = self.start_with([*lines, f"allow_anonymous {value}"])
                self.assertEqual(self.tries()[1].code, code)
                self.peer(user=USER, password=PASSWORD)
                self.stop(broker)

    def test_listener_allow_anonymous(self):
        other = free_port()
        self.start_with([f"listener {self.port} 127.0.0.1", "listener_allow_anonymous false",
                         f"listener {other} 127.0.0.1", "allow_anonymous true"])
        self.assertEqual(self.tries()[1].code, NOT_AUTHORISED)
        self.peer(port=other)

    def test_password_file(self):
        self.place.add_user()
        self.start_with([f"listener {self.port} 127.0.0.1",
                         f"password_file {self.place.password_file}"])
        self.peer(user=USER, password=PASSWORD)
        for user, password in ((USER, "wrong"), (USER, None), ("berta", PASSWORD)):
            with self.subTest(user=user, password=password):
                login = {"user": user, "password": password}
                self.assertEqual(self.tries(**login)[1].code, NOT_AUTHORISED)
                self.assertEqual(self.tries("x", version=4, **login)[1].code, NOT_AUTHORISED_V4)

    def test_acl_file(self):
        rules = self.place.folder / "acl"
        rules.write_text("topic read own/#\ntopic deny own/p/secret\ntopic write in/#\n"
                         "pattern write own/%c/#\n")
        self.start(f"acl_file {rules}")
        reader, writer = self.peer("r"), self.peer("p")
        reader.subscribes("#", 1)
        wanted = {"own/p/1": True, "own/p/secret": False, "own/r/1": False, "in/1": True,
                  "elsewhere": False}
        for topic, allowed in wanted.items():
            self.assertEqual(writer.publishes(topic) < 0x80, allowed, topic)
        self.assertEqual([one.topic for one in reader.pings()], ["own/p/1"])

    def test_acl_refuse_subscribe(self):
        rules = self.place.folder / "acl"
        rules.write_text("topic read open/#\n")
        for value, code in (("true", NOT_AUTHORISED), ("false", 0)):
            with self.subTest(value=value):
                broker = self.start(f"acl_file {rules}", f"acl_refuse_subscribe {value}")
                peer = self.peer()
                self.assertEqual([peer.subscribes("closed/#"), peer.subscribes("open/1")],
                                 [code, 0])
                self.stop(broker)

    def test_check_retain_source(self):
        rules = self.place.folder / "acl"
        for value, expected in (("true", []), ("false", ["t"])):
            with self.subTest(value=value):
                rules.write_text("topic readwrite t\n")
                broker = self.start(f"acl_file {rules}", f"check_retain_source {value}")
                self.peer("source").publishes("t", b"m", retain=True)
                rules.write_text("topic read t\n")
                start = len(broker.lines)
                broker.signal(signal.SIGHUP)
                broker.wait_for_log(r"Config reloaded\.$", start=start)
                reader = self.peer("reader")
                reader.subscribes("t", 1)
                self.assertEqual([one.topic for one in reader.pings()], expected)
                self.stop(broker)

    def test_per_listener_settings(self):
        self.place.add_user()
        other = free_port()
        self.start_with(["per_listener_settings true",
                         f"listener {self.port} 127.0.0.1", "allow_anonymous true",
                         "auto_id_prefix one-", f"listener {other} 127.0.0.1",
                         f"password_file {self.place.password_file}", "auto_id_prefix two-"])
        self.assertRegex(self.assigned_id(), "^one-")
        self.assertEqual(self.tries(port=other)[1].code, NOT_AUTHORISED)
        self.assertRegex(self.assigned_id(port=other, user=USER, password=PASSWORD), "^two-")

    # --- Client identifiers --------------------------------------------------------------------
    def assigned_id(self, **options):
        return self.peer(**options).connack.properties["assigned_client_identifier"]

    def test_allow_zero_length_clientid(self):
        for value, codes in (("true", [0, 0]), ("false", [REFUSED_ID, REFUSED_ID_V4])):
            with self.subTest(value=value):
                broker = self.start(f"allow_zero_length_clientid {value}")
                self.assertEqual([self.tries("", version=5)[1].code,
                                  self.tries("", version=4)[1].code], codes)
                self.peer("named")
                self.stop(broker)

    def test_auto_id_prefix(self):
        self.start("auto_id_prefix my ids-")
        self.assertRegex(self.assigned_id(), r"^my ids-[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$")

    def test_listener_auto_id_prefix(self):
        other = free_port()
        self.start("auto_id_prefix all-", f"listener {other} 127.0.0.1",
                   "listener_auto_id_prefix here-")
        self.assertRegex(self.assigned_id(), "^all-")
        self.assertRegex(self.assigned_id(port=other), "^here-")

    def test_clientid_prefixes(self):
        self.start("clientid_prefixes sensor")
        self.peer("sensor-1")
        self.assertEqual(self.tries("lamp")[1].code, NOT_AUTHORISED)
        self.assertEqual(self.tries("a-sensor", version=4)[1].code, NOT_AUTHORISED_V4)

    def test_use_username_as_clientid(self):
        self.place.add_user()
        broker = self.start(f"password_file {self.place.password_file}",
                            listener=["use_username_as_clientid true"])
        self.assertIn(self.tries("x")[1].code, (REFUSED_ID, NOT_AUTHORISED))
        first = self.peer("one", user=USER, password=PASSWORD)
        broker.wait_for_log(f"New client connected from .* as {USER} ")
        self.peer("two", user=USER, password=PASSWORD)
        self.assertEqual(first.ends_with(), TAKEN_OVER)


if __name__ == "__main__":
    unittest.main(verbosity=2)
