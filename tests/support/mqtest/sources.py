"""The files of the project, as the style tests see them."""

import pathlib
import subprocess

from .programs import SOURCE

ROOMS = ("base", "mqtt", "broker", "client", "supervisor", "templates", "installer", "tests")


def project_files():
    """All files that belong to the project, relative to its root: known to git, or not yet added."""
    listed = subprocess.run(
        ["git", "-c", f"safe.directory={SOURCE}", "ls-files", "-z", "--cached", "--others",
         "--exclude-standard"], cwd=SOURCE, capture_output=True, check=True).stdout
    names = [pathlib.PurePosixPath(name) for name in listed.decode().split("\0") if name]
    return sorted(name for name in set(names) if (SOURCE / name).is_file())


def code_files(*suffixes):
    """C++ files of the rooms, with one of the suffixes (default: .hpp and .cpp)."""
    wanted = suffixes or (".hpp", ".cpp")
    return [name for name in project_files() if name.parts[0] in ROOMS and name.suffix in wanted]


def text(name):
    return (SOURCE / name).read_text(encoding="utf-8", errors="replace")
