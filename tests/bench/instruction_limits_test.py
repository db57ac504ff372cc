"""The guard against slower hot paths can fail, and says what to do; --update makes it pass."""

import contextlib
import io
import pathlib
import sys
import tempfile
import unittest
from unittest import mock

import instruction_limits

PROGRAM = sys.argv.pop()


class Guard(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="mqhome-limits-")
        self.addCleanup(folder.cleanup)
        self.limits = pathlib.Path(folder.name, "limits.tsv")
        self.limits.write_text("# why\npairs_q0\t1\tdelivery\nvisits\t1\tvisit\n")
        self.assertEqual(self.run_guard("--update")[0], 0)

    def run_guard(self, *options):
        """Exit code and output."""
        output = io.StringIO()
        with mock.patch.object(sys, "argv", ["guard", PROGRAM, str(self.limits), *options]), \
                contextlib.redirect_stdout(output):
            return instruction_limits.main(), output.getvalue()

    def scale_limit(self, scenario, factor):
        limits = instruction_limits.read_limits(self.limits)
        limits[scenario] = (limits[scenario][0] * factor, limits[scenario][1])
        instruction_limits.write_limits(self.limits, limits)

    def test_what_was_counted_is_within_limits_that_were_counted(self):
        exit_code, output = self.run_guard()
        self.assertEqual(exit_code, 0, output)
        self.assertTrue(self.limits.read_text().startswith("# why\npairs_q0\t"))

    def test_more_than_the_limit_fails_and_names_the_scenario(self):
        self.scale_limit("pairs_q0", 0.9)
        exit_code, output = self.run_guard()
        self.assertEqual(exit_code, 1)
        failed = [line for line in output.splitlines() if "FAILED" in line]
        self.assertEqual(len(failed), 1)
        self.assertRegex(failed[0], "^pairs_q0 .* takes 1[01].[0-9]% more than its limit")
        self.assertIn("--update", output)

    def test_far_less_than_the_limit_fails_so_that_it_is_lowered(self):
        self.scale_limit("visits", 1.3)
        exit_code, output = self.run_guard()
        self.assertEqual(exit_code, 1)
        self.assertRegex(output, "visits .* takes 23.[0-9]% less than its limit: lower the limit")

    def test_a_scenario_that_is_gone_fails(self):
        with self.limits.open("a") as file:
            file.write("gone\t100\tdelivery\n")
        exit_code, output = self.run_guard()
        self.assertEqual(exit_code, 1)
        self.assertRegex(output, "gone +FAILED: there is no such scenario")


if __name__ == "__main__":
    unittest.main(verbosity=2)
