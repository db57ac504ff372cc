"""Every C++ file is as clang-format 14 leaves it, and no file grows without anybody noticing."""

import shutil
import subprocess
import unittest

from mqtest.programs import SOURCE
from mqtest.sources import code_files, text

# A file of more lines holds two nouns (tables of directives or of test cases aside).
LINES_MAX = 600
LINES_WORTH_A_LOOK = 400
TABLES = {"tests", "templates"}


class Format(unittest.TestCase):
    def test_files_are_formatted(self):
        tool = shutil.which("clang-format-14") or shutil.which("clang-format")
        self.assertIsNotNone(tool, "clang-format is missing; run scripts/deps")
        result = subprocess.run([tool, "--dry-run", "--Werror", *map(str, code_files())],
                                cwd=SOURCE, capture_output=True, text=True, check=False)
        wrong = sorted({line.split(":")[0] for line in result.stderr.splitlines()
                        if "clang-format-violations" in line})
        self.assertEqual((wrong, result.returncode), ([], 0), result.stderr[-2000:])

    def test_files_are_short(self):
        lengths = {str(name): text(name).count("\n") for name in code_files()
                   if name.parts[0] not in TABLES}
        for name, lines in sorted(lengths.items(), key=lambda item: -item[1]):
            if lines > LINES_WORTH_A_LOOK:
                print(f"long: {lines:5d} {name}")
        self.assertEqual([name for name, lines in lengths.items() if lines > LINES_MAX], [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
