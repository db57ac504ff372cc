"""Debian's Mosquitto as the broker that somebody used before."""

import signal

from .process import Process, wait_until
from .programs import debian
from .raw_session import RawSession


class Mosquitto(Process):
    """Mosquitto on a configuration file; the constructor returns when it serves this port."""

    def __init__(self, configuration, port):
        super().__init__([debian("mosquitto"), "-c", configuration])
        try:
            self.wait_for_line(r"\bmosquitto version \S+ running$")
            # A signal that comes right after that line, before its loop, is lost.
            RawSession(port, "first", clean=True).disconnect()
        except AssertionError:
            self.kill()
            raise

    def save(self, snapshot):
        """Has it write its snapshot, which must not be there yet, without an end."""
        self.signal(signal.SIGUSR1)
        wait_until(snapshot.exists, f"{snapshot} written on SIGUSR1")  # by a rename, so whole
