"""The C programs of this directory, with our library and with Debian's.

usage: api_test.py BUILD SAME... -- NEWER...

Each program of SAME runs three times: compiled against our header and library, compiled against Debian's, and
the latter once more with our library put in its place. All three must print the same, and nothing on standard
error, where the dynamic linker would complain about versions. The programs of NEWER use what Debian's library
does not have, and check by themselves.
"""

import csv
import os
import pathlib
import re
import sys
import tempfile
import unittest

from mqtest.broker import Place
from mqtest.certificates import Authority
from mqtest.process import run

HERE = pathlib.Path(__file__).resolve().parent
BUILD = pathlib.Path()
SAME, NEWER = [], []

# What a program is given: nothing, the port of a broker, or a folder with certificates.
WITH_BROKER = {"connection", "publish", "subscribe", "loop", "helper", "class", "newer_connection",
               "newer_reinitialise"}
WITH_CERTIFICATES = {"settings"}
IN_EMPTY_FOLDER = {"newer_file"}


def executable(name):
    return BUILD / "tests/client/api" / name


class Api(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.place = Place()
        cls.addClassCleanup(cls.place.remove)
        lines = [f"listener {cls.place.port} 127.0.0.1", "allow_anonymous true"]
        if os.geteuid() == 0:
            lines.append("user root")
        cls.place.configuration.write_text("\n".join(lines) + "\n", encoding="utf-8")
        broker = cls.place.start()
        cls.addClassCleanup(broker.kill)
        cls.certificates = cls.place.folder / "certificates"
        cls.certificates.mkdir()
        authority = Authority(cls.certificates)
        authority.certificate.rename(cls.certificates / "ca.crt")
        authority.certificate = cls.certificates / "ca.crt"
        for path in authority.issue("client"):
            path.rename(path.with_suffix({".pem": ".crt"}.get(path.suffix, path.suffix)))

    def arguments(self, name):
        if name in WITH_BROKER:
            return [self.place.port]
        return [self.certificates] if name in WITH_CERTIFICATES else []

    def output(self, program, name, **environment):
        with tempfile.TemporaryDirectory() as folder:
            result = run([executable(program), *self.arguments(name)],
                         env={**os.environ, **environment},
                         cwd=folder if name in IN_EMPTY_FOLDER else None)
        self.assertEqual((result.stderr, result.returncode), ("", 0), result.stdout)
        return result.stdout.replace(str(self.place.port), "PORT")

    def test_programs_print_the_same_as_with_libmosquitto(self):
        for name in SAME:
            with self.subTest(program=name):
                ours = self.output(f"api_{name}", name)
                self.assertGreater(ours.count("\n"), 2)
                if not executable(f"debian_api_{name}").exists():
                    continue
                theirs = self.output(f"debian_api_{name}", name)
                replaced = self.output(f"debian_api_{name}", name, LD_LIBRARY_PATH=str(BUILD / "lib"))
                self.assertMultiLineEqual(theirs, ours)
                self.assertMultiLineEqual(theirs, replaced)

    def test_programs_find_what_is_newer(self):
        for name in NEWER:
            with self.subTest(program=name):
                self.output(f"api_{name}", name)


class Table(unittest.TestCase):
    """functions.tsv has every function of the interface; each is called by a program that runs here."""

    def test_every_function_is_called(self):
        with open(HERE / "functions.tsv", encoding="utf-8", newline="") as file:
            functions = {row["function"] for row in csv.DictReader(file, delimiter="\t")}
        self.assertGreater(len(functions), 160)
        sources = "".join(path.read_text(encoding="utf-8") for path in HERE.glob("*.c"))
        called = set(re.findall(r"\b(mosquitto_\w+)\(", sources))
        self.assertEqual(sorted(functions - called), [])
        self.assertEqual(sorted(called - functions), [])

    def test_every_option_takes_effect(self):
        """option.c has the ranges; what an option does is seen by another program, here or of real connections."""
        with open(HERE / "constants.tsv", encoding="utf-8", newline="") as file:
            options = {row["name"] for row in csv.DictReader(file, delimiter="\t") if row["name"].startswith("MOSQ_OPT_")}
        self.assertGreater(len(options), 15)
        programs = [path for path in HERE.glob("*.c") if path.stem != "option"] + [HERE.parent / "lib/round_trip.c"]
        seen = set(re.findall(r"\bMOSQ_OPT_\w+", "".join(path.read_text(encoding="utf-8") for path in programs)))
        self.assertEqual(sorted(options - seen), [])

    def test_every_program_runs(self):
        self.assertEqual(sorted([*SAME, *NEWER]),
                         sorted(path.stem for path in HERE.iterdir()
                                if path.suffix in {".c", ".cpp"}))


if __name__ == "__main__":
    BUILD = pathlib.Path(sys.argv[1]).absolute()
    SPLIT = sys.argv.index("--")
    SAME, NEWER = sys.argv[2:SPLIT], sys.argv[SPLIT + 1:]
    unittest.main(argv=sys.argv[:1], verbosity=2)
