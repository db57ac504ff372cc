"""Accounts as they also are: a full disk, two runs at once, a person at a terminal."""

import os
import pathlib
import socket
import subprocess
import unittest

from mqtest.host import PASSWORD, Host
from mqtest.process import Process
from mqtest.terminal import Terminal


class OddAccounts(unittest.TestCase):
    def host(self, *arguments, **options):
        host = Host(*arguments, **options)
        self.addCleanup(host.remove)
        return host

    def succeeds(self, result):
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        return result.stdout

    def test_plain_supervisord_host_is_found(self):
        host = self.host(uberspace=False)
        told = self.succeeds(host.install())
        self.assertEqual(host.state(), "RUNNING")
        self.assertNotIn("uberspace", told)

    def test_other_shells_find_the_programs(self):
        host = self.host()
        host.account.write(".zshrc", "")
        host.account.write(".config/fish/config.fish", "")
        self.succeeds(host.install())
        wanted = str(host.prefix / "current/bin/mosquitto")
        for shell in (("zsh", "-l"), ("zsh", "-i"), ("fish", "-l")):
            with self.subTest(shell=shell):
                self.assertEqual(host.login_shell("command -v mosquitto", shell).strip(), wanted)

    def test_second_run_at_the_same_time_is_refused(self):
        host = self.host()
        arguments = [host.installer, *map(str, host.install_arguments())]
        with Process(arguments, stdin=subprocess.PIPE, **host.account.options()) as first:
            first.child.stdin.write(PASSWORD.encode() + b"\n")
            first.child.stdin.close()
            first.wait_for_line("Installing mqhome")
            second = host.install()
            self.assertEqual(second.returncode, 10, second.stdout + second.stderr)
            self.assertEqual(first.wait(180), 0, first.output)
        self.assertEqual(host.state(), "RUNNING")

    def test_installing_twice_changes_nothing(self):
        host = self.host()
        self.succeeds(host.install())
        tree, pid = host.tree("logs", "mqhome/var", "mqhome/state"), \
            host.manager.program_pid("mqhome")
        self.succeeds(host.install())
        self.assertEqual(host.tree("logs", "mqhome/var", "mqhome/state"), tree)
        self.assertEqual(host.manager.program_pid("mqhome"), pid)

    def test_taken_port_is_told_before_anything_is_changed(self):
        host = self.host()
        before = host.tree("logs")
        with socket.socket() as other:
            other.bind(("0.0.0.0", host.port))
            other.listen()
            result = host.install()
        self.assertEqual(result.returncode, 6, result.stdout + result.stderr)
        self.assertIn(str(host.port), result.stderr)
        self.assertEqual(host.tree("logs"), before)

    def test_damaged_download_is_refused(self):
        host = self.host()
        before = host.tree("logs")
        data = bytearray(pathlib.Path(host.installer).read_bytes())
        data[-2000] ^= 0xFF
        host.installer = host.account.write(host.account.folder / "damaged", bytes(data), 0o755)
        result = host.install()
        self.assertEqual(result.returncode, 5, result.stdout + result.stderr)
        self.assertEqual(host.tree("logs"), before)

    def test_broken_section_of_another_program_is_named(self):
        host = self.host()
        host.account.write("etc/services.d/other.ini",
                           "[program:other]\ncommand=/bin/true\nstartsecs=30s\n")
        before = host.tree("logs")
        result = host.install()
        self.assertEqual(result.returncode, 7, result.stdout + result.stderr)
        self.assertIn("other.ini", result.stderr)
        self.assertEqual(host.tree("logs"), before)

    def test_person_at_a_terminal_is_asked(self):
        host = self.host()
        with Terminal([host.installer, "install", "--port", host.port, "--ws-port", host.ws_port],
                      **host.account.options()) as terminal:
            terminal.wait_for(r"user:")
            terminal.type_line("typist")
            asked = terminal.wait_for(r"(?i)password[^\n]*: ?")
            terminal.type_secret("typed secret")
            terminal.wait_for(r"(?i)(password|again)[^\n]*: ?", asked)
            terminal.type_secret("typed secret")
            self.assertEqual(terminal.finish(), 0, terminal.shown)
            self.assertNotIn("typed secret", terminal.shown)
        host.client(user="typist", password="typed secret").publish_well("t", "m")

    def test_without_a_terminal_nothing_is_asked(self):
        host = self.host()
        result = host.mqinstall("install", "--port", host.port, "--ws-port", host.ws_port)
        self.assertEqual(result.returncode, 2, result.stdout + result.stderr)
        self.assertIn("--user", result.stderr)

    @unittest.skipIf(os.getuid() != 0, "mounting a small disk takes root")
    def test_full_disk_is_told_and_leaves_nothing(self):
        host = self.host()
        disk = host.home / "disk"
        disk.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=12m,mode=777", "none", str(disk)],
                       check=True)
        self.addCleanup(subprocess.run, ["umount", "-l", str(disk)], check=False)
        before = host.tree("logs")
        result = host.install("--prefix", disk / "mqhome")
        self.assertEqual(result.returncode, 6, result.stdout + result.stderr)
        self.assertIn("room", result.stderr)
        self.assertEqual(host.tree("logs"), before)


if __name__ == "__main__":
    unittest.main(verbosity=2)
