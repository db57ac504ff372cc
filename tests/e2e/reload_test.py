"""SIGHUP: a good configuration is taken over whole, a bad one not at all, and clients stay."""

import signal
import threading
import unittest

import paho.mqtt.client as paho

from mqtest import DEADLINE_S
from mqtest.broker import PASSWORD, USER, Place
from mqtest.certificates import Authority
from mqtest.ports import free_port
from mqtest.process import run, wait_until
from mqtest.wire import CONNACK_OK, Wire, answers, connect

RELOADED = r"Config reloaded\.$"
REFUSED = r"The configuration was not reloaded"
ROUNDS = 100


class Flow:
    """One client that publishes numbers at QoS 1 to itself until it is told to stop."""

    def __init__(self, port):
        self.received, self.lost, self.sent = [], [], 0
        self.caught_up = threading.Event()
        self._stop = threading.Event()
        self.client = paho.Client(f"flow-{port}", protocol=paho.MQTTv311)
        self.client.username_pw_set(USER, PASSWORD)
        self.client.on_message = self._on_message
        self.client.on_disconnect = lambda _c, _u, code: self.lost.append(code)
        subscribed = threading.Event()
        self.client.on_subscribe = lambda *_: subscribed.set()
        self.client.connect("127.0.0.1", port)
        self.client.loop_start()
        self.client.subscribe(f"flow/{port}", 1)
        assert subscribed.wait(DEADLINE_S)
        self.topic = f"flow/{port}"
        self.thread = threading.Thread(target=self._publish, daemon=True)
        self.thread.start()

    def _on_message(self, _client, _data, message):
        self.received.append(int(message.payload))
        if self._stop.is_set() and len(self.received) >= self.sent:
            self.caught_up.set()

    def _publish(self):
        while not self._stop.is_set():
            number = self.sent
            self.sent += 1
            self.client.publish(self.topic, str(number), 1).wait_for_publish(DEADLINE_S)

    def finish(self):
        """Stops; returns the numbers that came back."""
        self._stop.set()
        self.thread.join(DEADLINE_S)
        if len(self.received) < self.sent:
            self.caught_up.wait(DEADLINE_S)
        lost = list(self.lost)
        self.client.disconnect()
        self.client.loop_stop()
        assert not lost, f"disconnected: {lost}"
        return self.received


