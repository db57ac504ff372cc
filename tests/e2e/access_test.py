"""ACL files: the same rights as Debian's Mosquitto gives, and the line that decides. Wrong logins."""

import itertools
import signal
import time
import unittest

from mqtest.broker import PASSWORD, USER, Broker, Place
from mqtest.clients import Client
from mqtest.ports import free_port
from mqtest.process import Process, run, wait_until
from mqtest.programs import debian, program
from mqtest.wire import CONNACK_OK, PING, PONG, Wire, connect, field, packet

SUPER = "super"  # may read and write everything
REFUSED = b"\x20\x02\x00\x05"

# Rules, and the names and topics to ask about. The rules of SUPER stand in front.
FILES = [
    # The manual's example
    ("topic read pub/#\n\nuser alice\ntopic alice/#\ntopic deny alice/private/#\n\n"
     "pattern readwrite dev/%c/#\npattern write out/%u\n",
     [None, "alice", "bob"], ["c1", "c2"],
     ["pub", "pub/a", "alice/a", "alice", "alice/private/x", "dev/c1/x", "dev/c2", "out/alice"]),
    # Deny stands in front, wherever it is written; a rule without the access is passed over
    ("user alice\ntopic read a/b\ntopic write a/+\ntopic deny a/c\ntopic read a/c\ntopic write #\n",
     ["alice", "bob"], ["c1"], ["a/b", "a/c", "a/d", "z"]),
    # Own rules count before patterns
    ("pattern deny %u/a\npattern readwrite %u/#\nuser alice\ntopic read alice/a\n"
     "topic deny alice/b\n",
     ["alice", "bob", None], ["c1"], ["alice/a", "alice/b", "alice/c", "bob/a", "bob/c"]),
    # Placeholders within a level, twice, and names with slashes
    ("pattern read dev-%c/%u%c/x\npattern write %u/+/#\npattern deny %u/%c/no\n",
     ["alice", "a/b"], ["c1", "p/q"],
     ["dev-c1/alicec1/x", "dev-p/q/alicep/q/x", "a/b/c", "a/b/c/d", "alice/c1/no", "alice/c1/yes",
      "a/b/p/q/no"]),
    # Names with wildcards
    ("user alice\ntopic own\npattern all\npattern d/%c\nuser al+ce\ntopic own\n",
     ["alice", "al+ce", None], ["c1", "c+", "#"], ["own", "all", "d/c1", "d/x", "alice"]),
    # $ topics, empty levels, words and blanks
    ("topic #\ntopic +/a\nuser alice\ntopic $x/#\n  topic   read   two words/#  \ntopic write\n"
     "topic readwrite /\ntopic //#\n",
     [None, "alice"], ["c1"], ["x/a", "$x/a", "$y/a", "two words/b", "write", "/", "//", "//a"]),
]


def subscribe(number, topic):
    return packet(0x82, number.to_bytes(2, "big") + field(topic) + b"\x00")


def publish_acknowledged(topic, payload):
    return packet(0x32, field(topic) + b"\x00\x01" + payload)


class Session(Wire):
    """A raw client, whose every step waits until the broker has done it."""

    def __init__(self, port, client_id, user):
        super().__init__(port)
        self.send(connect(client_id, user))
        assert self.receive(4) == CONNACK_OK
        self.payloads = []

    def wait_for(self, kind):
        """Reads up to a packet of this kind, and keeps what is published before."""
        while True:
            first, size = self.receive(2)
            assert size < 128
            body = self.receive(size)
            if first == kind:
                return
            assert first & 0xf0 == 0x30, first
            self.payloads.append(body[2 + int.from_bytes(body[:2], "big"):])

    def arrived(self):
        """The payloads that have come since the last call."""
        self.send(PING)
        self.wait_for(PONG[0])
        payloads, self.payloads = self.payloads, []
        return payloads

    def subscribe(self, topic):
        self.send(subscribe(1, topic))
        self.wait_for(0x90)

    def publish(self, topic, payload):
        self.send(publish_acknowledged(topic, payload))
        self.wait_for(0x40)


