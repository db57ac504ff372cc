"""The lines of the old eight-step guide for Mosquitto, typed as they stand, with our programs."""

import shutil
import signal
import unittest

from mqtest.account import Account
from mqtest.clients import Client
from mqtest.ports import free_port
from mqtest.process import Process, run
from mqtest.programs import program
from mqtest.supervisord import Supervisord
from mqtest.terminal import Terminal

# As the package ships it, shortened; the six lines that the guide edits are filled in.
CONFIGURATION = """\
# Config file for mosquitto
#
# See mosquitto.conf(5) for more information.

# =================================================================
# General configuration
# =================================================================

#per_listener_settings false
#persistent_client_expiration

# =================================================================
# Default listener
# =================================================================

# Port to use for the default listener.
port {port}

# Choose the protocol to use when listening.
protocol mqtt

# =================================================================
# Extra listeners
# =================================================================

listener {ws_port}
protocol websockets

#allow_anonymous false
password_file {folder}/etc/mosquitto/pwfile
{sixth}
"""

SECTION = """\
[program:mosquitto]
command=mosquitto -c {folder}/etc/mosquitto/mosquitto.conf
environment=PATH="{folder}/usr/sbin:{folder}/usr/bin:/usr/bin:/bin",LD_LIBRARY_PATH="{folder}/usr/lib64"
autostart=yes
autorestart=yes
"""


class Guide(unittest.TestCase):
    def setUp(self):
        self.account = Account()
        self.addCleanup(self.account.remove)
        self.folder = self.account.home / "mosquitto"
        for name, ours in (("usr/sbin/mosquitto", "mqbroker"),
                           ("usr/bin/mosquitto_passwd", "mqpasswd")):
            target = self.folder / name
            target.parent.mkdir(parents=True)
            # A copy, since the account may not be allowed to read the build folder.
            shutil.copy(program(ours), target)
            target.chmod(0o755)
        (self.folder / "usr/lib64").mkdir()
        (self.folder / "etc/mosquitto").mkdir(parents=True)
        for path in [self.folder, *self.folder.rglob("*")]:
            self.account.own(path)
        self.environment = {"PATH": f"{self.folder}/usr/sbin:{self.folder}/usr/bin:/usr/bin:/bin",
                            "LD_LIBRARY_PATH": f":{self.folder}/usr/lib64"}
        self.port, self.ws_port = free_port(), free_port()

    def options(self):
        return self.account.options(cwd=str(self.folder), environment=self.environment)

    def write_configuration(self):
        self.account.write("mosquitto/etc/mosquitto/mosquitto.conf", CONFIGURATION.format(
            port=self.port, ws_port=self.ws_port, folder=self.folder,
            sixth="allow_anonymous false"))

    def type_password(self, *arguments, password="secret"):
        with Terminal(["mosquitto_passwd", *arguments], **self.options()) as terminal:
            asked = terminal.wait_for(r"[Pp]assword[^\n]*: ?")
            terminal.type_secret(password)
            terminal.wait_for(r"[Pp]assword[^\n]*: ?", asked)
            terminal.type_secret(password)
            code = terminal.finish()
            self.assertNotIn(password, terminal.shown)
            return code

    def make_users(self):
        self.assertEqual(self.type_password("-c", "etc/mosquitto/pwfile", "firstUser"), 0)
        self.assertEqual(self.type_password("etc/mosquitto/pwfile", "newUser"), 0)

    def assert_answers(self, user, code=0):
        result = Client(self.port, user=user, password="secret").publish("guide", "hello")
        self.assertEqual(result.returncode, code, result.stderr)

    def test_help_names_the_program_as_it_was_called(self):
        result = run(["mosquitto", "-h"], **self.options())
        self.assertEqual(result.returncode, 0)
        self.assertIn("mosquitto", result.stdout)
        self.assertRegex(result.stdout, r"-c|--config-file")

    def test_users_are_added_and_deleted(self):
        self.make_users()
        pwfile = self.folder / "etc/mosquitto/pwfile"
        self.assertEqual([line.split(":")[0] for line in pwfile.read_text().splitlines()],
                         ["firstUser", "newUser"])
        self.assertEqual(pwfile.stat().st_mode & 0o777, 0o600)
        result = run(["mosquitto_passwd", "-D", "etc/mosquitto/pwfile", "newUser"],
                     **self.options())
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual([line.split(":")[0] for line in pwfile.read_text().splitlines()],
                         ["firstUser"])

    def test_different_passwords_are_refused(self):
        with Terminal(["mosquitto_passwd", "-c", "etc/mosquitto/pwfile", "user"],
                      **self.options()) as terminal:
            asked = terminal.wait_for(r"[Pp]assword[^\n]*: ?")
            terminal.type_secret("one")
            terminal.wait_for(r"[Pp]assword[^\n]*: ?", asked)
            terminal.type_secret("two")
            self.assertEqual(terminal.finish(), 2)

    def test_broker_runs_in_the_foreground_on_the_edited_file(self):
        self.make_users()
        self.write_configuration()
        with Process(["mosquitto", "-c", "etc/mosquitto/mosquitto.conf"],
                     **self.options()) as broker:
            broker.wait_for_line(r"version \S+ running$")
            self.assert_answers("firstUser")
            self.assert_answers("newUser")
            self.assert_answers("stranger", 5)
            broker.signal(signal.SIGINT)
            self.assertEqual(broker.wait(), 0)

    def test_supervisord_keeps_it_running_by_the_section_of_the_guide(self):
        self.make_users()
        self.write_configuration()
        self.account.write("etc/services.d/.keep", "")
        with Supervisord(self.account.folder, self.account) as manager:
            self.account.write("etc/services.d/mosquitto.ini", SECTION.format(folder=self.folder))
            reread = manager.control("reread")
            self.assertEqual((reread.stdout.strip(), reread.returncode),
                             ("mosquitto: available", 0))
            update = manager.control("update")
            self.assertEqual((update.stdout.strip(), update.returncode),
                             ("mosquitto: added process group", 0))
            manager.wait_for_state("mosquitto", "RUNNING")
            self.assert_answers("firstUser")
            self.assert_answers("stranger", 5)
            stopped = manager.control("stop", "mosquitto")
            self.assertEqual(stopped.stdout.strip(), "mosquitto: stopped")
            manager.wait_for_state("mosquitto", "STOPPED")


if __name__ == "__main__":
    unittest.main(verbosity=2)
