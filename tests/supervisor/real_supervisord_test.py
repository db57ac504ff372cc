#!/usr/bin/python3
"""The driver against a real supervisord, configured as shared hosts do: a login, a socket outside of
the home, and an include of etc/services.d/*.ini."""
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

DRIVE = sys.argv.pop()
NOBODY = 65534
HOME = "two words \u00e4 100%"


class RealSupervisord(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="mqhome.")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        os.chmod(self.folder, 0o755)
        # Where the build is, nobody may not be able to read.
        self.drive_program = shutil.copy(DRIVE, self.folder)
        # As anyone: whoever runs the test, or nobody for root.
        self.user = {"user": NOBODY, "group": NOBODY} if os.geteuid() == 0 else {}

    def make_home(self, name):
        self.home = os.path.join(self.folder, name)
        os.makedirs(os.path.join(self.home, "mqhome/current/bin"))
        self.write("mqhome/current/bin/mqbroker", "#!/bin/sh\necho up\nexec sleep 1000\n")
        os.chmod(os.path.join(self.home, "mqhome/current/bin/mqbroker"), 0o755)
        socket = os.path.join(self.folder, "s.sock")
        self.conf = os.path.join(self.home, "supervisord.conf")
        self.write("supervisord.conf", f"""
[unix_http_server]
file={socket}
username=dummy
password=dummy
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
[supervisord]
nodaemon=true
[supervisorctl]
serverurl=unix://{socket}
username=dummy
password=dummy
[include]
files=etc/services.d/*.ini
""")
        if self.user:
            for path, folders, files in os.walk(self.folder):
                for entry in [path] + [os.path.join(path, f) for f in files]:
                    os.chown(entry, NOBODY, NOBODY)
        self.supervisord = subprocess.Popen(
            ["supervisord", "-n", "-c", self.conf, "-l", "/dev/null", "-j",
             os.path.join(self.folder, "pid"), "-q", self.folder],
            cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env={"PATH": os.environ["PATH"], "HOME": self.home, "LC_ALL": "C.UTF-8"}, **self.user)
        self.addCleanup(self.end_supervisord)
        while not os.path.exists(socket):
            self.assertIsNone(self.supervisord.poll(), "supervisord ended")
            time.sleep(0.02)

    def end_supervisord(self):
        self.supervisord.send_signal(signal.SIGTERM)
        self.supervisord.wait()

    def write(self, name, text):
        path = os.path.join(self.home, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as file:
            file.write(text)
        if self.user:
            for folder in (path, os.path.dirname(path), os.path.dirname(os.path.dirname(path))):
                os.chown(folder, NOBODY, NOBODY)

    def drive(self, action):
        ran = subprocess.run([self.drive_program, self.home, f"supervisorctl -c '{self.conf}'", action],
                             cwd=self.folder, stdout=subprocess.PIPE, text=True,
                             env={"PATH": os.environ["PATH"], "HOME": self.home,
                                  "LC_ALL": "C.UTF-8"}, **self.user)
        return ran.returncode, ran.stdout

    def has(self, name):
        return os.path.exists(os.path.join(self.home, name))

    def pid_running(self):
        code, text = self.drive("status")
        state, pid = text.split()
        self.assertIn(state, ("starting", "running"))
        return int(pid)

    def test_life_of_a_service(self):
        self.make_home(HOME)
        self.assertEqual(self.drive("name"), (0, "supervisord\n"))
        self.assertEqual(self.drive("status"), (0, "not installed 0\n"))
        self.assertEqual(self.drive("start")[0], 7)
        self.assertEqual(self.drive("install"), (0, ""))
        first = self.pid_running()
        self.assertGreater(first, 0)
        self.assertEqual(self.drive("install"), (0, ""), "again")
        self.assertEqual(self.pid_running(), first, "and was not restarted")
        self.assertEqual(self.drive("stop"), (0, ""))
        self.assertEqual(self.drive("status"), (0, "stopped 0\n"))
        self.assertEqual(self.drive("stop"), (0, ""), "again")
        self.assertEqual(self.drive("start"), (0, ""))
        self.assertEqual(self.drive("start"), (0, ""), "again")
        self.assertNotEqual(self.pid_running(), first)
        with open(os.path.join(self.home, "logs/mqhome.log")) as log:
            self.assertEqual(log.read(), "up\nup\n")
        self.assertEqual(self.drive("remove"), (0, ""))
        self.assertEqual(self.drive("status"), (0, "not installed 0\n"))
        self.assertFalse(self.has("etc"))
        self.assertEqual(self.drive("remove"), (0, ""), "again")

    def test_a_broken_file_of_another_program(self):
        self.make_home("plain")
        self.write("etc/services.d/b.ini", "[program:b]\ncommand=/bin/true\nstartsecs=30s\n")
        code, text = self.drive("install")
        self.assertEqual(code, 7)
        self.assertIn("etc/services.d/b.ini, a file of another program", text)
        self.assertFalse(self.has("etc/services.d/mqhome.ini"))

        os.remove(os.path.join(self.home, "etc/services.d/b.ini"))
        self.assertEqual(self.drive("install"), (0, ""))
        self.write("etc/services.d/b.ini", "no section\n")
        code, text = self.drive("install")
        self.assertEqual(code, 7)
        self.assertIn("etc/services.d/b.ini", text)
        self.assertTrue(self.has("etc/services.d/mqhome.ini"))
        self.assertEqual(self.drive("remove"), (0, ""), "it is not in the way of a removal")
        self.assertFalse(self.has("etc/services.d/mqhome.ini"))

    def test_a_program_that_ends_at_once(self):
        self.make_home("plain")
        self.write("mqhome/current/bin/mqbroker", "#!/bin/sh\nexit 3\n")
        self.assertEqual(self.drive("install"), (0, ""))
        code, text = self.drive("start")
        self.assertEqual(code, 7, text)
        self.assertIn("does not start: fatal", text)
        self.assertIn("mqinstall service logs", text)

    def test_nobody_there(self):
        self.make_home("plain")
        self.end_supervisord()
        self.assertEqual(self.drive("name"), (0, "none\n"))


if __name__ == "__main__":
    unittest.main()
