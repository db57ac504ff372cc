"""Each header compiles alone, so that the order of includes never matters.

A header with a source file of the same name is the first thing that this includes, so the build has
compiled it alone already; only the others are compiled here.
"""

import concurrent.futures
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

from mqtest.programs import SOURCE
from mqtest.sources import code_files, text

FLAGS = ["-std=c++20", "-fsyntax-only", "-w", "-x", "c++", "-I", str(SOURCE),
         "-I", str(SOURCE / "tests"), "-I", str(SOURCE / "client/include"),
         "-I", str(SOURCE / "build/dev/generated"), "-DBOOST_ASIO_NO_DEPRECATED",
         "-DBOOST_ASIO_DISABLE_BOOST_COROUTINE"]
PER_CALL = 12


def compile_alone(headers):
    """Compiles a file a header, several in one call; returns what the compiler said."""
    with tempfile.TemporaryDirectory() as folder:
        units = []
        for number, header in enumerate(headers):
            unit = pathlib.Path(folder) / f"{number}.cpp"
            unit.write_text(f'#include "{header}"\n', encoding="utf-8")
            units.append(str(unit))
        return subprocess.run(["g++", *FLAGS, *units], capture_output=True, text=True,
                              check=False).stderr


def source_of(header):
    return header.with_suffix(".cpp")


def first_include(name):
    found = re.search(r'^#include ["<]([^">]+)[">]', text(name), re.MULTILINE)
    return found.group(1) if found else None


class Headers(unittest.TestCase):
    def test_each_source_includes_its_own_header_first(self):
        sources = set(code_files(".cpp"))
        wrong = [str(header) for header in code_files(".hpp")
                 if source_of(header) in sources
                 and not f"/{header}".endswith(f"/{first_include(source_of(header))}")]
        self.assertEqual(wrong, [])

    def test_each_header_without_a_source_compiles_alone(self):
        sources = set(code_files(".cpp"))
        headers = [header for header in code_files(".hpp") if source_of(header) not in sources]
        self.assertGreater(len(headers), 20)
        groups = [headers[start::-(-len(headers) // PER_CALL)]
                  for start in range(-(-len(headers) // PER_CALL))]
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            said = "".join(pool.map(compile_alone, groups))
        self.assertEqual(said, "", said[:4000])


if __name__ == "__main__":
    unittest.main(verbosity=2)
