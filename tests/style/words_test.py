"""Words that have no place in the project: paths of one machine, notes to oneself, stray output."""

import re
import unittest

from mqtest.sources import ROOMS, project_files, text

SELF = "tests/style/words_test.py"

# What no file may hold, and why.
FORBIDDEN = {
    r"(?<![\w./$}])/(work|root)/": "a path of one machine",
    r"\b(TODO|FIXME|XXX|HACK)\b(?![-.X])": "a note to oneself: do it, or file it",
    r"<<<<<<<|>>>>>>> [A-Za-z0-9]": "a conflict that nobody resolved",
    r"BEGIN (RSA |EC )?PRIVATE KEY": "a secret",
}
# Kept out of C++ only.
FORBIDDEN_IN_CODE = {
    r"\busing namespace std;": "names of the standard library are written out",
    r"\bstd::endl\b": "flushes at every line",
    r"\b(strcpy|strcat|sprintf|gets|tmpnam|mktemp)\(": "has no limit or a race",
    r"\b(iconv_open|dlopen|setlocale)\(": "breaks in a static program on a foreign libc",
    r"std::expected|#include <format>": "not in g++ 12",
}
TEXT = {".hpp", ".cpp", ".py", ".mjs", ".md", ".txt", ".cmake", ".json", ".conf", ".sh", ".ini", ""}


class Words(unittest.TestCase):
    maxDiff = None

    def test_no_file_holds_forbidden_words(self):
        wrong = []
        for name in project_files():
            if str(name) == SELF or name.suffix not in TEXT or "corpus" in name.parts:
                continue
            rules = dict(FORBIDDEN)
            if name.suffix in (".hpp", ".cpp") and name.parts[0] in ROOMS:
                rules.update(FORBIDDEN_IN_CODE)
            for number, line in enumerate(text(name).splitlines(), 1):
                wrong += [f"{name}:{number}: {why}: {line.strip()[:80]}"
                          for pattern, why in rules.items() if re.search(pattern, line)]
        self.assertEqual(wrong, [])

    def test_text_ends_with_one_newline_and_no_trailing_blanks(self):
        wrong = []
        for name in project_files():
            if name.suffix not in {".hpp", ".cpp", ".py", ".cmake", ".md"}:
                continue
            content = text(name)
            if content and (not content.endswith("\n") or content.endswith("\n\n")):
                wrong.append(f"{name}: end of file")
            wrong += [f"{name}:{number}: blanks at the end"
                      for number, line in enumerate(content.splitlines(), 1)
                      if line != line.rstrip()]
        self.assertEqual(wrong, [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