class Access(unittest.TestCase):
    def setUp(self):
        self.place = Place()
        self.addCleanup(self.place.remove)
        self.acl = self.place.folder / "acl"

    def write(self, rules, *more):
        self.acl.write_text(rules + f"user {SUPER}\ntopic readwrite #\ntopic readwrite $x/#\n"
                            "topic readwrite $y/#\n", encoding="utf-8")
        self.place.configuration.write_text("\n".join((
            f"listener {self.place.port} 127.0.0.1", "allow_anonymous true",
            f"acl_file {self.acl}", "user root", "log_type all", *more)) + "\n", encoding="utf-8")

    def start_ours(self):
        broker = self.place.start()
        self.addCleanup(broker.kill)
        return broker

    @staticmethod
    def rights(port, user, client_id, topic):
        """Whether the client can read and write the topic, found out by doing it."""
        with Session(port, client_id, user) as client, Session(port, "super", SUPER) as helper:
            client.subscribe(topic)
            helper.subscribe(topic)
            helper.publish(topic, b"to client")
            client.publish(topic, b"from client")
            return b"to client" in client.arrived(), b"from client" in helper.arrived()

    def explained(self, user, client_id, topic):
        said = run([program("mqbroker"), "-c", self.place.configuration, "--explain-acl",
                    user or "-", client_id, topic])
        self.assertEqual(said.returncode, 0, said.stdout + said.stderr)
        read, write = said.stdout.splitlines()
        return read.startswith("read: allowed by line"), write.startswith("write: allowed by line")

    def test_rights_are_those_that_mosquitto_gives_and_the_explanation_says(self):
        asked = 0
        for rules, users, clients, topics in FILES:
            self.write(rules)
            ours = self.start_ours()
            port = self.place.port
            self.place.port = free_port()
            self.write(rules)
            theirs = Process([debian("mosquitto"), "-c", self.place.configuration])
            self.addCleanup(theirs.kill)
            theirs.wait_for_line("version .* running")
            for user, client, topic in itertools.product(users, clients, topics):
                with self.subTest(user=user, client=client, topic=topic, rules=rules):
                    found = self.rights(port, user, client, topic)
                    self.assertEqual(found, self.rights(self.place.port, user, client, topic))
                    self.assertEqual(found, self.explained(user, client, topic))
                    asked += 1
            ours.kill()
            theirs.kill()
        print(f"{asked} questions with one answer")

    def test_explanation_names_the_line(self):
        self.write("topic read a/#\npattern d/%c\n")
        configuration = self.place.configuration
        said = run([program("mqbroker"), "--explain-acl", "", "c1", "a/b", "-c", configuration])
        self.assertIn(f"read: allowed by line 1 of {self.acl}: topic read a/#", said.stdout)
        self.assertIn("write: refused: no rule of clients without a user name", said.stdout)
        bad = run([program("mqbroker"), "-c", configuration, "--explain-acl", "u", "a/#"])
        self.assertEqual(bad.returncode, 3)
        self.acl.write_text("topic raed a\n")
        bad = run([program("mqbroker"), "-c", configuration, "--explain-acl", "u", "a"])
        self.assertEqual(bad.returncode, 3)
        self.assertIn(f"Error: {self.acl}:1: unknown access 'raed'", bad.stderr)

    def test_bad_files_keep_the_broker_from_starting(self):
        self.write("topic raed a\nuser\n")
        result = run([program("mqbroker"), "-c", self.place.configuration])
        self.assertEqual(result.returncode, 3)
        for line in (1, 2):
            self.assertIn(f"{self.acl}:{line}: ", result.stdout + result.stderr)
        self.acl.unlink()
        result = run([program("mqbroker"), "-c", self.place.configuration])
        self.assertEqual(result.returncode, 13)
        self.assertIn(str(self.acl), result.stdout + result.stderr)

    def test_reload_changes_what_connected_clients_may_do(self):
        self.write("topic read a\n")
        broker = self.start_ours()
        with Session(self.place.port, "c1", None) as client, \
                Session(self.place.port, "s", SUPER) as helper:
            client.subscribe("#")
            helper.publish("a", b"1")
            helper.publish("b", b"2")
            self.assertEqual(client.arrived(), [b"1"])
            self.write("topic read b\n")
            broker.signal(signal.SIGHUP)
            broker.wait_for_line("Config reloaded")
            helper.publish("a", b"3")
            helper.publish("b", b"4")
            self.assertEqual(client.arrived(), [b"4"])

    def test_a_bridge_tells_its_state(self):
        """Debian's Mosquitto as a bridge leaves a will under $SYS and publishes there."""
        self.write("topic #\ntopic read $SYS/#\ntopic write $SYS/broker/connection/+/state\n")
        self.start_ours()
        bridge = self.place.folder / "bridge.conf"
        bridge.write_text(f"listener {free_port()} 127.0.0.1\nuser root\n"
                          f"connection east\naddress 127.0.0.1:{self.place.port}\n"
                          "topic # out 0\nremote_clientid east.bridge\n")
        theirs = Process([debian("mosquitto"), "-c", bridge])
        self.addCleanup(theirs.kill)
        state = "$SYS/broker/connection/east.bridge/state"
        client = Client(self.place.port, user=None, password=None)
        with client.subscribe(state) as subscriber:
            subscriber.wait_for_message(r"\$SYS/broker/connection/east.bridge/state", "1")
            theirs.kill()
            subscriber.wait_for_message(r"\$SYS/broker/connection/east.bridge/state", "0")


