"""The documentation of directives is complete, true where a machine can tell, and up to date."""

import functools
import re
import subprocess
import unittest

from mqtest.directives import DOCUMENTER, defaults, documented, table
from mqtest.process import run
from mqtest.programs import SOURCE, debian
from mqtest.sources import project_files, text

MANUAL = SOURCE / "docs/man/mosquitto.conf.5"
COLUMNS_MAX = 110


@functools.cache
def all_documented():
    return documented()


def documented_default(name):
    """What is said, none being 0 or an empty text; None when it is said in words."""
    said = all_documented()[name][1]
    if said in ("none", "never", "off"):
        return "0"
    return said if re.fullmatch(r"true|false|\d+|[a-z]+[-.][a-z]*", said) else None


class Documentation(unittest.TestCase):
    maxDiff = None

    def test_every_directive_is_documented_and_no_other(self):
        self.assertEqual(sorted(all_documented()), sorted(table()))

    def test_what_is_refused_is_said_to_be(self):
        self.assertEqual({name for name, (*_, there) in all_documented().items() if there == "no"},
                         {name for name, row in table().items() if row.refused})

    def test_scopes_are_those_of_the_broker(self):
        rows = table()
        wrong = [f"{name}: {scope}, not {rows[name].scope}"
                 for name, (scope, *_, there) in all_documented().items()
                 if there != "no" and scope.replace(" ", "_") != rows[name].scope]
        self.assertEqual(wrong, [])

    def test_defaults_are_those_of_the_broker(self):
        """Where the documentation names a value, and the broker has one to compare it with."""
        values, compared, wrong = defaults(), 0, []
        for name, row in table().items():
            said = documented_default(name)
            value = values.get(row.member)
            if value is None or said is None:
                continue
            compared += 1
            if said != value:
                wrong.append(f"{name}: documented {said}, is {value}")
        self.assertEqual(wrong, [])
        self.assertGreater(compared, 60)

    def test_what_needs_a_restart_is_what_a_reload_warns_of(self):
        body = re.search(r"what_needs_a_restart.*?\};", text("broker/reload.cpp"), re.DOTALL)
        warned = set(re.findall(r'\{"([a-z_]+)",', body.group()))
        aliases = {"websockets_headers_size": "packet_buffer_size",
                   "retained_persistence": "persistence"}
        said = {aliases.get(name, name) for name, (_, _, reload, _) in all_documented().items()
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
