"""`scripts/bench` with a small load: nothing is lost, duplicated or reordered. Never how fast."""

import json
import subprocess
import sys
import unittest

from mqtest.programs import SOURCE, program

LOAD = sys.argv.pop()


class Smoke(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        finished = subprocess.run(
            [SOURCE / "scripts/bench", "-n", "1", "--messages", "3000", "--clients", "40",
             "--logins", "300", "--no-build", "--broker", f"mqbroker={program('mqbroker')}", "--load", LOAD, "--json"],
            capture_output=True, text=True, timeout=300, check=False)
        cls.exit_code, cls.errors = finished.returncode, finished.stderr
        cls.runs = [json.loads(line) for line in finished.stdout.splitlines()
                    if line.startswith("{")]

    def test_ends_well(self):
        self.assertEqual(self.exit_code, 0, self.errors)

    def test_pairs_get_every_message_once_and_in_order(self):
        found = [run for run in self.runs if run["scenario"] == "pairs"]
        self.assertEqual([(run["qos"], run["window"]) for run in found],
                         [(0, 50), (1, 50), (0, 1), (1, 1)])
        for run in found:
            self.assertEqual((run["published"], run["delivered"]), (3000, 3000))
            for fault in ("lost", "duplicated", "reordered", "wrong", "unacknowledged"):
                self.assertEqual(run[fault], 0, f"{fault} at QoS {run['qos']}")

    def test_flows_bring_every_message_to_everyone(self):
        found = [run for run in self.runs if run["scenario"] == "flow"]
        self.assertEqual([(run["qos"], run["publishers"], run["subscribers"]) for run in found],
                         [(qos, 1, 100) for qos in (0, 1, 2)] + [(qos, 100, 1) for qos in (0, 1, 2)])
        for run in found:
            self.assertEqual(run["delivered"], 3000)
            self.assertEqual(run["published"], 3000 // run["subscribers"])
            for fault in ("lost", "duplicated", "reordered", "wrong", "unacknowledged"):
                self.assertEqual(run[fault], 0, f"{fault} at QoS {run['qos']}")

    def test_what_is_kept_is_given_out_again(self):
        found = {run["scenario"]: run for run in self.runs if "kept" in run}
        self.assertEqual(sorted(found), ["offline", "retained", "subscriptions"])
        for run in found.values():
            self.assertEqual((run["kept"], run["delivered"], run["wrong"]), (750, 750, 0))

    def test_clients_come_and_messages_are_paced(self):
        found = {run["scenario"]: run for run in self.runs}
        self.assertEqual(found["connects"]["connects"], 300)
        self.assertEqual((found["paced"]["delivered"], found["paced"]["wrong"]), (30, 0))
        self.assertGreater(found["paced"]["p99_us"], 0)

    def test_idle_clients_are_all_there(self):
        found = [run for run in self.runs if run["scenario"] == "idle"]
        self.assertEqual([run["clients"] for run in found], [40])
        self.assertGreater(found[0]["rss_bytes"], 0)

    def test_wrong_logins_stop_no_message(self):
        found = [run for run in self.runs if run["scenario"] == "logins"]
        self.assertEqual([(run["refused"], run["not_refused"], run["wrong"]) for run in found],
                         [(300, 0, 0)])
        self.assertGreaterEqual(found[0]["delivered"], 3000)


if __name__ == "__main__":
    unittest.main(verbosity=2)
