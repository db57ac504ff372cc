"""The ACL file of a listener holds for who came by it, also while its client is away."""

import os
import signal
import unittest

from mqtest.case import BrokerCase
from mqtest.mosquitto import Mosquitto
from mqtest.ports import free_port


class ListenerRules(BrokerCase):
    """Two listeners with an ACL file each: topic `one` belongs to the first, `two` to the second."""

    def setUp(self):
        super().setUp()
        self.second = free_port()
        for topic in ("one", "two"):
            (self.place.folder / topic).write_text(f"topic readwrite {topic}\n")

    def listener(self, port, rules):
        return [f"listener {port} 127.0.0.1", "allow_anonymous true",
                f"acl_file {self.place.folder / rules}"]

    def both(self):
        return self.listener(self.port, "one") + self.listener(self.second, "two")

    def configuration(self, listeners, *lines):
        return ["per_listener_settings true", "persistence true",
                f"persistence_location {self.place.folder}/", "log_type all", *lines, *listeners]

    def run_with(self, listeners, *lines):
        return self.start_with(self.configuration(listeners, *lines))

    def reload(self, broker, listeners):
        self.place.configuration.write_text("\n".join(self.configuration(listeners)) + "\n")
        start = len(broker.lines)
        broker.signal(signal.SIGHUP)
        broker.wait_for_log(r"Config reloaded\.$", start=start)

    def leaves(self, name, port):
        """A session that wants every topic, and whose client is away."""
        peer = self.peer(name, port=port, version=4, clean=False)
        self.assertEqual(peer.subscribes("#", 1), 1)
        peer.disconnects()

    def leave_one_at_each(self):
        self.leaves("first", self.port)
        self.leaves("second", self.second)

    def publish(self, topics=("one", "two"), **options):
        for topic in topics:
            self.peer(port=self.port if topic == "one" else self.second).publishes(
                topic, b"m", **options)

    def comes_to(self, name, port):
        """The topics of what has waited for this client."""
        peer = self.peer(name, port=port, version=4, clean=False)
        self.assertTrue(peer.connack.session_present)
        return [one.topic for one in peer.pings()]

    def check_what_has_waited(self):
        self.assertEqual(self.comes_to("first", self.port), ["one"])
        self.assertEqual(self.comes_to("second", self.second), ["two"])

    # --- Over a restart ------------------------------------------------------------------------
    def test_a_restart_keeps_them(self):
        broker = self.run_with(self.both())
        self.leave_one_at_each()
        self.stop(broker)
        self.run_with(self.both())
        self.publish()
        self.check_what_has_waited()

    def test_a_restart_with_the_listeners_in_another_order_keeps_them(self):
        broker = self.run_with(self.both())
        self.leave_one_at_each()
        self.stop(broker)
        self.run_with(self.listener(self.second, "two") + self.listener(self.port, "one"))
        self.publish()
        self.check_what_has_waited()

    def test_a_reload_after_the_restart_changes_them(self):
        broker = self.run_with(self.both())
        self.leave_one_at_each()
        self.stop(broker)
        broker = self.run_with(self.both())
        (self.place.folder / "two").write_text("topic write two\n")
        self.reload(broker, self.both())
        self.publish()
        self.assertEqual(self.comes_to("first", self.port), ["one"])
        self.assertEqual(self.comes_to("second", self.second), [])

    def test_without_its_listener_a_session_gets_nothing_until_that_is_back(self):
        broker = self.run_with(self.both())
        self.leave_one_at_each()
        self.stop(broker)
        broker = self.run_with(self.listener(self.port, "one"))
        self.assertRegex(broker.output, rf"Warning: 1 stored session\(s\) came by listener "
                                        rf"{self.second} 127\.0\.0\.1, which is gone")
        self.publish(["one"])
        self.stop(broker)
        broker = self.run_with(self.listener(self.port, "one"))
        self.reload(broker, self.both())
        self.publish(["two"])
        self.check_what_has_waited()

    def test_a_listener_at_another_address_is_still_the_same(self):
        broker = self.run_with(self.both())
        self.leave_one_at_each()
        self.stop(broker)
        elsewhere = [line.replace(f"listener {self.second} 127.0.0.1", f"listener {self.second}")
                     for line in self.both()]
        self.run_with(elsewhere)
        self.publish()
        self.check_what_has_waited()

    def test_who_has_retained_a_message_is_checked_by_the_rules_of_its_listener(self):
        broker = self.run_with(self.both(), "check_retain_source true")
        self.publish(retain=True)
        self.stop(broker)
        (self.place.folder / "one").write_text("topic readwrite one\ntopic readwrite two\n")
        (self.place.folder / "two").write_text("topic read two\n")
        self.run_with(self.both(), "check_retain_source true")
        reader = self.peer()
        reader.subscribes("#", 1)
        self.assertEqual([one.topic for one in reader.pings()], ["one"])

    # --- From Mosquitto ------------------------------------------------------------------------
    def test_a_snapshot_of_mosquitto_tells_the_listener(self):
        user = ["user root"] if os.geteuid() == 0 else []  # it must write into the folder
        self.place.configuration.write_text(
            "\n".join(self.configuration(self.both(), *user)) + "\n")
        before = Mosquitto(self.place.configuration, self.port)
        self.addCleanup(before.kill)
        self.leave_one_at_each()
        self.publish(retain=True)
        for peer in self.peers:
            peer.close()
        self.assertEqual(before.stop(), 0)
        self.run_with(self.listener(self.second, "two") + self.listener(self.port, "one"),
                      "check_retain_source true")
        self.publish()
        for name, port, topic in (("first", self.port, "one"), ("second", self.second, "two")):
            with self.subTest(name=name):
                self.assertEqual(set(self.comes_to(name, port)), {topic})
                reader = self.peer(port=port)
                reader.subscribes("#", 1)
                self.assertEqual([one.topic for one in reader.pings()], [topic])


if __name__ == "__main__":
    unittest.main(verbosity=2)
