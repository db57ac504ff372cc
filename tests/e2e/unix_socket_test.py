"""Unix sockets: Debian's mosquitto_pub and mosquitto_sub with --unix, rights, and what is left."""

import os
import signal
import stat
import unittest

from mqtest.broker import RUNNING, Broker, Place
from mqtest.clients import VERSIONS, Client
from mqtest.process import run
from mqtest.programs import debian, program


class UnixSocket(unittest.TestCase):
    def setUp(self):
        self.place = Place()
        self.addCleanup(self.place.remove)
        self.place.add_user()
        self.path = self.place.folder / "mqtt.sock"

    def start(self, *lines):
        self.place.write_configuration(f"listener 0 {self.path}", *lines)
        broker = self.place.start()
        self.addCleanup(broker.kill)
        return broker

    def client(self, version="3.1.1", **login):
        return Client(None, version, unix=self.path, **login)

    def test_messages_go_both_ways_and_to_other_listeners(self):
        self.start()
        for version in VERSIONS:
            with self.client(version).subscribe("t", "-q", 1, count=2) as subscriber:
                self.client(version).publish_well("t", "over the socket", "-q", 1)
                Client(self.place.port, version).publish_well("t", "over TCP", "-q", 1)
                self.assertEqual([m[1] for m in subscriber.finish()],
                                 ["over the socket", "over TCP"])

    def test_log_names_the_path_and_the_process(self):
        broker = self.start()
        self.client().publish_well("t", "m", "-i", "visitor")
        broker.wait_for_log(f"Opening unix listen socket on path {self.path}\\.$")
        broker.wait_for_log(f"Socket {self.path} is opened by process \\d+ of user {os.getuid()}\\.")
        broker.wait_for_log(f"New connection from {self.path}:0 on port 0\\.$")
        broker.wait_for_log(f"New client connected from {self.path}:0 as visitor ")

    def test_password_is_asked_for(self):
        self.start()
        self.assertEqual(self.client(password="wrong").publish("t", "m").returncode, 5)

    def test_protocol_auto(self):
        self.start("protocol auto")
        self.client().publish_well("t", "m")

    def test_mode_says_who_may_connect(self):
        self.start("unix_socket_mode 0600")
        self.assertEqual(stat.S_IMODE(self.path.stat().st_mode), 0o600)
        if os.getuid() != 0:
            self.skipTest("only root can become another user")
        self.place.folder.chmod(0o755)
        publish = [debian("mosquitto_pub"), *map(str, self.client().options), "-t", "t", "-m", "m"]
        refused = run([debian("runuser"), "-u", "nobody", "--", *publish])
        self.assertNotEqual(refused.returncode, 0)
        self.assertIn("Permission denied", refused.stderr)

    def test_file_goes_with_the_broker(self):
        broker = self.start()
        self.assertTrue(self.path.is_socket())
        self.assertEqual(broker.stop(), 0)
        self.assertFalse(self.path.exists())

    def test_socket_of_a_killed_broker_is_taken_over(self):
        self.start().kill()
        self.assertTrue(self.path.is_socket())
        self.start()
        self.client().publish_well("t", "m")

    def test_reload_changes_rights_and_takes_the_socket_away(self):
        broker = self.start("unix_socket_mode 0600")
        with self.client().subscribe("t", "-q", 1, count=1) as subscriber:
            self.reload(broker, f"listener 0 {self.path}", "unix_socket_mode 0666")
            self.assertEqual(stat.S_IMODE(self.path.stat().st_mode), 0o666)
            self.client().publish_well("t", "m", "-q", 1)
            self.assertEqual([m[1] for m in subscriber.finish()], ["m"])
        self.reload(broker)
        self.assertFalse(self.path.exists())
        self.reload(broker, f"listener 0 {self.path}")
        self.client().publish_well("t", "m")

    def reload(self, broker, *lines):
        self.place.write_configuration(*lines)
        start = len(broker.lines)
        broker.signal(signal.SIGHUP)
        broker.wait_for_log(r"Config reloaded\.$", start=start)

    def test_second_broker_leaves_the_first_ones_socket_alone(self):
        self.start()
        other = self.place.folder / "other.conf"
        other.write_text(f"listener 0 {self.path}\nallow_anonymous true\nuser root\n"
                         "log_dest stderr\n")
        result = run([program("mqbroker"), "-c", other])
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertIn(f"{self.path}: another program listens there", result.stderr)
        self.client().publish_well("t", "m")

    def test_file_that_is_no_socket_is_left_alone(self):
        self.path.write_text("precious")
        self.place.write_configuration(f"listener 0 {self.path}")
        with Broker(self.place.configuration, wait=False) as broker:
            self.assertEqual(broker.wait(), 1)
            broker.wait_for_log("no socket")
            self.assertNotRegex(broker.output, RUNNING)
        self.assertEqual(self.path.read_text(), "precious")

    def test_abstract_socket_is_refused(self):
        self.place.write_configuration("listener 0 @mqhome")
        with Broker(self.place.configuration, wait=False) as broker:
            self.assertEqual(broker.wait(), 3)
            broker.wait_for_log("abstract")


if __name__ == "__main__":
    unittest.main(verbosity=2)
