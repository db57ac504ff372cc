"""mqbench with this build's broker: every pattern loses nothing, and tells what it has done."""

import json
import os
import signal
import subprocess
import unittest

from mqtest import DEADLINE_S
from mqtest.broker import PASSWORD, USER
from mqtest.case import BrokerCase
from mqtest.ports import free_port
from mqtest.process import run, wait_until
from mqtest.programs import program
from mqtest.terminal import Terminal

SHORT = ("--duration", "1", "--warm-up", "0")


class Bench(BrokerCase):
    maxDiff = None

    def bench(self, *words, port=None, **options):
        return run([program("mqbench"), "-h", "127.0.0.1", "-p", port or self.port, *words], **options)

    def measured(self, *words, code=0, **options):
        result = self.bench(*SHORT, "--json", *words, **options)
        self.assertEqual((result.returncode, result.stderr), (code, ""), result.stdout)
        return json.loads(result.stdout)

    def test_patterns(self):
        self.start()
        for pattern, publishers, receivers, each in (("pub", 3, 0, 0), ("pairs", 3, 3, 1), ("fan-in", 3, 1, 1),
                                                     ("fan-out", 1, 3, 3)):
            for qos in (0, 1, 2):
                with self.subTest(pattern=pattern, qos=qos):
                    told = self.measured(pattern, "-n", 3, "-q", qos)
                    self.assertEqual((told["publishers"], told["receivers"]), (publishers, receivers))
                    self.assertGreater(told["published"], 0)
                    self.assertEqual(told["completed"], told["published"])
                    self.assertEqual(told["expected"], told["published"] * each)
                    self.assertEqual((told["received"], told["lost"], told["again"], told["failures"],
                                      told["foreign"]), (told["expected"], 0, 0, 0, 0))
                    if receivers or qos:
                        times = told["latency_ms"]
                        self.assertLessEqual(0, times["p50"])
                        self.assertLessEqual(times["p50"], times["p99"])
                        self.assertLessEqual(times["p99"], times["p99.9"])
                        self.assertLessEqual(times["p99.9"], times["longest"])
                    else:
                        self.assertEqual(told["latency_ms"], {})

    def running(self, *words):
        """mqbench, until it is told to end; what it prints is JSON."""
        command = [program("mqbench"), "-p", str(self.port), "-h", "127.0.0.1", "--json", "--warm-up", "0", *words]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        self.addCleanup(process.stdout.close)
        return process

    def in_flight(self, socket):
        told = run([program("mqctl"), "--socket", socket, "sessions", "list", "--json"])
        self.assertEqual(told.stderr, "")
        return sum(each["inflightMessages"] for each in json.loads(told.stdout)
                   if each["clientid"].startswith("mqbench-"))

    def told_by_receivers(self, publish, count=1):
        """What `mqbench sub` tells of what is published to `other/#` meanwhile, all of it being acknowledged."""
        socket = self.place.folder / "control"
        broker = self.start("log_type all", f"control_socket {socket}")
        process = self.running("sub", "-n", str(count), "-q", "1", "-t", "other/#", "--duration", "600")
        for number in range(count):
            broker.wait_for_log(rf"mqbench-\d+-{number} 1 other/#")
        publish()
        wait_until(lambda: self.in_flight(socket) == 0, "all have acknowledged it")
        process.send_signal(signal.SIGINT)
        told = json.loads(process.communicate(timeout=DEADLINE_S)[0])
        self.assertEqual((process.returncode, told["receivers"], told["failures"]), (0, count, 0))
        return told

    def test_receivers_of_what_others_publish(self):
        told = self.told_by_receivers(lambda: self.peer("p").publishes("other/x", b"not one of ours", 1), count=2)
        self.assertEqual((told["received"], told["latency_ms"]), (2, {}))

    def test_receivers_tell_the_latency_of_this_machine(self):
        def publish():
            load = self.measured("pub", "-q", 1, "-t", "other", "--rate", 50)
            published.append(load["published"])
        published = []
        told = self.told_by_receivers(publish)
        self.assertEqual(told["received"], published[0])
        self.assertGreater(told["latency_ms"]["p50"], 0)
        self.assertLess(told["latency_ms"]["longest"], DEADLINE_S * 1000)

    def test_receivers_tell_no_latency_of_another_machine(self):
        def publish():
            watcher = self.peer("w")
            watcher.subscribes("load/#", 0)
            self.measured("pub", "-t", "load", "--rate", 5)
            payload, other = watcher.next_publish().payload, self.peer("o")
            for text in (payload[:4] + bytes(each ^ 255 for each in payload[4:8]) + payload[8:], b"x" * 256):
                other.publishes("other/x", text, 1)
        told = self.told_by_receivers(publish)
        self.assertEqual((told["received"], told["latency_ms"]), (2, {}))

    def test_connections(self):
        self.start()
        told = self.measured("connect", "-n", 5)
        self.assertGreater(told["connects_a_second"], 0)
        self.assertEqual(told["failures"], 0)
        self.assertGreater(told["latency_ms"]["p50"], 0)

    def test_rates_are_not_exceeded(self):
        self.start()
        told = self.measured("pairs", "-n", 2, "--rate", 50, "-q", 1)
        self.assertGreater(told["published"], 0)
        self.assertLessEqual(told["published"], 50 * told["seconds"] + 1)
        self.assertEqual(told["lost"], 0)
        told = self.measured("connect", "--rate", 20)
        self.assertLessEqual(told["connects_a_second"], 21)

    def test_sizes_and_layers(self):
        self.start()
        for size in (32, 1000, 1_000_000):
            told = self.measured("pairs", "--size", size, "-q", 1, "--window", 2)
            self.assertEqual((told["size"], told["lost"]), (size, 0))
        self.assertEqual(self.measured("pairs", "-V", 5, "-q", 2)["lost"], 0)

    def test_web_sockets(self):
        self.start(listener=["protocol websockets"])
        self.assertEqual(self.measured("fan-out", "-n", 2, "--ws", "-q", 1)["lost"], 0)

    def test_what_people_see(self):
        self.start()
        result = self.bench(*SHORT, "pairs", "-n", 2, "-q", 1)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertRegex(result.stdout,
                         r"^pairs +2 publishers, 2 receivers, QoS 1, 256 bytes, 1\.\d s\n"
                         r"published +\d+ a second, \d+\.\d MB a second\n"
                         r"received +\d+ a second, \d+\.\d MB a second\n"
                         r"latency +p50 \d+\.\d{3} ms, p99 \d+\.\d{3} ms, p99\.9 \d+\.\d{3} ms, "
                         r"longest \d+\.\d{3} ms\nlost +0 of \d+, received again 0\n$")

    def test_progress_on_a_terminal(self):
        self.start()
        command = [program("mqbench"), "-p", self.port, "-h", "127.0.0.1", "pairs", "--warm-up", 0,
                   "--duration", 3]
        with Terminal(command, env={**os.environ, "TERM": "xterm"}) as terminal:
            self.assertEqual(terminal.finish(), 0)
            self.assertRegex(terminal.shown, r"measuring: \d+ published, \d+ received a second; p50 ")

    def test_passwords(self):
        self.place.add_user()
        self.start_with([f"listener {self.port} 127.0.0.1", f"password_file {self.place.password_file}"])
        self.assertEqual(self.measured("pairs", "-u", USER, "-P", PASSWORD)["lost"], 0)
        for version, why in ((4, "not authorised"), (5, "Not authorized")):
            refused = self.bench(*SHORT, "pairs", "-u", USER, "-P", "wrong", "-V", {4: "311", 5: "5"}[version])
            self.assertEqual((refused.returncode, refused.stdout), (1, ""))
            self.assertIn(why.lower(), refused.stderr.lower())

    def test_a_broker_that_goes(self):
        broker = self.start()
        watcher = self.peer("w")
        watcher.subscribes("mqbench/#", 0)
        process = self.running("pairs", "--duration", "3")
        watcher.next_publish()
        broker.kill()
        told = json.loads(process.communicate(timeout=DEADLINE_S)[0])
        self.assertEqual(process.returncode, 2)
        self.assertGreater(told["failures"], 0)


class CommandLine(unittest.TestCase):
    def test_nobody_there(self):
        result = run([program("mqbench"), "-h", "127.0.0.1", "-p", free_port(), "pairs"])
        self.assertEqual((result.returncode, result.stdout), (1, ""))
        self.assertRegex(result.stderr, r"^mqbench: no connection to 127\.0\.0\.1:\d+: Connection refused\n$")

    def test_help_has_three_examples(self):
        text = run([program("mqbench"), "--help"]).stdout
        self.assertEqual(text.partition("Examples:\n")[2].count("  mqbench"), 3)
        self.assertEqual([line for line in text.splitlines() if len(line) > 80], [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
