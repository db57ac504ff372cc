"""An account on a host: an unprivileged user with a home of its own.

Root makes a user for the test and removes it afterwards; anyone else is that user.
"""

import os
import pathlib
import pwd
import shutil
import subprocess
import tempfile

PATH = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"
BASHRC = b"# ~/.bashrc of the account\nalias ll='ls -l'\n"
BASH_PROFILE = b"# ~/.bash_profile of the account\n[ -r ~/.bashrc ] && . ~/.bashrc\nexport EDITOR=vi"


class Account:
    """`home` lies in `folder`, a fresh folder that also takes what is outside of the home."""

    _made = 0

    def __init__(self, home_name="home"):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="mqj-", dir="/tmp"))
        self.folder.chmod(0o755)
        self.home = self.folder / home_name
        self.home.mkdir()
        self.is_root = os.getuid() == 0
        Account._made += 1
        self.name = f"mqj{os.getpid()}x{Account._made}" if self.is_root \
            else pwd.getpwuid(os.getuid()).pw_name
        self.extra_path = []
        if self.is_root:
            # useradd refuses a home with a colon only; it takes blanks and percent signs.
            subprocess.run(["useradd", "--no-create-home", "--home-dir", str(self.home),
                            "--shell", "/bin/bash", self.name], check=True, capture_output=True)
        self.own(self.folder)
        self.own(self.home)

    def own(self, path):
        """Gives a file to the account."""
        if self.is_root:
            shutil.chown(path, self.name, self.name)
        return path

    def write(self, name, content, mode=0o644):
        """A file of the account, below its home (or by absolute path)."""
        path = self.home / name
        missing = [folder for folder in path.parents if not folder.exists()]
        for folder in reversed(missing):
            folder.mkdir()
            self.own(folder)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        path.chmod(mode)
        return self.own(path)

    @property
    def environment(self):
        return {"HOME": str(self.home), "USER": self.name, "LOGNAME": self.name,
                "SHELL": "/bin/bash", "LANG": "C.UTF-8", "TERM": "dumb",
                "PATH": ":".join([*map(str, self.extra_path), PATH])}

    def options(self, **more):
        """For subprocess: who runs it, with which environment, in which folder."""
        environment = {**self.environment, **more.pop("environment", {})}
        options = {"env": environment, "cwd": str(self.home), **more}
        if self.is_root:
            options.update(user=self.name, group=self.name, extra_groups=[])
        return options

    def remove(self):
        if self.is_root:
            subprocess.run(["userdel", "--force", self.name], check=False, capture_output=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.remove()
