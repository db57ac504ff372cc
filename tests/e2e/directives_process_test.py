"""Directives about the log, about what is kept, and about the process itself."""

import os
import pathlib
import pwd
import re
import signal
import subprocess
import unittest

from mqtest.broker import RUNNING
from mqtest.case import BrokerCase
from mqtest.process import Process, run, wait_until
from mqtest.programs import program
from mqtest.wire import answers

DATABASE = b"SQLite format 3\0"


class LogLines(BrokerCase):
    def separate(self, *lines):
        """A broker whose two output streams are kept apart, run to its end: (stdout, stderr)."""
        self.place.configuration.write_text("\n".join(
            [f"listener {self.port} 127.0.0.1", "allow_anonymous true", "user root", *lines]) + "\n")
        with subprocess.Popen([program("mqbroker"), "-c", str(self.place.configuration)],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
            wait_until(lambda: answers(self.port), "the broker listens")
            child.send_signal(signal.SIGTERM)
            return child.communicate()

    def test_log_dest(self):
        path = self.place.folder / "broker.log"
        said = "terminating"
        for lines, expected in (([], (False, True, False)),
                                (["log_dest stdout"], (True, False, False)),
                                (["log_dest stderr"], (False, True, False)),
                                (["log_dest none"], (False, False, False)),
                                (["log_dest stdout", "log_dest none"], (False, False, False)),
                                (["log_dest stdout", f"log_dest file {path}"],
                                 (True, False, True))):
            with self.subTest(lines=lines):
                out, err = self.separate(*lines)
                in_file = path.exists() and said in path.read_text()
                self.assertEqual((said in out, said in err, in_file), expected)
        self.assertEqual(path.stat().st_mode & 0o777, 0o600)

    def lines_of(self, broker, act):
        """What is logged while `act` runs, up to a stop."""
        start = len(broker.lines)
        act()
        self.stop(broker)
        return [line.split(": ", 1)[1] for line in broker.lines[start:]]

    def subscribe_and_break_a_rule(self):
        peer = self.peer("p")
        peer.subscribes("some/topic", 1)
        peer.send(b"\xf3\x00")
        peer.ends_with()

    def test_log_type(self):
        shapes = {"error": r"^Error", "notice": r"^New client connected",
                  "information": r"terminating$", "debug": r"^Received |^Sending |^Denied ",
                  "subscribe": r"^p 1 some/topic$"}
        for lines, expected in ((["log_type notice"], {"notice"}),
                                (["log_type information"], {"information"}),
                                (["log_type subscribe"], {"subscribe"}),
                                (["log_type notice", "log_type information"],
                                 {"notice", "information"}),
                                (["log_type all", "log_type none"], set()),
                                ([], {"notice", "information"})):
            with self.subTest(lines=lines):
                broker = self.start(*lines, wait=False)
                wait_until(lambda: answers(self.port), "the broker listens")
                said = self.lines_of(broker, self.subscribe_and_break_a_rule)
                found = {name for name, shape in shapes.items()
                         if any(re.search(shape, line) for line in said)}
                self.assertEqual(found, expected, said)

    def test_log_timestamp(self):
        for value, shape in (("true", r"^\d{10}: mqhome version \S+ running$"),
                             ("false", r"^mqhome version \S+ running$")):
            with self.subTest(value=value):
                broker = self.start(f"log_timestamp {value}")
                self.assertRegex(broker.wait_for_line(RUNNING), shape)
                self.stop(broker)

    def test_log_timestamp_format(self):
        broker = self.start("log_timestamp_format [%Y-%m-%d %H:%M:%S]")
        self.assertRegex(broker.wait_for_line(RUNNING),
                         r"^\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\]: mqhome version \S+ running$")

    def test_connection_messages(self):
        for value, expected in (("true", True), ("false", False)):
            with self.subTest(value=value):
                broker = self.start(f"connection_messages {value}")
                said = self.lines_of(broker, lambda: self.peer("my-client").disconnects())
                self.assertEqual(any("my-client" in line for line in said), expected, said)

    def test_set_tcp_nodelay_false_has_no_effect_and_says_so(self):
        broker = self.start("set_tcp_nodelay false")
        self.assertRegex(broker.output, "'set_tcp_nodelay false' has no effect")

    def test_retry_interval_has_no_effect_and_says_so(self):
        broker = self.start("retry_interval 20")
        self.assertRegex(broker.output, "'retry_interval' has no effect")


class Kept(BrokerCase):
    """What the broker leaves on the disk."""

    def files(self):
        return sorted(path.name for path in self.place.folder.rglob("*") if path.is_file()
                      and path.read_bytes().startswith(DATABASE))

    def keep_something(self, *lines):
        """A retained message before a restart, looked for after it."""
        broker = self.start(*lines)
        self.peer().publishes("kept", b"m", retain=True)
        self.stop(broker)
        broker = self.start(*lines)
        peer = self.peer()
        peer.subscribes("kept", 1)
        found = [one.payload for one in peer.pings()]
        self.stop(broker)
        return found

    def test_persistence(self):
        for name in ("persistence", "retained_persistence"):
            for value, expected in (("false", []), ("true", [b"m"])):
                with self.subTest(name=name, value=value):
                    self.assertEqual(self.keep_something(
                        f"{name} {value}", f"persistence_location {self.place.folder}",
                        f"persistence_file {name}.db"), expected)
        self.assertEqual(self.files(), ["persistence.db", "retained_persistence.db"])

    def test_persistence_location_and_file(self):
        for name, file in (("plain", "mosquitto.db"), ("slash", "other name.db")):
            with self.subTest(name=name):
                folder = self.place.folder / name
                folder.mkdir()
                end = "/" if name == "slash" else ""
                lines = [f"persistence_file {file}"] if file != "mosquitto.db" else []
                self.assertEqual(self.keep_something(
                    "persistence true", f"persistence_location {folder}{end}", *lines), [b"m"])
                self.assertTrue((folder / file).read_bytes().startswith(DATABASE))

    def test_persistence_location_is_by_default_where_the_broker_was_started(self):
        broker = self.start("persistence true", cwd=self.place.folder)
        self.stop(broker)
        self.assertEqual(self.files(), ["mosquitto.db"])

    def test_autosave_on_changes(self):
        lines = [*self.place.persistence_lines(), "log_type all", "autosave_on_changes true",
                 "autosave_interval 3"]
        broker = self.start(*lines)
        peer = self.peer("p")
        start = len(broker.lines)
        for number in range(3):
            peer.publishes(f"kept/{number}", b"m", retain=True)
        self.assertRegex(broker.wait_for_line(r"Stored \d+ changes", start=start), "Stored 3 ")
        broker.kill()
        self.start(*lines)
        peer = self.peer("q")
        peer.subscribes("kept/#")
        self.assertEqual(len(peer.pings()), 3)

    def test_global_max_store_bytes(self):
        lines = [*self.place.persistence_lines(), "sys_interval 1", "log_type all",
                 "global_max_store_bytes 200000"]
        broker = self.start(*lines)
        peer = self.peer("p")
        peer.publishes("kept/large", b"x" * 300000, retain=True)
        broker.wait_for_line("Stored 1 changes")
        peer.publishes("kept/small", b"m", retain=True)
        broker.wait_for_line(r"more than global_max_store_bytes 200000; 1 queued or retained")
        peer.subscribes("$SYS/broker/store/disk/messages/given_up")
        while peer.next_publish().payload != b"1":
            pass
        self.stop(broker)
        self.start(*lines)
        again = self.peer("q")
        again.subscribes("kept/#")
        self.assertEqual([message.topic for message in again.pings()], ["kept/large"])


class TheProcess(BrokerCase):
    def test_include_dir(self):
        folder = self.place.folder / "conf.d"
        folder.mkdir()
        (folder / "b.conf").write_text("max_keepalive 20\n")
        (folder / "A.conf").write_text("max_keepalive 10\n")
        (folder / "c.txt").write_text("nonsense\n")
        self.start(f"include_dir {folder}")
        self.assertEqual(self.peer().connack.properties["server_keep_alive"], 20)

    def test_a_mistake_in_an_included_file_is_named_there(self):
        (self.place.folder / "x.conf").write_text("max_keepalive ten\n")
        main = self.place.folder / "main"
        main.write_text(f"\ninclude_dir {self.place.folder}\n")
        result = run([program("mqbroker"), "-c", main])
        self.assertEqual(result.returncode, 3)
        self.assertIn(f"{self.place.folder}/x.conf:1", result.stderr)
        self.assertIn(f"{main}:2", result.stderr)

    def test_pid_file(self):
        path = self.place.folder / "broker.pid"
        broker = self.start(f"pid_file {path}")
        self.assertEqual(path.read_text(), str(broker.pid))
        self.stop(broker)
        self.assertFalse(path.exists())

    def test_sys_interval(self):
        self.start("sys_interval 1")
        peer = self.peer()
        peer.subscribes("$SYS/broker/uptime")
        seconds = [int(peer.next_publish().payload.split()[0]) for _ in range(3)]
        self.assertEqual(sorted(set(seconds)), seconds, "one a round, always more")
        self.assertLess(seconds[2] - seconds[0], 20, "with the default it would be 20")

    def test_sys_interval_zero_means_no_statistics(self):
        self.start("sys_interval 0")
        peer = self.peer()
        peer.subscribes("$SYS/#")
        self.assertEqual(peer.pings(), [])

    def clients_of_threads(self, *lines):
        """Connects four clients; how many each of two threads has."""
        self.start("threads 2", "sys_interval 1", *lines)
        peers = [self.peer(f"p{number}") for number in range(4)]
        peers[0].subscribes("$SYS/broker/threads/+/clients")
        counts = {}
        while len(counts) < 2 or sum(counts.values()) != len(peers):
            told = peers[0].next_publish()
            counts[told.topic.split("/")[3]] = int(told.payload)
        return counts

    def test_threads_take_the_clients_that_others_have_no_time_for(self):
        self.assertEqual(self.clients_of_threads(), {"0": 4, "1": 0})

    def test_threads_placement(self):
        self.assertEqual(self.clients_of_threads("threads_placement spread"), {"0": 2, "1": 2})

    @unittest.skipIf(os.geteuid() == 0, "for ordinary users")
    def test_user_has_no_effect_for_ordinary_users(self):
        broker = self.start("user nobody")
        self.assertRegex(broker.output, "'user' has no effect")

    @unittest.skipUnless(os.geteuid() == 0, "for root")
    def test_user(self):
        for name in ("nobody", "root"):
            with self.subTest(name=name):
                broker = self.start(f"user {name}")
                status = pathlib.Path(f"/proc/{broker.pid}/status").read_text()
                uid, gid = (re.search(rf"^{key}:\s+(\d+)\s", status, re.MULTILINE).group(1)
                            for key in ("Uid", "Gid"))
                entry = pwd.getpwnam(name)
                self.assertEqual((int(uid), int(gid)), (entry.pw_uid, entry.pw_gid))
                self.stop(broker)

    @unittest.skipUnless(os.geteuid() == 0, "for root")
    def test_user_that_is_unknown_ends_the_start(self):
        self.place.configuration.write_text("user nobody-of-this-name\n")
        result = run([program("mqbroker"), "-c", self.place.configuration])
        self.assertEqual(result.returncode, 3)
        self.assertIn("nobody-of-this-name", result.stderr)

    def test_local_only_mode_lets_anyone_in_but_from_here_only(self):
        with Process([program("mqbroker"), "-p", self.port]) as broker:
            broker.wait_for_line(RUNNING)
            self.peer()
            self.assertRegex(broker.output, "local only mode")


if __name__ == "__main__":
    unittest.main(verbosity=2)
