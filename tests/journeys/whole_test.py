"""The life of an installation: install, use, add users, upgrade, a bad upgrade, uninstall."""

import json
import unittest

from mqtest.host import PASSWORD, USER, Host
from mqtest.process import wait_until
from mqtest.programs import debian, journey_installer

PATHS = 'printf "%s\\n" "$PATH" "${LD_LIBRARY_PATH-unset}"'


class WholeLife(unittest.TestCase):
    """One account; the tests of this class are the chapters, in order of their names."""

    @classmethod
    def setUpClass(cls):
        cls.host = Host()
        cls.addClassCleanup(cls.host.remove)
        cls.next = cls.host.add_installer(journey_installer("next"), "mqinstall-next")
        cls.broken = cls.host.add_installer(journey_installer("broken"), "mqinstall-broken")
        cls.before = cls.host.tree("logs")
        cls.paths_before = cls.host.login_shell(PATHS)

    def succeeds(self, result):
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        return result.stdout

    def users_files(self):
        return {name: (self.host.prefix / "etc" / name).read_bytes()
                for name in ("pwfile", "mosquitto.conf")}

    def test_1_dry_run_changes_nothing(self):
        before = self.host.tree()
        shown = self.succeeds(self.host.install("--dry-run"))
        self.assertIn("mqinstall install would:", shown)
        self.assertEqual(self.host.tree(), before)

    def test_2_install_ends_running(self):
        told = self.succeeds(self.host.install())
        self.assertEqual(self.host.state(), "RUNNING", told)
        self.assertIn(f"uberspace web backend set / --http --port {self.host.ws_port}", told)
        self.assertIn("uberspace port add", told)
        self.assertNotIn(PASSWORD, told)
        self.assertEqual((self.host.prefix / "etc/pwfile").stat().st_mode & 0o777, 0o600)
        self.assertEqual([line.split(":")[0] for line in
                          (self.host.prefix / "etc/pwfile").read_text().splitlines()], [USER])

    def test_3_new_shells_find_the_programs_once(self):
        shell = ("bash", "-l")
        self.assertEqual(self.host.login_shell("command -v mosquitto mqbroker mosquitto_passwd",
                                               shell).count("mqhome/current/bin/"), 3)
        path, library = self.host.login_shell(". ~/.bash_profile; " + PATHS, shell).splitlines()
        entries = path.split(":")
        self.assertEqual(entries.count(str(self.host.prefix / "current/bin")), 1)
        self.assertNotIn("", entries)
        self.assertEqual(library, str(self.host.prefix / "current/lib"))
        # Programs that were linked with libmosquitto.so.1 take ours.
        self.assertIn(f"{library}/libmosquitto.so.1",
                      self.host.login_shell("ldd " + debian("mosquitto_sub"), shell))
        self.assertTrue((self.host.prefix / "current/include/mosquitto.h").is_file())
        manual = self.host.prefix / "current/share/man/man5/mosquitto.conf.5"
        self.assertIn("max_inflight_messages", manual.read_text())
        for name in ("mosquitto_pub", "mosquitto_sub", "mosquitto_rr", "mosquitto_ctrl", "mqbench"):
            self.assertIn("mqhome/current/bin/", self.host.login_shell(f"command -v {name}", shell))
            self.assertIn(f" {name}", self.host.login_shell(f"bash -ic 'complete -p {name}' 2>&1", shell))

    def test_4_clients_come_in_and_strangers_do_not(self):
        for version in ("3.1", "3.1.1", "5.0"):
            client = self.host.client(version)
            with client.subscribe("life", "-q", 1, count=1) as subscriber:
                client.publish_well("life", "here", "-q", 1)
                self.assertEqual(subscriber.finish()[0][1], "here")
        self.assertEqual(self.host.client("5.0", password="wrong").publish("t", "m").returncode,
                         135)

    def test_4b_clients_of_the_installation(self):
        """They need nothing but the account: mqctl not even a password."""
        def shell(script):
            return self.host.login_shell(script, ("bash", "-l"))
        self.assertIn(str(self.host.port), shell("mqctl listeners"))
        login = f"-p {self.host.port} -h 127.0.0.1 -u {USER} -P '{PASSWORD}'"
        shell(f"mqpub {login} -t life/own -m here -r")
        self.assertEqual(shell(f"mqsub {login} -t life/own -C 1"), "here\n")
        self.assertIn("life/own", shell("mqctl retained list"))
        self.assertIn("1 retained message", shell("mqctl retained delete life/own"))

    def test_5_new_user_comes_in_without_a_restart(self):
        pid = self.host.manager.program_pid("mqhome")
        self.succeeds(self.host.mqinstall("user", "add", "berta", "--password-stdin",
                                          text_input="bertas\n"))
        berta = self.host.client(user="berta", password="bertas")
        wait_until(lambda: berta.publish("t", "m").returncode == 0, "berta is let in")
        self.assertEqual(self.host.manager.program_pid("mqhome"), pid)
        listed = self.succeeds(self.host.mqinstall("user", "list"))
        self.assertIn("berta", listed)
        self.succeeds(self.host.mqinstall("user", "del", "berta", "--yes"))
        wait_until(lambda: berta.publish("t", "m").returncode == 135, "berta is kept out")

    def test_6_status_and_doctor_find_nothing_wrong(self):
        facts = json.loads(self.succeeds(self.host.mqinstall("status", "--json")))
        self.assertEqual(facts["exit_code"], 0)
        self.assertEqual(facts["version"], self.host.version())
        self.succeeds(self.host.mqinstall("doctor"))

    def test_7_upgrade_keeps_users_settings_and_messages(self):
        client = self.host.client()
        session = ["-c", "-i", "sleeper", "-q", 1, "-x", "86400"]
        self.assertEqual(client.subscribe("queue", *session).stop(), 0)
        client.publish_well("queue", "waiting", "-q", 1)
        client.publish_well("kept", "retained", "-q", 1, "-r")
        old, files = self.host.version(), self.users_files()
        self.succeeds(self.host.mqinstall("upgrade", "--yes", program=self.next))
        self.assertEqual(self.host.state(), "RUNNING")
        self.assertNotEqual(self.host.version(), old)
        self.assertEqual(self.host.running_version(), self.host.version())
        self.assertEqual(self.users_files(), files)
        self.assertEqual(client.fetch("kept", 1, "-q", 1), [("kept", "retained", 1, 1)])
        self.assertEqual(client.fetch("queue", 1, *session), [("queue", "waiting", 1, 0)])

    def test_8_unhealthy_upgrade_goes_back_by_itself(self):
        old, files = self.host.version(), self.users_files()
        result = self.host.mqinstall("upgrade", "--yes", "--health-timeout", "5",
                                     program=self.broken)
        self.assertEqual(result.returncode, 8, result.stdout + result.stderr)
        self.assertEqual((self.host.version(), self.host.state()), (old, "RUNNING"))
        self.assertEqual(self.host.running_version(), old)
        self.assertEqual(self.users_files(), files)
        self.assertEqual(self.host.client().fetch("kept", 1, "-q", 1),
                         [("kept", "retained", 1, 1)])

    def test_9a_backup_and_restore_bring_back_what_was(self):
        self.succeeds(self.host.mqinstall("backup", "--out", str(self.host.home / "b.tar.zst")))
        files = self.users_files()
        self.host.account.write("mqhome/etc/pwfile", "", 0o600)
        self.succeeds(self.host.mqinstall("restore", str(self.host.home / "b.tar.zst"), "--yes"))
        self.assertEqual(self.users_files(), files)
        self.host.client().publish_well("t", "m")
        (self.host.home / "b.tar.zst").unlink()

    def test_9b_rollback_returns_to_the_version_before(self):
        new = self.host.version()
        self.succeeds(self.host.mqinstall("rollback", "--yes"))
        self.assertNotEqual(self.host.version(), new)
        self.assertEqual(self.host.running_version(), self.host.version())

    def test_9c_uninstall_keeps_data_and_gives_everything_else_back(self):
        files = self.users_files()
        self.succeeds(self.host.mqinstall("uninstall", "--yes"))
        self.assertEqual(self.users_files(), files)
        self.assertTrue((self.host.prefix / "var/mqhome.db").exists())
        self.assertFalse((self.host.prefix / "current").is_symlink())
        self.assertEqual(self.host.tree("logs", "mqhome"), self.before)
        self.assertEqual(self.host.login_shell(PATHS), self.paths_before)
        self.assertIn("no such process", self.host.manager.status("mqhome"))

    def test_9d_install_again_finds_users_and_messages(self):
        self.succeeds(self.host.mqinstall("install", "--yes"))
        self.assertEqual(self.host.client().fetch("kept", 1, "-q", 1),
                         [("kept", "retained", 1, 1)])

    def test_9e_purge_leaves_nothing(self):
        self.succeeds(self.host.mqinstall("uninstall", "--purge", "--yes"))
        self.assertEqual(self.host.tree("logs"), self.before)


if __name__ == "__main__":
    unittest.main(verbosity=2, failfast=True)
