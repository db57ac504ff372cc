"""mqinstall is killed at each journalled step; the next run ends in the old or the new state.

usage: killed_test.py install|upgrade PART OF    (part 1..OF of all the steps)
"""

import contextlib
import json
import re
import sys
import unittest

from mqtest.host import Host
from mqtest.programs import journey_installer

COMMAND, PART, OF = "install", 1, 1


def kill_points(steps):
    """Right after the journal's line before, and after, each step."""
    return [f"{number}:{kind}" for number in range(1, steps + 1) for kind in ("before", "after")]


class Killed(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.host = Host()
        self.addCleanup(self.host.remove)
        self.before = self.host.tree("logs")

    def succeeds(self, result):
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)

    def steps(self, result):
        self.succeeds(result)
        return len(json.loads(result.stdout)["steps"])

    @contextlib.contextmanager
    def killed_at(self, point):
        """Names the point in what fails; what a failure leaves would only confuse the next one."""
        try:
            yield
        except AssertionError as error:
            raise AssertionError(f"killed at {point}: {error}") from error

    # --- The two states ------------------------------------------------------------------------
    def assert_nothing_is_installed(self):
        self.assertEqual(self.host.tree("logs"), self.before)
        self.assertIn("no such process", self.host.manager.status("mqhome"))

    def assert_works(self, version):
        host = self.host
        self.assertEqual((host.version(), host.state()), (version, "RUNNING"))
        self.assertEqual(host.running_version(), version)
        manifest = json.loads((host.prefix / "state/manifest.json").read_text())
        self.assertEqual(manifest["version"], version)
        self.assertEqual([path.name for path in (host.prefix / "versions").glob(".*")], [])
        self.assertNotIn("probe", (host.prefix / "etc/pwfile").read_text())
        with host.client().subscribe("works", "-q", 1, count=1) as subscriber:
            host.client().publish_well("works", "yes", "-q", 1)
            self.assertEqual(subscriber.finish()[0][1], "yes")
        self.assertIn("mqhome", (host.home / ".bash_profile").read_text())

    def assert_old_or_new(self, old, new):
        """`old` empty: nothing was installed."""
        version = self.host.version()
        self.assertIn(version, (old, new))
        if version:
            self.assert_works(version)
        else:
            self.assert_nothing_is_installed()

    # --- Install -------------------------------------------------------------------------------
    def test_install(self):
        if COMMAND != "install":
            self.skipTest("of the other part")
        steps = self.steps(self.host.install("--dry-run", "--json"))
        self.assertGreater(steps, 8)
        new = self.payload_version(self.host.installer)
        for point in kill_points(steps)[PART - 1::OF]:
            with self.killed_at(point):
                killed = self.host.install(environment={"MQINSTALL_TEST_KILL_AFTER": point})
                self.assertEqual(killed.returncode, -9, killed.stdout + killed.stderr)
                if PART % 2:
                    self.succeeds(self.host.mqinstall("recover", "--yes"))
                    self.assert_old_or_new("", new)
                self.succeeds(self.host.install())
                self.assert_works(new)
                self.succeeds(self.host.mqinstall("uninstall", "--purge", "--yes"))
                self.assert_nothing_is_installed()

    # --- Upgrade -------------------------------------------------------------------------------
    def test_upgrade(self):
        if COMMAND != "upgrade":
            self.skipTest("of the other part")
        host = self.host
        after = host.add_installer(journey_installer("next"), "mqinstall-next")
        self.succeeds(host.install())
        host.client().publish_well("kept", "retained", "-q", 1, "-r")
        old, new = host.version(), self.payload_version(after)
        files = self.users_files()
        steps = self.steps(host.mqinstall("upgrade", "--yes", "--dry-run", "--json",
                                          program=after))
        self.assertGreater(steps, 6)
        for point in kill_points(steps)[PART - 1::OF]:
            with self.killed_at(point):
                killed = host.mqinstall("upgrade", "--yes", program=after,
                                        environment={"MQINSTALL_TEST_KILL_AFTER": point})
                self.assertEqual(killed.returncode, -9, killed.stdout + killed.stderr)
                if PART % 2:
                    self.succeeds(host.mqinstall("recover", "--yes", program=after))
                    self.assert_old_or_new(old, new)
                    self.assert_nothing_is_lost(files)
                self.succeeds(host.mqinstall("upgrade", "--yes", program=after))
                self.assert_works(new)
                self.assert_nothing_is_lost(files)
                self.succeeds(host.mqinstall("rollback", "--yes", program=after))
                self.assert_works(old)

    def users_files(self):
        return {name: (self.host.prefix / "etc" / name).read_bytes()
                for name in ("pwfile", "mosquitto.conf")}

    def assert_nothing_is_lost(self, files):
        self.assertEqual(self.users_files(), files)
        self.assertEqual(self.host.client().fetch("kept", 1, "-q", 1),
                         [("kept", "retained", 1, 1)])

    def payload_version(self, program):
        said = self.host.mqinstall("version", "--json", program=program).stdout
        facts = json.loads(said)
        return facts.get("payload") or re.search(r"\d+\.\d+\.\d+", said).group()


if __name__ == "__main__":
    COMMAND, PART, OF = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    unittest.main(argv=sys.argv[:1], verbosity=2)
