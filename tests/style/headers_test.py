"""Each header compiles alone, so that the order of includes never matters."""

import concurrent.futures
import os
import pathlib
import subprocess
import tempfile
import unittest

from mqtest.programs import SOURCE
from mqtest.sources import code_files

FLAGS = ["-std=c++20", "-fsyntax-only", "-w", "-x", "c++", "-I", str(SOURCE),
         "-I", str(SOURCE / "build/dev/generated"), "-DBOOST_ASIO_NO_DEPRECATED",
         "-DBOOST_ASIO_DISABLE_BOOST_COROUTINE"]
PER_CALL = 12


def compile_alone(headers):
    """Compiles a file a header, several in one call; returns what the compiler said."""
    with tempfile.TemporaryDirectory() as folder:
        units = []
        for number, header in enumerate(headers):
            unit = pathlib.Path(folder) / f"{number}.cpp"
            # Twice: a header without #pragma once fails here.
            unit.write_text(f'#include "{header}"\n#include "{header}"\n', encoding="utf-8")
            units.append(str(unit))
        return subprocess.run(["g++", *FLAGS, *units], capture_output=True, text=True,
                              check=False).stderr


class Headers(unittest.TestCase):
    def test_each_header_compiles_alone(self):
        headers = code_files(".hpp")
        self.assertGreater(len(headers), 20)
        groups = [headers[start::-(-len(headers) // PER_CALL)]
                  for start in range(-(-len(headers) // PER_CALL))]
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            said = "".join(pool.map(compile_alone, groups))
        self.assertEqual(said, "", said[:4000])


if __name__ == "__main__":
    unittest.main(verbosity=2)
