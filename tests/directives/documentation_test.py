"""The documentation of directives is complete, true where a machine can tell, and up to date."""

import re
import subprocess
import unittest

from mqtest.directives import DOCUMENTER, documented, table
from mqtest.process import run
from mqtest.programs import SOURCE, debian
from mqtest.sources import project_files, text

MANUAL = SOURCE / "docs/man/mosquitto.conf.5"
COLUMNS_MAX = 110


class Documentation(unittest.TestCase):
    maxDiff = None

    def test_every_directive_is_documented_and_no_other(self):
        self.assertEqual(sorted(documented()), sorted(table()))

    def test_what_is_refused_is_said_to_be(self):
        self.assertEqual({name for name, (_, _, there) in documented().items() if there == "no"},
                         {name for name, row in table().items() if row.refused})

    def test_scopes_are_those_of_the_broker(self):
        rows = table()
        wrong = [f"{name}: {scope}, not {rows[name].scope}"
                 for name, (scope, _, there) in documented().items()
                 if there != "no" and scope.replace(" ", "_") != rows[name].scope]
        self.assertEqual(wrong, [])

    def test_what_needs_a_restart_is_what_a_reload_warns_of(self):
        body = re.search(r"what_needs_a_restart.*?\};", text("broker/reload.cpp"), re.DOTALL)
        warned = set(re.findall(r'\{"([a-z_]+)",', body.group()))
        aliases = {"websockets_headers_size": "packet_buffer_size",
                   "retained_persistence": "persistence"}
        said = {aliases.get(name, name) for name, (_, reload, _) in documented().items()
                if reload == "restart"}
        self.assertEqual(said, warned)

    def test_pages_are_up_to_date(self):
        result = run([DOCUMENTER, "--check"])
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)

    def test_manual_page_has_no_warnings(self):
        result = subprocess.run([debian("groff"), "-man", "-ww", "-Tutf8", MANUAL],
                                capture_output=True, check=False)
        self.assertEqual((result.returncode, result.stderr), (0, b""))
        shown = re.sub(r".\x08", "", result.stdout.decode())  # bold is struck twice
        for name in ("max_inflight_messages", "plugin_opt_*"):
            self.assertTrue(f"\n       {name}" in shown or f", {name}" in shown, name)

    def test_lines_of_the_sources_are_not_too_long(self):
        wrong = [f"{name}:{number}" for name in project_files()
                 if name.match("docs/directives/*.md")
                 for number, line in enumerate(text(name).splitlines(), 1)
                 if len(line) > COLUMNS_MAX]
        self.assertEqual(wrong, [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
