"""A program at a terminal: questions, typed answers, and what is echoed."""

import fcntl
import os
import pty
import re
import select
import subprocess
import termios
import time

from . import DEADLINE_S
from .process import wait_until


def _take_terminal():
    """Makes standard input the controlling terminal, which is what /dev/tty then opens."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


class Terminal:
    """Runs a program on a pseudo-terminal of its own; `shown` is all that a person would see."""

    def __init__(self, arguments, **options):
        self.master, slave = pty.openpty()
        self.shown = ""
        self.child = subprocess.Popen([str(part) for part in arguments], stdin=slave, stdout=slave,
                                      stderr=slave, start_new_session=True,
                                      preexec_fn=_take_terminal, **options)
        os.close(slave)

    def _read(self, deadline):
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([self.master], [], [], left)[0]:
            raise AssertionError(f"{self.child.args[0]} was silent; shown so far:\n{self.shown}")
        try:
            part = os.read(self.master, 4096)
        except OSError:  # the program has closed its side
            return False
        self.shown += part.decode("utf-8", "replace")
        return bool(part)

    def wait_for(self, pattern, start=0):
        """Reads until `pattern` is shown behind position `start`; returns the position after it."""
        deadline = time.monotonic() + DEADLINE_S
        while not (found := re.search(pattern, self.shown[start:])):
            if not self._read(deadline):
                raise AssertionError(f"ended without /{pattern}/:\n{self.shown}")
        return start + found.end()

    def type_line(self, text):
        os.write(self.master, text.encode() + b"\n")

    def type_secret(self, text):
        """Types once the program has switched the echo off; fails when it never does."""
        wait_until(lambda: not termios.tcgetattr(self.master)[3] & termios.ECHO, "no echo")
        self.type_line(text)

    def finish(self):
        """Reads to the end; returns the exit code."""
        deadline = time.monotonic() + DEADLINE_S
        while self._read(deadline):
            pass
        return self.child.wait(DEADLINE_S)

    def close(self):
        if self.child.poll() is None:
            self.child.kill()
            self.child.wait()
        os.close(self.master)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
