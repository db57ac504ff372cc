"""A shared host: an account with a supervisord and the commands that such a host offers."""

import re
import stat

from .account import BASH_PROFILE, BASHRC, Account
from .clients import Client
from .ports import free_port
from .process import run
from .programs import installer
from .supervisord import Supervisord

# Answers as the host's manual shows them.
UBERSPACE = """\
#!/bin/sh
# Stand-in for the `uberspace` command of a host.
printf '%s\\n' "$*" >> "$(dirname "$0")/uberspace.calls"
case "$*" in
    "port add") echo "Port 40132 will be open for TCP and UDP traffic in a few minutes." ;;
    "port list") echo 40132 ;;
    "port del "*) echo "Port $3 will be closed in a few minutes." ;;
    "web backend set "*)
        echo "Set backend for / to port 9001; please make sure something is listening!"
        echo "You can always check the status of your backend using \\"uberspace web backend list\\"."
        ;;
    "web backend list") echo "/ apache (default)" ;;
    "web backend del "*) echo "The web backend has been deleted." ;;
    "web domain list") echo "$USER.uber.space" ;;
    *) echo "usage: uberspace ..." >&2; exit 2 ;;
esac
"""

USER, PASSWORD = "anna", "a good password"


class Host:
    """`mqinstall` of this host runs as the account; its broker is the service `mqhome`."""

    def __init__(self, home_name="home", uberspace=True):
        self.account = Account(home_name)
        self.home = self.account.home
        self.prefix = self.home / "mqhome"
        self.port, self.ws_port = free_port(), free_port()
        self.manager = None
        try:
            self._furnish(uberspace)
        except BaseException:
            self.remove()
            raise

    def _furnish(self, uberspace):
        account = self.account
        commands = account.folder / "bin"
        account.extra_path = [commands]
        account.write(".bashrc", BASHRC)
        account.write(".bash_profile", BASH_PROFILE)
        account.write("etc/services.d/.keep", "")
        account.write("logs/.keep", "")
        if uberspace:
            account.write(commands / "uberspace", UBERSPACE, 0o755)
        self.manager = Supervisord(account.folder, account)
        account.write(commands / "supervisorctl",
                      f'#!/bin/sh\nexec {" ".join(self.manager.supervisorctl)} "$@"\n', 0o755)
        self.installer = self.add_installer(installer(), "mqinstall")

    def add_installer(self, built, name):
        """A copy where the account can read it, as if downloaded; returns its path."""
        with open(built, "rb") as file:
            return self.account.write(self.account.folder / name, file.read(), 0o755)

    # --- mqinstall -----------------------------------------------------------------------------
    def mqinstall(self, *arguments, program=None, text_input="", environment=None, deadline_s=180):
        options = self.account.options(environment=environment or {})
        return run([program or self.installer, *arguments], deadline_s=deadline_s,
                   text_input=text_input, **options)

    def install_arguments(self):
        return ["install", "--yes", "--port", self.port, "--ws-port", self.ws_port,
                "--user", USER, "--password-stdin"]

    def install(self, *more, **options):
        return self.mqinstall(*self.install_arguments(), *more, text_input=PASSWORD + "\n",
                              **options)

    # --- What is there -------------------------------------------------------------------------
    def client(self, version="5.0", user=USER, password=PASSWORD):
        return Client(self.port, version, user, password)

    def state(self):
        return self.manager.state("mqhome")

    def version(self):
        """The version that `current` names; empty when there is none."""
        current = self.prefix / "current"
        return current.readlink().name if current.is_symlink() else ""

    def running_version(self):
        """The version that the running broker tells on $SYS."""
        said = self.client().fetch("$SYS/broker/version", 1)[0][1]
        found = re.search(r"(\d+\.\d+\.\d+)", said)
        return found.group(1) if found else said

    def tree(self, *skipped):
        """Every file of the home: path -> (mode, content or link target)."""
        found = {}
        for path in sorted(self.home.rglob("*")):
            name = str(path.relative_to(self.home))
            if any(name == skip or name.startswith(skip + "/") for skip in skipped):
                continue
            facts = path.lstat()
            if stat.S_ISLNK(facts.st_mode):
                found[name] = ("link", str(path.readlink()))
            elif stat.S_ISREG(facts.st_mode):
                found[name] = (stat.S_IMODE(facts.st_mode), path.read_bytes())
            else:
                found[name] = (stat.S_IMODE(facts.st_mode), "folder")
        return found

    def login_shell(self, command, shell=("bash", "-l")):
        """What a fresh login shell of the account prints."""
        return run([*shell, "-c", command], **self.account.options()).stdout

    def remove(self):
        if self.manager is not None:
            self.manager.stop()
        self.account.remove()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.remove()
