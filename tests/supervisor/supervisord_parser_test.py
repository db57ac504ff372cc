#!/usr/bin/python3
"""Reads service files with supervisord's own parser: each value must come back as it was."""
import os
import shlex
import subprocess
import sys
import tempfile
import unittest

from supervisor.options import ServerOptions

PRINT_SECTION = sys.argv.pop()

HOMES = [
    "plain", "two words", "three  blanks", "umlaut-\u00e4\u00f6", "\u65e5\u672c", "100%", "%(ENV_HOME)s",
    "%d", "a;b", "a#b", "semi;", "comma,equals=", "brackets[x]", "dollar$HOME", "tilde~", "at@x",
    "colon:x", "paren(x)", "amp&x", "star*", "bang!",
]
REFUSED = ["quote\"x", "quote'x", "back\\slash", "a ;b", "a #b"]


class ServiceFile(unittest.TestCase):
    def parse(self, home, value):
        text = subprocess.run([PRINT_SECTION, home, value], check=True,
                              stdout=subprocess.PIPE).stdout
        os.makedirs(os.path.join(home, "logs"), exist_ok=True)
        services = os.path.join(self.folder, "services.d")
        os.makedirs(services, exist_ok=True)
        with open(os.path.join(services, "mqhome.ini"), "wb") as file:
            file.write(text)
        conf = os.path.join(self.folder, "supervisord.conf")
        with open(conf, "w") as file:
            file.write("[supervisord]\n[include]\nfiles=services.d/*.ini\n")
        options = ServerOptions()
        options.realize(["-c", conf, "-n"])
        (group,) = options.process_group_configs
        (program,) = group.process_configs
        return program

    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = temporary.name

    def test_values_come_back(self):
        for name in HOMES:
            with self.subTest(home=name):
                home = os.path.join(self.folder, name)
                program = self.parse(home, home + ":x")
                self.assertEqual(shlex.split(program.command),
                                 [home + "/mqhome/current/bin/mqbroker", "-c",
                                  home + "/mqhome/etc/mosquitto.conf"])
                self.assertEqual(program.directory, home + "/mqhome")
                self.assertEqual(program.stdout_logfile, home + "/logs/mqhome.log")
                self.assertEqual(program.environment["VALUE"], home + ":x")
                self.assertEqual(program.environment["EMPTY"], "")

    def test_fixed_values(self):
        program = self.parse(os.path.join(self.folder, "plain"), "x")
        self.assertEqual(program.name, "mqhome")
        self.assertTrue(program.autostart)
        self.assertEqual(program.startsecs, 5)
        self.assertEqual(program.startretries, 3)
        self.assertEqual(program.stopwaitsecs, 30)
        self.assertTrue(program.redirect_stderr)
        self.assertEqual(program.stdout_logfile_maxbytes, 10 << 20)
        self.assertEqual(program.stdout_logfile_backups, 3)

    def test_what_cannot_be_written_is_refused(self):
        for name in REFUSED:
            with self.subTest(home=name):
                ran = subprocess.run([PRINT_SECTION, "/home/" + name, "x"],
                                     stdout=subprocess.PIPE, stderr=subprocess.PIPE)
                self.assertEqual(ran.returncode, 6)


if __name__ == "__main__":
    unittest.main()