class WrongLogins(unittest.TestCase):
    """Clients of two addresses, as a proxy tells them."""

    HERE, THERE = "192.0.2.1", "2001:db8::1"

    def setUp(self):
        self.place = Place()
        self.addCleanup(self.place.remove)
        self.place.add_user()
        self.place.add_user("bert", PASSWORD)
        self.sys_port = free_port()

    def write(self, *lines):
        self.place.configuration.write_text("\n".join((
            f"listener {self.place.port} 127.0.0.1", "enable_proxy_protocol 1",
            f"listener {self.sys_port} 127.0.0.1", "sys_interval 1",
            f"password_file {self.place.password_file}", "user root", "log_type all", *lines))
            + "\n", encoding="utf-8")

    def start(self, *lines):
        self.write(*lines)
        broker = self.place.start()
        self.addCleanup(broker.kill)
        return broker

    def begin(self, user, password, address=HERE, name="probe"):
        """Sends a login without waiting for the answer."""
        kind, to = ("TCP6", "::1") if ":" in address else ("TCP4", "127.0.0.1")
        wire = Wire(self.place.port)
        self.addCleanup(wire.close)
        wire.send(f"PROXY {kind} {address} {to} 4000 1883\r\n".encode()
                  + connect(name, user, password))
        return wire

    def answer(self, *login, **more):
        with self.begin(*login, **more) as wire:
            return wire.receive(4)

    def storm(self, count, user=USER, address=HERE):
        """Wrong logins, one after the other, but without waiting for the delayed answers."""
        for _ in range(count):
            self.begin(user, "wrong", address)

    def test_each_refusal_is_one_line_with_address_user_client_and_reason(self):
        broker = self.start()
        self.assertEqual(self.answer(USER, "wrong"), REFUSED)
        self.assertEqual(self.answer("nobody", "wrong", self.THERE, name="c2"), REFUSED)
        broker.wait_for_line(rf"Login refused: {self.HERE} user '{USER}' client 'probe': wrong "
                             "password$")
        broker.wait_for_line(rf"Login refused: {self.THERE} user 'nobody' client 'c2': unknown "
                             "user$")
        broker.wait_for_line(r"Client c2 \[2001:db8::1:4000\] disconnected: not authorised\.$")

    def test_login_throttle_address_failures(self):
        broker = self.start("login_throttle_address_failures 20")
        self.storm(20)
        broker.wait_for_line("wrong password", start=self.lines_before(broker, "wrong password", 19))
        self.assertEqual(self.answer("bert", PASSWORD), REFUSED)
        broker.wait_for_line("user 'bert' .*: too many failed logins from this address$")
        self.assertEqual(self.answer(USER, PASSWORD, self.THERE), CONNACK_OK)
        wait_until(lambda: self.counters()["logins/refused/address"] == 1, "counted in $SYS")
        self.assertEqual(self.counters()["logins/failed"], 20)

    @staticmethod
    def lines_before(broker, text, count):
        """The index behind the line that says this for the count-th time."""
        start = 0
        for _ in range(count):
            broker.wait_for_line(text, start=start)
            start = next(number for number in range(start, len(broker.lines))
                         if text in broker.lines[number]) + 1
        return start

    def test_login_throttle_user_failures(self):
        """Loopback is not refused as an address, but the user who is guessed at is."""
        broker = self.start("login_throttle_user_failures 4",
                            "login_throttle_address_failures 1")
        for number in range(4):
            self.assertEqual(self.answer(USER, "wrong", f"127.0.0.{number + 2}"), REFUSED)
        self.assertEqual(self.answer("bert", PASSWORD, "127.0.0.1"), CONNACK_OK)
        self.assertEqual(self.answer(USER, PASSWORD, self.THERE), REFUSED)
        broker.wait_for_line(f"user '{USER}' client 'probe': too many failed logins of this user$")

    def test_login_throttle_can_be_turned_off(self):
        broker = self.start("login_throttle_address_failures 1")
        self.assertEqual(self.answer(USER, "wrong"), REFUSED)
        self.assertEqual(self.answer(USER, PASSWORD), REFUSED)
        self.write("login_throttle false")
        broker.signal(signal.SIGHUP)
        broker.wait_for_line("Config reloaded")
        self.assertEqual(self.answer(USER, PASSWORD), CONNACK_OK)

    def test_login_throttle_slow_after(self):
        """Further wrong answers come late, the right one does not wait for them."""
        self.start("login_throttle_slow_after 1")
        self.storm(5)
        begun = time.monotonic()
        slow = self.begin(USER, "wrong")
        self.assertEqual(self.answer(USER, PASSWORD), CONNACK_OK)
        self.assertEqual(slow.receive(4), REFUSED)
        self.assertGreater(time.monotonic() - begun, 0.09)
        wait_until(lambda: self.counters()["logins/slowed"] == 5, "five answers slowed")

    def test_login_throttle_refuse_time(self):
        self.start("login_throttle_address_failures 1", "login_throttle_refuse_time 1",
                   "login_throttle_window 1")
        self.assertEqual(self.answer(USER, "wrong"), REFUSED)
        wait_until(lambda: self.answer(USER, PASSWORD) == CONNACK_OK, "let in again")

    def test_login_throttle_window(self):
        """Two failures are too many, unless they lie further apart than two windows."""
        self.start("login_throttle_address_failures 2", "login_throttle_window 1")
        for _ in range(3):
            self.assertEqual(self.answer(USER, "wrong"), REFUSED)
            time.sleep(2.1)
        self.assertEqual(self.answer(USER, PASSWORD), CONNACK_OK)

    def counters(self):
        """What $SYS says of logins just now."""
        said = Client(self.sys_port, password=PASSWORD).fetch("$SYS/broker/logins/#", 4)
        return {topic.removeprefix("$SYS/broker/"): int(value) for topic, value, *_ in said}


if __name__ == "__main__":
    unittest.main(verbosity=2)
