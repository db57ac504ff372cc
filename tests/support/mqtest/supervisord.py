"""A real supervisord as a host gives it to an account."""

import pathlib
import re
import signal

from .process import Process, run, wait_until
from .programs import debian

CONFIGURATION = """\
[unix_http_server]
file={socket}
username=dummy
password=dummy
[supervisord]
logfile={folder}/supervisord.log
pidfile={folder}/supervisord.pid
childlogdir={folder}
nodaemon=true
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
[supervisorctl]
serverurl=unix://{socket}
username=dummy
password=dummy
[include]
files={include}
"""


class Supervisord(Process):
    """Runs as `account`; control socket and own files lie in `folder`, outside of its home.

    Takes the programs of `~/etc/services.d/*.ini`. The constructor returns when it answers.
    """

    def __init__(self, folder, account):
        self.folder = pathlib.Path(folder)
        self.account = account
        self.configuration = self.folder / "supervisord.conf"
        # Its parser cuts the list of files at blanks and expands `%`; a glob's `?` fits both.
        include = re.sub(r"[\s%]", "?", str(account.home / "etc/services.d")) + "/*.ini"
        self.configuration.write_text(CONFIGURATION.format(
            socket=self.folder / "supervisor.sock", folder=self.folder, include=include),
            encoding="utf-8")
        super().__init__([debian("supervisord"), "-c", self.configuration],
                         **account.options(cwd="/"))
        self.wait_for_line("supervisord started with pid")
        wait_until(lambda: self.control("pid").returncode == 0, "supervisord answers")

    @property
    def supervisorctl(self):
        """The command line of its supervisorctl."""
        return [debian("supervisorctl"), "-c", str(self.configuration)]

    def control(self, *arguments):
        return run([*self.supervisorctl, *arguments], **self.account.options(cwd="/"))

    def status(self, name):
        """The line of one program, e.g. `mqhome   RUNNING   pid 12, uptime 0:00:03`."""
        return self.control("status", name).stdout.strip()

    def state(self, name):
        words = self.status(name).split()
        return words[1] if len(words) > 1 else ""

    def program_pid(self, name):
        found = re.search(r"pid (\d+)", self.status(name))
        return int(found.group(1)) if found else None

    def wait_for_state(self, name, state):
        wait_until(lambda: self.state(name) == state, f"{name} {state}; {self.status(name)}")

    def stop(self):
        """Ends it, and with it every program that it keeps running."""
        if self.child.poll() is None:
            self.child.send_signal(signal.SIGTERM)
        return self.wait()

    def __exit__(self, *_):
        self.stop()