class Reload(unittest.TestCase):
    def setUp(self):
        self.place = Place()
        self.addCleanup(self.place.remove)
        self.place.add_user()

    def write(self, *lines):
        self.place.configuration.write_text("\n".join(lines) + "\n", encoding="utf-8")

    def base(self, *lines):
        return (f"listener {self.place.port} 127.0.0.1", f"password_file {self.place.password_file}",
                "user root", "log_type all", *lines)

    def start(self, *lines):
        self.write(*self.base(*lines))
        broker = self.place.start()
        self.addCleanup(broker.kill)
        return broker

    @staticmethod
    def reload(broker, expected=RELOADED):
        start = len(broker.lines)
        broker.signal(signal.SIGHUP)
        broker.wait_for_line(f"({RELOADED}|{REFUSED})", start=start)
        said = "\n".join(broker.lines[start:])
        assert_said = broker.wait_for_line(expected, start=start)
        return said, assert_said

    def logs_in(self, user, password, port=None):
        with Wire(port or self.place.port) as wire:
            wire.send(connect("probe", user, password))
            return wire.receive(4) == CONNACK_OK

    def test_a_hundred_changes_under_load_lose_nobody_and_nothing(self):
        authority = Authority(self.place.folder)
        certificates = [authority.issue(f"server-{i}") for i in range(2)]
        certificate, key = self.place.folder / "cert.pem", self.place.folder / "key.pem"
        tls_port, changing = free_port(), [free_port() for _ in range(4)]
        acl = self.place.folder / "acl"
        acl.write_text("topic readwrite #\n" + f"user {USER}\ntopic readwrite #\n")

        def put_certificate(number):
            for source, target in zip(certificates[number % 2], (certificate, key)):
                target.write_bytes(source.read_bytes())

        put_certificate(0)
        tls = (f"listener {tls_port} 127.0.0.1", f"certfile {certificate}", f"keyfile {key}")
        broker = self.start(f"acl_file {acl}", *tls)
        flows = [Flow(self.place.port) for _ in range(1)]
        for number in range(ROUNDS):
            sent = [flow.sent for flow in flows]
            extra = [port for i, port in enumerate(changing) if (number >> i) & 1]
            lines = [f"acl_file {acl}", *tls, f"max_connections {100 + number}"]
            for port in extra:
                lines += [f"listener {port} 127.0.0.1", f"max_qos {number % 3}"]
            name = f"user{number % 5}"
            self.place.add_user(name, f"secret{number}")
            acl.write_text(f"user {USER}\ntopic readwrite #\nuser {name}\ntopic read a/{number}\n")
            put_certificate(number)
            self.write(*self.base(*lines))
            self.reload(broker)
            self.assertEqual([answers(port) for port in changing],
                             [port in extra for port in changing])
            self.assertTrue(self.logs_in(name, f"secret{number}"))
            self.assertIn(f"server-{number % 2}", self.common_name(tls_port))
            for flow, before in zip(flows, sent):
                wait_until(lambda flow=flow, before=before: flow.sent > before, "the flow goes on")
        for flow in flows:
            received = flow.finish()
            print(f"{flow.sent} messages during {ROUNDS} reloads")
            self.assertEqual(received, list(range(flow.sent)))
            self.assertGreaterEqual(flow.sent, ROUNDS)

    @staticmethod
    def common_name(port):
        result = run(["openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-tls1_2"])
        return result.stdout

    def test_a_hundred_bad_configurations_change_nothing(self):
        other = free_port()
        broker = self.start()
        flow = Flow(self.place.port)
        bad_acl = self.place.folder / "bad.acl"
        bad_acl.write_text("topic raed a\n")
        broken = ["lisetner 1", "max_qos 3", f"password_file {self.place.folder}/absent",
                  f"acl_file {bad_acl}", f"listener {other}\ncertfile nothing.pem\nkeyfile no.pem",
                  "persistence maybe", "include_dir /nowhere/at/all", "listener 70000",
                  f"listener {self.place.port} 127.0.0.1", "plugin x.so"]
        for number in range(ROUNDS):
            wrong = broken[number % len(broken)]
            self.write(*self.base("allow_anonymous true", f"listener {other} 127.0.0.1",
                                  *[f"# line {i}" for i in range(number % 7)], wrong))
            said, _ = self.reload(broker, REFUSED)
            self.assertRegex(said, self.place_of(wrong), f"{wrong}:\n{said}")
            self.assertFalse(answers(other), wrong)
            self.assertFalse(self.logs_in(None, None), wrong)
            self.assertTrue(self.logs_in(USER, PASSWORD), wrong)
        self.assertEqual(flow.finish(), list(range(flow.sent)))

    def place_of(self, wrong):
        """What the log must name: the line of the file, or the file that is missing or bad."""
        for name in ("absent", "bad.acl", "nothing.pem"):
            if name in wrong:
                return name
        return rf"Error found at {self.place.configuration}:\d+\."

    def test_whose_password_changed_is_dropped_and_others_stay(self):
        self.place.add_user("berta", "old")
        broker = self.start()
        with Wire(self.place.port) as anna, Wire(self.place.port) as berta:
            anna.send(connect("a", USER, PASSWORD))
            berta.send(connect("b", "berta", "old"))
            self.assertEqual((anna.receive(4), berta.receive(4)), (CONNACK_OK, CONNACK_OK))
            self.place.add_user("berta", "new")
            self.reload(broker)
            self.assertTrue(berta.is_closed_by_peer())
            anna.send(b"\xc0\x00")
            self.assertEqual(anna.receive(2), b"\xd0\x00")

    def test_clients_without_a_name_are_dropped_when_names_are_needed(self):
        broker = self.start("allow_anonymous true")
        with Wire(self.place.port) as nameless:
            nameless.send(connect("n"))
            self.assertEqual(nameless.receive(4), CONNACK_OK)
            self.write(*self.base("allow_anonymous false"))
            self.reload(broker)
            self.assertTrue(nameless.is_closed_by_peer())

    def test_clients_of_a_listener_that_is_gone_are_dropped(self):
        other = free_port()
        broker = self.start(f"listener {other} 127.0.0.1")
        with Wire(other) as gone, Wire(self.place.port) as stays, Wire(other) as silent:
            for wire, name in ((gone, "g"), (stays, "s")):
                wire.send(connect(name, USER, PASSWORD))
                self.assertEqual(wire.receive(4), CONNACK_OK)
            self.write(*self.base())
            self.reload(broker)
            self.assertTrue(gone.is_closed_by_peer())
            self.assertTrue(silent.is_closed_by_peer())
            stays.send(b"\xc0\x00")
            self.assertEqual(stays.receive(2), b"\xd0\x00")
            self.assertFalse(answers(other))

    def test_a_listener_can_be_narrowed_to_one_address(self):
        broker = self.start(f"listener {self.place.ws_port}")
        self.write(*self.base(f"listener {self.place.ws_port} 127.0.0.1"))
        self.reload(broker)
        self.assertTrue(self.logs_in(USER, PASSWORD, self.place.ws_port))

    def test_a_websocket_listener_can_come_and_go(self):
        broker = self.start()
        for _ in range(3):
            self.write(*self.base(f"listener {self.place.ws_port} 127.0.0.1",
                                  "protocol websockets"))
            self.reload(broker)
            self.assertTrue(answers(self.place.ws_port))
            self.write(*self.base())
            self.reload(broker)
            self.assertFalse(answers(self.place.ws_port))

    def test_what_needs_a_restart_is_named(self):
        broker = self.start()
        self.write(*self.base("pid_file /nowhere/pid", "persistence true"))
        said, _ = self.reload(broker)
        self.assertRegex(said, r"only after a restart: persistence, pid_file\.")


if __name__ == "__main__":
    unittest.main(verbosity=2)
