"""The public headers: each compiles alone, as old and as new C and C++, and the numbers are those of the table."""

import csv
import pathlib
import subprocess
import unittest

from mqtest.programs import SOURCE

HERE = pathlib.Path(__file__).resolve().parent
INCLUDE = SOURCE / "client/include"
WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Werror"]
KNOWN_SINCE = "<=2.0"
# libmosquitto 2.0 has other numbers for these.
RENUMBERED = {"MOSQ_ERR_TOPIC_ALIAS_INVALID", "MOSQ_ERR_ADMINISTRATIVE_ACTION",
              "MOSQ_ERR_RETAIN_NOT_SUPPORTED"}


def compile_text(language, standard, text, *more):
    return subprocess.run(["g++" if language == "c++" else "gcc", "-x", language, f"-std={standard}",
                           *more, "-"], input=text, capture_output=True, text=True, check=False)


def constants():
    with open(HERE / "constants.tsv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def checks(rows):
    """A program that does not compile where a number is not that of the table."""
    lines = ["#include <mosquitto.h>", "#include <mqtt_protocol.h>"]
    for row in rows:
        lines.append(f"_Static_assert((long long)({row['name']}) == {row['value']}LL, "
                     f"\"{row['name']}\");")
    return "\n".join(lines) + "\n"


class Header(unittest.TestCase):
    maxDiff = None

    def test_every_header_compiles_alone(self):
        headers = [path.relative_to(INCLUDE) for path in sorted(INCLUDE.rglob("*.h"))]
        self.assertGreater(len(headers), 25)
        for language, standards in (("c", ("c89", "c99", "c17")), ("c++", ("c++98", "c++20"))):
            for standard in standards:
                for header in headers:
                    if header.name.endswith("mosquittopp.h") and language == "c":
                        continue
                    with self.subTest(header=header, standard=standard):
                        result = compile_text(language, standard, f"#include <{header}>\n", *WARNINGS,
                                              "-I", str(INCLUDE), "-fsyntax-only")
                        self.assertEqual(result.stderr, "")

    def test_numbers_are_those_of_the_table(self):
        self.assertGreater(len(constants()), 200)
        result = compile_text("c", "c17", checks(constants()), "-I", str(INCLUDE), "-fsyntax-only")
        self.assertEqual(result.stderr, "")

    def test_numbers_are_those_of_debians_header(self):
        names = subprocess.run(["gcc", "-E", "-dD", "-x", "c", "-"], text=True, check=True,
                               input="#include <mosquitto.h>\n#include <mqtt_protocol.h>\n",
                               capture_output=True).stdout
        rows = [row for row in constants() if row["since"] == KNOWN_SINCE
                and row["name"] not in RENUMBERED and row["name"] in names]
        self.assertGreater(len(rows), 150)
        result = compile_text("c", "c17", checks(rows), "-fsyntax-only")
        self.assertEqual(result.stderr, "")


if __name__ == "__main__":
    unittest.main(verbosity=2)
