"""Programs of others find the library: by pkg-config under each name, by CMake's package, and as an archive.

usage: package_test.py BUILD
"""

import os
import pathlib
import re
import shutil
import sys
import tempfile
import unittest

from mqtest.process import run
from mqtest.programs import SOURCE

HERE = pathlib.Path(__file__).resolve().parent
BUILD = pathlib.Path()

MANUAL = SOURCE / "docs/library.md"
# What the manual's command with CMake builds.
PROJECT_OF_A_USER = """cmake_minimum_required(VERSION 3.16)
project(user C)
find_package(mqhome REQUIRED)
add_executable(a a.c)
target_link_libraries(a mqhome::mqhome)
"""
PROJECT = """cmake_minimum_required(VERSION 3.16)
project(user C CXX)
find_package(mqhome 0.1 REQUIRED)
add_executable(c utf8.c)
target_link_libraries(c mqhome::mqhome)
add_executable(archived newer_common.c)
target_link_libraries(archived mqhome::mqhome_static)
add_executable(cpp class.cpp)
target_link_libraries(cpp mqhome::mosquittopp)
"""


class Package(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="mqhome-package-"))
        self.addCleanup(shutil.rmtree, self.folder)
        # As in an account: the files were copied to another place.
        self.prefix = self.folder / "prefix"
        shutil.copytree(BUILD / "lib", self.prefix / "lib", symlinks=True)
        shutil.copytree(BUILD / "include", self.prefix / "include")
        self.environment = {**os.environ, "LD_LIBRARY_PATH": str(self.prefix / "lib"),
                            "PKG_CONFIG_LIBDIR": str(self.prefix / "lib/pkgconfig")}

    def command(self, *words, **options):
        result = run(list(words), env=self.environment, **options)
        self.assertEqual((result.returncode, result.stderr), (0, ""), result.stdout)
        return result.stdout

    def flags(self, *words):
        return self.command("pkg-config", *words).split()

    def loaded(self, program):
        """The files that the dynamic linker takes for a program."""
        return [line.split("=>")[1].split()[0] for line in self.command("ldd", program).splitlines()
                if "=>" in line]

    def test_pkg_config(self):
        program = self.folder / "program"
        for name in ("mqhome", "libmosquitto"):
            with self.subTest(name=name):
                self.command("gcc", HERE / "utf8.c", "-o", program,
                             *self.flags("--cflags", "--libs", name))
                self.assertIn(str(self.prefix / "lib/libmqhome.so.1"), self.loaded(program))
                self.command(program)

    def test_pkg_config_of_the_class(self):
        program = self.folder / "program"
        self.command("g++", HERE / "class.cpp", "-o", program,
                     *self.flags("--cflags", "--libs", "libmosquittopp"))
        self.assertIn(str(self.prefix / "lib/libmosquittopp.so.1"), self.loaded(program))

    def test_archive(self):
        program = self.folder / "program"
        self.command("gcc", HERE / "newer_common.c", "-o", program,
                     *self.flags("--cflags", "--libs", "mqhome-static"))
        self.assertNotIn("mqhome", self.command("ldd", program))
        self.command(program)
        # Also with the name alone, where nothing of the shared library is found by mistake.
        for path in (self.prefix / "lib").glob("*.so*"):
            path.unlink()
        self.command("gcc", HERE / "newer_common.c", "-o", program,
                     *self.flags("--cflags", "--libs", "--static", "mqhome"))
        self.command(program)

    def commands_of_the_manual(self):
        """The block of shell commands that begins with the place of the installation."""
        blocks = re.findall(r"^```sh\n(.*?)^```$", MANUAL.read_text(encoding="utf-8"), re.M | re.S)
        place, *commands = next(block for block in blocks if "PKG_CONFIG_PATH" in block).splitlines()
        self.assertTrue(place.startswith("export PKG_CONFIG_PATH="))
        return place, commands

    def test_the_commands_of_the_manual(self):
        self.environment.pop("PKG_CONFIG_LIBDIR")
        self.environment["HOME"] = str(self.folder)
        (self.folder / "mqhome").mkdir()
        (self.folder / "mqhome/current").symlink_to(self.prefix)
        shutil.copy(HERE / "utf8.c", self.folder / "a.c")
        shutil.copy(HERE / "show.h", self.folder)
        (self.folder / "CMakeLists.txt").write_text(PROJECT_OF_A_USER, encoding="utf-8")
        place, commands = self.commands_of_the_manual()
        linked = []
        for command in commands:
            self.command("bash", "-c", f"{place}\n{command}", cwd=self.folder)
            made = self.folder / ("build/a" if command.startswith("cmake") else "a.out")
            linked.append("libmqhome.so.1" in self.command("ldd", made))
            self.command(made)
        self.assertEqual(linked, [True, False, True])

    def test_cmake(self):
        for name in ("utf8.c", "newer_common.c", "class.cpp", "show.h", "session.h"):
            shutil.copy(HERE / name, self.folder)
        (self.folder / "CMakeLists.txt").write_text(PROJECT, encoding="utf-8")
        self.command("cmake", "-S", self.folder, "-B", self.folder / "build",
                     f"-Dmqhome_DIR={self.prefix}/lib/cmake/mqhome")
        self.command("cmake", "--build", self.folder / "build")
        for name in ("c", "archived"):
            self.command(self.folder / "build" / name)
        self.assertIn(str(self.prefix / "lib/libmosquittopp.so.1"),
                      self.loaded(self.folder / "build/cpp"))


if __name__ == "__main__":
    BUILD = pathlib.Path(sys.argv[1]).absolute()
    unittest.main(argv=sys.argv[:1], verbosity=2)
