"""What the libraries export and need: the table's functions, each under its symbol version, and nothing else.

usage: symbols_test.py BUILD
"""

import csv
import pathlib
import re
import sys
import unittest

from mqtest.process import run

HERE = pathlib.Path(__file__).resolve().parent
BUILD = pathlib.Path()
NEEDED = {"libc.so.6", "libssl.so.3", "libcrypto.so.3", "libm.so.6", "ld-linux-x86-64.so.2"}


def library(name):
    return BUILD / "lib" / name


def output(*command):
    result = run(list(command))
    assert result.returncode == 0, result.stderr
    return result.stdout


def dynamic(kind, path):
    return set(re.findall(rf"\({kind}\).*\[(.*)\]", output("readelf", "-dW", path)))


def exported(path):
    """Function -> symbol version, of everything that the library gives to others."""
    found = {}
    for line in output("readelf", "--dyn-syms", "-W", path).splitlines():
        words = line.split()
        if len(words) > 7 and words[0].rstrip(":").isdigit() and words[6] != "UND":
            name, _, version = words[7].partition("@@")
            if words[3] != "OBJECT" or not name.startswith("MOSQ_"):
                found[name] = version
    return found


class Symbols(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        with open(HERE / "functions.tsv", encoding="utf-8", newline="") as file:
            cls.functions = {row["function"]: row["symbol_version"]
                             for row in csv.DictReader(file, delimiter="\t")}

    def test_every_function_has_its_version(self):
        self.assertEqual(exported(library("libmqhome.so.1")), self.functions)

    def test_it_is_what_debians_library_has(self):
        theirs = exported("/usr/lib/x86_64-linux-gnu/libmosquitto.so.1")
        ours = exported(library("libmqhome.so.1"))
        self.assertGreater(len(theirs), 90)
        self.assertEqual({name: ours.get(name) for name in theirs}, theirs)

    def test_the_library_needs_the_c_library_and_openssl_only(self):
        self.assertLessEqual(dynamic("NEEDED", library("libmqhome.so.1")), NEEDED)

    def test_names(self):
        self.assertEqual(dynamic("SONAME", library("libmqhome.so.1")), {"libmqhome.so.1"})
        for name in ("libmqhome.so", "libmosquitto.so", "libmosquitto.so.1"):
            self.assertEqual(library(name).resolve(), library("libmqhome.so.1").resolve())

    def test_the_archive_defines_the_functions_only(self):
        listed = output("nm", "-g", "--defined-only", library("libmqhome.a"))
        names = {line.split()[-1] for line in listed.splitlines() if len(line.split()) == 3}
        self.assertEqual(sorted(names), sorted(self.functions))


if __name__ == "__main__":
    BUILD = pathlib.Path(sys.argv[1]).absolute()
    unittest.main(argv=sys.argv[:1], verbosity=2)
