"""Programs of Debian's packages, linked with libmosquitto.so.1 long ago, do their work with our library.

usage: compiled_before_test.py BUILD

The dynamic linker finds our library first. It would print a line about a missing symbol or version on standard
error, so that must be empty; LD_DEBUG shows that it was ours.
"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

from mqtest.broker import Place
from mqtest.process import Process, run
from mqtest.programs import debian

BUILD = pathlib.Path()
COLLECTD = """Hostname "here"
BaseDir "{folder}"
PIDFile "{folder}/pid"
TypesDB "/usr/share/collectd/types.db"
PluginDir "/usr/lib/collectd"
Interval 1
LoadPlugin logfile
LoadPlugin uptime
LoadPlugin mqtt
<Plugin logfile>
  File STDOUT
</Plugin>
<Plugin mqtt>
  <Publish "out">
    Host "127.0.0.1"
    Port "{port}"
    ClientId "collectd"
    Prefix "collectd"
    QoS 1
  </Publish>
  <Subscribe "in">
    Host "127.0.0.1"
    Port "{port}"
    ClientId "collectd-in"
    Topic "other/#"
  </Subscribe>
</Plugin>
"""


class CompiledBefore(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.place = Place()
        self.addCleanup(self.place.remove)
        lines = [f"listener {self.place.port} 127.0.0.1", "allow_anonymous true"]
        if os.geteuid() == 0:
            lines.append("user root")
        self.place.configuration.write_text("\n".join(lines) + "\n", encoding="utf-8")
        broker = self.place.start()
        self.addCleanup(broker.kill)
        self.environment = {**os.environ, "LD_LIBRARY_PATH": str(BUILD / "lib")}

    def start(self, program, *arguments):
        # stdbuf: their messages must not wait in a buffer.
        process = Process([debian("stdbuf"), "-oL", debian(program), *arguments],
                          env=self.environment)
        self.addCleanup(process.kill)
        return process

    def run_client(self, program, *arguments, **options):
        result = run([debian(program), "-p", self.place.port, *arguments], env=self.environment,
                     **options)
        self.assertEqual((result.stderr, result.returncode), ("", 0))
        return result.stdout

    def test_our_library_is_the_one_that_is_loaded(self):
        for program in ("mosquitto_pub", "mosquitto_sub", "mosquitto_rr"):
            listed = subprocess.run(["ldd", "-r", debian(program)], env=self.environment,
                                    capture_output=True, text=True, check=True)
            self.assertIn(str(BUILD / "lib/libmosquitto.so.1"), listed.stdout)
            self.assertNotRegex(listed.stdout + listed.stderr, "undefined|not found|no version")

    def test_publish_and_subscribe(self):
        for version in ("mqttv31", "mqttv311", "mqttv5"):
            for qos in range(3):
                with self.subTest(version=version, qos=qos):
                    topic = f"test/{version}/{qos}"
                    self.run_client("mosquitto_pub", "-V", version, "-q", qos, "-r", "-t", topic,
                                    "-m", "hello")
                    output = self.run_client("mosquitto_sub", "-V", version, "-q", qos, "-C", 1, "-W", 10,
                                             "-t", topic, "-F", "%t %p %q %r")
                    self.assertEqual(output, f"{topic} hello {qos} 1\n")

    def test_many_lines(self):
        lines = "".join(f"line {number}\n" for number in range(800))
        receiver = self.start("mosquitto_sub", "-p", self.place.port, "-q", 2, "-t", "many",
                              "-C", 800, "-W", 60, "-d")
        receiver.wait_for_line("SUBACK")
        self.run_client("mosquitto_pub", "-t", "many", "-q", 2, "-l", text_input=lines)
        self.assertEqual(receiver.wait(), 0)
        received = [line for line in receiver.lines if re.fullmatch(r"line \d+", line)]
        self.assertEqual(received, lines.splitlines())

    def test_request_and_response(self):
        answer = self.start("mosquitto_sub", "-p", self.place.port, "-t", "question", "-d")
        answer.wait_for_line("SUBACK")
        asking = self.start("mosquitto_rr", "-p", self.place.port, "-t", "question", "-e", "answer",
                            "-m", "6*9", "-W", 20)
        answer.wait_for_line(r"^6\*9$")
        self.run_client("mosquitto_pub", "-t", "answer", "-m", "42")
        self.assertEqual(asking.wait(), 0)
        self.assertIn("42", asking.lines)

    def test_collectd_publishes_and_receives(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "collectd.conf"
            path.write_text(COLLECTD.format(folder=folder, port=self.place.port), encoding="utf-8")
            collectd = self.start("collectd", "-f", "-C", str(path))
            output = self.run_client("mosquitto_sub", "-t", "collectd/#", "-C", 1, "-W", 30, "-F", "%t")
            self.assertEqual(output, "collectd/here/uptime/uptime\n")
            self.assertNotRegex("\n".join(collectd.lines), "symbol|version|error")
            maps = pathlib.Path(f"/proc/{collectd.pid}/maps").read_text(encoding="utf-8")
            self.assertIn(str((BUILD / "lib/libmqhome.so.1").resolve()), maps)

    def test_debians_class_over_our_library(self):
        with tempfile.TemporaryDirectory() as folder:
            link = pathlib.Path(folder) / "libmosquitto.so.1"
            link.symlink_to((BUILD / "lib/libmqhome.so.1").resolve())
            result = run([BUILD / "tests/client/api/debian_api_class", self.place.port],
                         env={**os.environ, "LD_LIBRARY_PATH": folder})
        self.assertEqual((result.stderr, result.returncode), ("", 0))
        self.assertIn("message 'class/topic' 1 bytes qos 0", result.stdout)


if __name__ == "__main__":
    BUILD = pathlib.Path(sys.argv[1]).absolute()
    unittest.main(argv=sys.argv[:1], verbosity=2)
