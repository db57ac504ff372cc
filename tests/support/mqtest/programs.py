"""Where the programs under test lie, and where Debian's peers lie."""

import os
import pathlib
import shutil

SOURCE = pathlib.Path(__file__).resolve().parents[3]


def program(name):
    """A program of ours, by the folder in MQ_PROGRAMS_DIR (default: the release build)."""
    folder = pathlib.Path(os.environ.get("MQ_PROGRAMS_DIR", SOURCE / "build/release/bin"))
    path = folder.absolute() / name
    if not path.exists():
        raise FileNotFoundError(f"{path}: not built; run scripts/build release")
    return str(path)


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
