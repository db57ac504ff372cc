"""A child process whose output is watched line by line."""

import re
import signal
import subprocess
import threading
import time

from . import DEADLINE_S


class Process:
    """Starts a program, collects its output (both streams) in `lines`, ends it when left.

    The reader runs on a thread of its own, so the program never waits for us.
    """

    def __init__(self, arguments, **options):
        self.arguments = [str(part) for part in arguments]
        self.lines = []
        self._changed = threading.Condition()
        self._closed = False
        options.setdefault("stdin", subprocess.DEVNULL)
        options.setdefault("stdout", subprocess.PIPE)
        options.setdefault("stderr", subprocess.STDOUT)
        self.child = subprocess.Popen(self.arguments, **options)
        if self.child.stdout is not None:
            threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for raw in self.child.stdout:
            with self._changed:
                self.lines.append(raw.decode("utf-8", "replace").rstrip("\n"))
                self._changed.notify_all()
        with self._changed:
            self.child.stdout.close()
            self._closed = True
            self._changed.notify_all()

    @property
    def pid(self):
        return self.child.pid

    @property
    def output(self):
        return "\n".join(self.lines)

    def wait_for_line(self, pattern, deadline_s=DEADLINE_S, start=0):
        """The first line from index `start` on that matches; fails when the program ends first."""
        expression = re.compile(pattern)
        end = time.monotonic() + deadline_s
        seen = start
        with self._changed:
            while True:
                for line in self.lines[seen:]:
                    if expression.search(line):
                        return line
                seen = max(start, len(self.lines))
                left = end - time.monotonic()
                if self._closed or left <= 0:
                    why = "ended" if self._closed else f"printed nothing like it in {deadline_s} s"
                    raise AssertionError(
                        f"{self.arguments[0]} {why}; waited for /{pattern}/ in:\n{self.output}")
                self._changed.wait(left)

    def wait(self, deadline_s=DEADLINE_S):
        """The exit code, with all output in `lines`."""
        code = self.child.wait(deadline_s)
        end = time.monotonic() + 5
        with self._changed:
            while not self._closed and self.child.stdout is not None:
                if not self._changed.wait(end - time.monotonic()):
                    break
        return code

    def signal(self, number):
        self.child.send_signal(number)

    def stop(self):
        """Ends the program with SIGTERM, at the deadline with SIGKILL; returns its exit code."""
        if self.child.poll() is None:
            self.child.send_signal(signal.SIGTERM)
        try:
            return self.wait()
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"{self.arguments[0]} did not end on SIGTERM:\n{self.output}")

    def kill(self):
        if self.child.poll() is None:
            self.child.kill()
        return self.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()


def run(arguments, deadline_s=DEADLINE_S, text_input=None, **options):
    """Runs a program to its end; the result has returncode, stdout and stderr as text."""
    return subprocess.run(
        [str(part) for part in arguments], input=text_input if text_input is not None else "",
        capture_output=True, text=True, timeout=deadline_s, check=False, **options)


def wait_until(condition, what, deadline_s=DEADLINE_S):
    """Asks `condition` again and again until it returns something true, and returns that.

    Only for facts that announce themselves nowhere (a file that appears, a manager's state).
    """
    end = time.monotonic() + deadline_s
    pause = threading.Event()
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"not within {deadline_s} s: {what}")
        pause.wait(0.02)
