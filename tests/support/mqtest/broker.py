"""Brokers in temporary folders."""

import contextlib
import os
import pathlib
import shutil
import tempfile

from .ports import free_port
from .process import Process, run
from .programs import program

RUNNING = r"\bversion \S+ running$"

USER, PASSWORD = "anna", "correct horse"


class Broker(Process):
    """A broker in the foreground on a configuration file; the constructor returns when it runs.

    MQ_BROKER_CONFIG in the environment names a file that is read before, for runs of the tests with
    other defaults.
    """

    def __init__(self, configuration, extra=(), wait=True, **options):
        before = os.environ.get("MQ_BROKER_CONFIG")
        super().__init__([program("mqbroker"), *(["-c", before] if before else []),
                          "-c", configuration, *extra], **options)
        if wait:
            try:
                self.wait_for_line(RUNNING)
            except AssertionError:
                self.kill()
                raise

    def wait_for_log(self, pattern, start=0):
        return self.wait_for_line(pattern, start=start)


class Place:
    """A temporary folder with a configuration, a password file and two ports."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="mqhome-e2e-"))
        self.port = free_port()
        self.ws_port = free_port()
        self.configuration = self.folder / "mosquitto.conf"
        self.password_file = self.folder / "pwfile"

    def add_user(self, name=USER, password=PASSWORD, create=None):
        if create is None:
            create = not self.password_file.exists()
        result = run([program("mqpasswd"), *(["-c"] if create else []), "-b",
                      self.password_file, name, password])
        assert result.returncode == 0, result.stderr
        return result

    def write_configuration(self, *more, anonymous=False):
        lines = [f"listener {self.port} 127.0.0.1", "protocol mqtt",
                 f"listener {self.ws_port} 127.0.0.1", "protocol websockets",
                 "log_dest stderr", "log_type all"]
        if anonymous:
            lines += ["allow_anonymous true"]
        else:
            lines += ["allow_anonymous false", f"password_file {self.password_file}"]
        lines += ["user root", *more]
        self.configuration.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return self.configuration

    def persistence_lines(self):
        return ["persistence true", f"persistence_location {self.folder}/",
                "persistence_file mqhome.db"]

    def start(self, extra=(), **options):
        return Broker(self.configuration, extra, **options)

    def remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)


@contextlib.contextmanager
def place():
    """A Place that is removed afterwards."""
    made = Place()
    try:
        yield made
    finally:
        made.remove()
