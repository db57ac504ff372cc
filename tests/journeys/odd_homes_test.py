"""Homes whose names hold blanks, letters beyond ASCII, or what supervisord takes for a variable."""

import unittest

from mqtest.host import Host


class OddHomes(unittest.TestCase):
    def install_use_and_remove(self, name):
        host = Host(name)
        self.addCleanup(host.remove)
        before = host.tree("logs")
        self.succeeds(host.install())
        self.assertEqual(host.state(), "RUNNING")
        host.client().publish_well("t", "m", "-q", 1)
        found = host.login_shell("command -v mosquitto").strip()
        self.assertEqual(found, str(host.prefix / "current/bin/mosquitto"))
        self.succeeds(host.mqinstall("uninstall", "--purge", "--yes"))
        self.assertEqual(host.tree("logs"), before)

    def succeeds(self, result):
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)

    def test_blank(self):
        self.install_use_and_remove("my home")

    def test_letters_beyond_ascii(self):
        self.install_use_and_remove("größe 家")

    def test_percent_signs(self):
        self.install_use_and_remove("100%s of it")


if __name__ == "__main__":
    unittest.main(verbosity=2)
