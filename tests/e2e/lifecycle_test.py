"""Start, stop, reload, crash: what the broker promises to whoever runs it."""

import fcntl
import os
import pathlib
import signal
import socket
import time
import unittest
import urllib.request

from mqtest.broker import RUNNING, Broker, Place
from mqtest.clients import Client
from mqtest.ports import free_port
from mqtest.process import Process, run, wait_until
from mqtest.programs import program
from mqtest.wire import answers


class Lifecycle(unittest.TestCase):
    def setUp(self):
        self.place = Place()
        self.addCleanup(self.place.remove)
        self.place.add_user()

    def start(self, *lines, extra=()):
        self.place.write_configuration(*lines)
        broker = self.place.start(extra)
        self.addCleanup(broker.kill)
        return broker

    def client(self, version="3.1.1", **login):
        return Client(self.place.port, version, **login)

    def run_broker(self, text, *arguments):
        """The broker on a configuration of which it is expected to end at once."""
        self.place.configuration.write_text(text)
        return run([program("mqbroker"), "-c", self.place.configuration, *arguments])

    # --- Start ---------------------------------------------------------------------------------
    def test_running_is_logged_when_every_listener_is_open(self):
        begun = time.monotonic()
        broker = self.start()
        print(f"running after {1000 * (time.monotonic() - begun):.0f} ms")
        self.assertRegex(broker.wait_for_line(RUNNING), r"mqhome version \d+\.\d+\.\d+ running$")
        self.assertTrue(answers(self.place.port) and answers(self.place.ws_port))

    def test_bad_configuration_ends_with_3_and_names_every_error(self):
        result = self.run_broker("listner 1883\nallow_anonymous perhaps\n"
                                 "max_keepalive 99999999\nlog_type loud\n")
        said = result.stdout + result.stderr
        self.assertEqual(result.returncode, 3, said)
        for line, word in ((1, "listener"), (2, "allow_anonymous"), (3, "max_keepalive"),
                           (4, "loud")):
            self.assertRegex(said, rf"{self.place.configuration}:{line}\b")
            self.assertIn(word, said)

    def test_missing_configuration_ends_with_3(self):
        result = run([program("mqbroker"), "-c", self.place.folder / "absent.conf"])
        self.assertEqual(result.returncode, 3)
        self.assertIn("absent.conf", result.stdout + result.stderr)

    def test_unknown_option_ends_with_3(self):
        result = run([program("mqbroker"), "--frobnicate"])
        self.assertEqual(result.returncode, 3)
        self.assertIn("frobnicate", result.stdout + result.stderr)

    def test_configuration_is_tested_without_running(self):
        good = self.run_broker(f"listener {self.place.port}\nallow_anonymous true\n",
                               "--test-config")
        bad = self.run_broker("listener many\n", "--test-config")
        self.assertEqual((good.returncode, bad.returncode), (0, 3), good.stderr + bad.stderr)

    def test_files_of_the_configuration_are_tested_too(self):
        port, folder = self.place.port, self.place.folder
        acl = folder / "acl"
        acl.write_text("topic raed a\n")
        acl.chmod(0o600)
        bad = self.run_broker(
            f"listener {port}\npassword_file {folder}/users\nacl_file {acl}\n"
            f"listener {self.place.ws_port}\ncertfile {folder}/c.pem\nkeyfile {folder}/k.pem\n"
            f"listener {port + 1}\nprotocol http_api\nhttp_dir {folder}/www\n", "--test-config")
        self.assertEqual(bad.returncode, 3)
        for name in ("users", "acl:1: ", "c.pem", "www"):
            self.assertIn(f"{folder}/{name}", bad.stderr)
        good = self.run_broker(f"listener {port}\npassword_file {self.place.password_file}\n",
                               "--test-config")
        self.assertEqual((good.returncode, good.stderr), (0, ""), good.stderr)

    def test_http_dir_that_is_not_there_ends_with_1_and_is_named(self):
        result = self.run_broker(f"listener {self.place.port} 127.0.0.1\nprotocol http_api\n"
                                 f"http_dir {self.place.folder}/www\n")
        self.assertEqual(result.returncode, 1)
        self.assertIn(f"{self.place.folder}/www", result.stderr)

    def test_taken_port_ends_with_1_and_is_named(self):
        with socket.socket() as other:
            other.bind(("127.0.0.1", self.place.port))
            other.listen()
            self.place.write_configuration()
            result = run([program("mqbroker"), "-c", self.place.configuration])
        self.assertEqual(result.returncode, 1)
        self.assertIn(str(self.place.port), result.stdout + result.stderr)

    def test_background_is_entered_when_every_listener_is_open(self):
        self.place.write_configuration(f"pid_file {self.place.folder}/pid")
        result = run([program("mqbroker"), "-c", self.place.configuration, "-d"])
        self.assertEqual((result.returncode, result.stdout, result.stderr), (0, "", ""))
        pid = int((self.place.folder / "pid").read_text())
        self.addCleanup(os.kill, pid, signal.SIGKILL)
        self.assertTrue(answers(self.place.port) and answers(self.place.ws_port))
        self.assertNotEqual(pid, os.getpid())
        self.assertEqual(os.readlink(f"/proc/{pid}/fd/2"), "/dev/null")

    def test_start_that_fails_in_the_background_is_told(self):
        with socket.socket() as other:
            other.bind(("127.0.0.1", self.place.port))
            other.listen()
            self.place.write_configuration()
            result = run([program("mqbroker"), "-c", self.place.configuration, "-d"])
        self.assertEqual(result.returncode, 1)
        self.assertIn(f"port {self.place.port}", result.stderr)
        self.place.password_file.unlink()
        result = run([program("mqbroker"), "-c", self.place.configuration, "-d"])
        self.assertEqual(result.returncode, 13)
        self.assertIn(str(self.place.password_file), result.stderr)

    def test_directive_without_a_function_yet_is_refused_by_name(self):
        result = self.run_broker(f"listener {self.place.port}\nallow_anonymous true\n"
                                 "plugin /nowhere.so\n")
        self.assertEqual(result.returncode, 3)
        self.assertIn("plugin", result.stdout + result.stderr)

    def test_without_a_listener_only_this_machine_is_served(self):
        port = free_port()
        with Process([program("mqbroker"), "-p", port]) as broker:
            broker.wait_for_line(RUNNING)
            self.assertRegex(broker.output, "(?i)local only mode")
            result = Client(port, user=None, password=None).publish("t", "m")
            self.assertEqual(result.returncode, 0, result.stderr)

    def test_help_and_version_end_with_0(self):
        for option in ("-h", "--help", "--version"):
            self.assertEqual(run([program("mqbroker"), option]).returncode, 0, option)

    def test_pid_file_is_written_and_removed(self):
        path = self.place.folder / "broker.pid"
        broker = self.start(f"pid_file {path}")
        self.assertEqual(int(path.read_text()), broker.pid)
        broker.stop()
        self.assertFalse(path.exists())

    def test_second_broker_leaves_the_pid_file_of_the_first_alone(self):
        path = self.place.folder / "broker.pid"
        broker = self.start(f"pid_file {path}")
        self.assertEqual(self.run_broker(f"listener {self.place.port}\nallow_anonymous true\n"
                                         f"pid_file {path}\n").returncode, 1)
        self.assertEqual(int(path.read_text()), broker.pid)

    # --- Stop ----------------------------------------------------------------------------------
    def test_sigterm_and_sigint_end_with_0(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(signal=number):
                broker = self.start()
                broker.signal(number)
                self.assertEqual(broker.wait(), 0)

    def test_connected_clients_do_not_delay_the_stop(self):
        broker = self.start()
        with self.client().subscribe("t"):
            self.assertEqual(broker.stop(), 0)

    # --- Reload --------------------------------------------------------------------------------
    def test_sighup_reads_passwords_again_and_keeps_clients(self):
        broker = self.start()
        with self.client().subscribe("reload", "-q", 1, count=1) as subscriber:
            self.assertEqual(self.client(user="berta", password="b").publish("t", "m").returncode,
                             5)
            self.place.add_user("berta", "b")
            start = len(broker.lines)
            broker.signal(signal.SIGHUP)
            broker.wait_for_line(r"Reloading config\.", start=start)
            wait_until(lambda: self.client(user="berta", password="b").publish(
                "t", "m").returncode == 0, "the new user is let in")
            self.client(user="berta", password="b").publish_well("reload", "still here", "-q", 1)
            self.assertEqual(subscriber.finish()[0][1], "still here")

    # --- What is kept --------------------------------------------------------------------------
    def leave_things_behind(self):
        """A retained message and an offline session with a queued one."""
        session = ["-c", "-i", "sleeper", "-q", 1]
        self.assertEqual(self.client().subscribe("queue", *session).stop(), 0)
        self.client().publish_well("queue", "waiting", "-q", 1)
        self.client().publish_well("kept", "retained", "-q", 1, "-r")

    def assert_things_are_there(self):
        self.assertEqual(self.client().fetch("kept", 1, "-q", 1), [("kept", "retained", 1, 1)])
        self.assertEqual(self.client().fetch("queue", 1, "-c", "-i", "sleeper", "-q", 1),
                         [("queue", "waiting", 1, 0)])

    def test_clean_stop_keeps_sessions_and_retained_messages(self):
        broker = self.start(*self.place.persistence_lines())
        self.leave_things_behind()
        self.assertEqual(broker.stop(), 0)
        self.start(*self.place.persistence_lines())
        self.assert_things_are_there()

    def test_sigusr1_saves_and_a_kill_loses_nothing_of_that(self):
        broker = self.start(*self.place.persistence_lines())
        self.leave_things_behind()
        start = len(broker.lines)
        broker.signal(signal.SIGUSR1)
        broker.wait_for_line(r"Stored \d+ changes", start=start)
        broker.kill()
        self.start(*self.place.persistence_lines())
        self.assert_things_are_there()

    def test_autosave_saves_by_itself(self):
        lines = [*self.place.persistence_lines(), "autosave_interval 1"]
        broker = self.start(*lines)
        self.leave_things_behind()
        start = len(broker.lines)
        broker.wait_for_line(r"Stored \d+ changes", start=start)
        broker.kill()
        self.start(*lines)
        self.assert_things_are_there()

    def test_a_will_survives_a_kill_of_the_broker(self):
        broker = self.start(*self.place.persistence_lines())
        mortal = self.client().subscribe(
            "nothing", "-c", "-i", "mortal", "--will-topic", "wills/mortal", "--will-payload",
            "gone", "--will-retain")
        start = len(broker.lines)
        broker.signal(signal.SIGUSR1)
        broker.wait_for_line(r"Stored \d+ changes", start=start)
        broker.kill()
        mortal.kill()
        self.start(*self.place.persistence_lines())
        self.assertEqual(self.client().fetch("wills/mortal", 1), [("wills/mortal", "gone", 0, 1)])

    def test_without_persistence_nothing_is_written(self):
        broker = self.start()
        self.leave_things_behind()
        broker.stop()
        self.assertEqual(sorted(path.name for path in self.place.folder.iterdir()),
                         ["mosquitto.conf", "pwfile"])

    # --- Log -----------------------------------------------------------------------------------
    def test_log_goes_to_a_file(self):
        path = self.place.folder / "broker.log"
        self.place.write_configuration(f"log_dest file {path}",
                                       "log_timestamp_format %Y-%m-%dT%H:%M:%S")
        broker = Broker(self.place.configuration)
        self.addCleanup(broker.kill)
        self.assertEqual(broker.stop(), 0)
        self.assertRegex(path.read_text(), r"(?m)^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d: .* running$")

    def test_log_that_nobody_reads_blocks_nobody(self):
        reader, writer = os.pipe()
        self.addCleanup(os.close, reader)
        fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, 4096)
        self.place.write_configuration("log_dest stdout", "log_type all")
        with Process([program("mqbroker"), "-c", self.place.configuration, "-v"],
                     stdout=writer, stderr=writer) as broker:
            os.close(writer)
            wait_until(lambda: answers(self.place.port), "the broker listens")
            client = self.client()
            with client.subscribe("noise", "-q", 1, count=500) as subscriber:
                result = run([str(part) for part in (
                    "mosquitto_pub", *client.options, "-t", "noise", "-q", "1", "-l")],
                    text_input="".join(f"{number}\n" for number in range(500)))
                self.assertEqual(result.returncode, 0, result.stderr)
                self.assertEqual(len(subscriber.finish()), 500)
            broker.signal(signal.SIGTERM)
            self.assertEqual(broker.wait(), 0)

    def test_log_goes_to_topics(self):
        self.start("log_dest topic", "log_type all")
        with self.client().subscribe("$SYS/broker/log/#", "-q", 1) as watcher:
            self.client().publish_well("somewhere", "x", "-i", "talker")
            watcher.wait_for_line(r"^> \$SYS/broker/log/N\|\d+: New client connected from .* as talker")
            with self.client().subscribe("some/filter", "-i", "listener-1"):
                watcher.wait_for_line(r"^> \$SYS/broker/log/M/subscribe\|\d+: listener-1 0 some/filter")

    # --- Figures and pages ---------------------------------------------------------------------
    def test_statistics_are_published(self):
        self.start("sys_interval 1")
        version = self.client().fetch("$SYS/broker/version", 1)[0]
        self.assertRegex(version[1], r"^(mqhome|mosquitto) version \d+\.\d+\.\d+$")
        self.assertEqual(self.client().fetch("$SYS/broker/clients/connected", 1)[0][1].isdigit(),
                         True)

    def test_web_socket_port_answers_a_browser(self):
        self.start()
        with urllib.request.urlopen(f"http://127.0.0.1:{self.place.ws_port}/healthz",
                                    timeout=60) as answer:
            self.assertEqual(answer.status, 200)
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.place.ws_port}/",
                                        timeout=60) as answer:
                page = answer.read().decode()
        except urllib.error.HTTPError as error:
            page = error.read().decode()
        self.assertIn("MQTT", page)
        self.assertLess(len(page), 4000)

    def test_idle_broker_stays_small(self):
        broker = self.start()
        status = pathlib.Path(f"/proc/{broker.pid}/status").read_text()
        kib = int(next(line.split()[1] for line in status.splitlines()
                       if line.startswith("VmRSS")))
        print(f"resident: {kib} KiB")
        self.assertLess(kib, 64 * 1024)


if __name__ == "__main__":
    unittest.main(verbosity=2)
