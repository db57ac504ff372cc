"""Where the programs under test lie, and where Debian's peers lie."""

import os
import pathlib
import shutil
import sys

SOURCE = pathlib.Path(__file__).resolve().parents[3]


def program(name):
    """A program of ours, by the folder in MQ_PROGRAMS_DIR (default: the release build)."""
    folder = pathlib.Path(os.environ.get("MQ_PROGRAMS_DIR", SOURCE / "build/release/bin"))
    path = folder.absolute() / name
    if not path.exists():
        raise FileNotFoundError(f"{path}: not built; run scripts/build release")
    return str(path)


def test_program(argument):
    """A program made for a test, which CTest names on the command line; ends the run where it was not built."""
    path = pathlib.Path(argument).resolve()
    if not os.access(path, os.X_OK):
        sys.exit(f"{path}: not built; run scripts/build {path.parent.parent.name} {path.name}")
    return path


def installer():
    """The self-unpacking installer."""
    path = pathlib.Path(os.environ.get("MQ_INSTALLER", SOURCE / "dist/mqinstall"))
    if not path.exists():
        raise FileNotFoundError(f"{path}: not built; run scripts/build release")
    return str(path)


def debian(name):
    """A program of a Debian package."""
    path = shutil.which(name, path="/usr/bin:/usr/sbin:/bin:/sbin")
    if path is None:
        raise FileNotFoundError(f"{name} is missing; run scripts/deps")
    return path


def node():
    """Node, Debian's or another vendor's."""
    path = shutil.which("node")
    if path is None:
        raise FileNotFoundError("node is missing; run scripts/deps")
    return path


def journey_installer(name):
    """An installer that carries another version: `next`, or `broken`, whose broker never listens."""
    path = pathlib.Path(os.environ.get("MQ_JOURNEY_INSTALLERS", SOURCE / "build/release/journeys"))
    path = path / f"mqinstall-{name}"
    if not path.exists():
        raise FileNotFoundError(f"{path}: not built; run scripts/build release journey_installers")
    return str(path)
