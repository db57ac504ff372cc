"""Threads over one client while its connection comes and goes; for ThreadSanitizer above all.

usage: threads_test.py THREADS

MQ_THREADS_SECONDS says how long, 5 seconds by default.
"""

import os
import socket
import subprocess
import sys
import time
import unittest

from mqtest.broker import Place
from mqtest.programs import test_program

THREADS = ""
SECONDS = int(os.environ.get("MQ_THREADS_SECONDS", "5"))


class Threads(unittest.TestCase):
    def test_threads(self):
        place = Place()
        self.addCleanup(place.remove)
        place.configuration.write_text("\n".join([
            "log_dest stderr", "log_type error", "allow_anonymous true", "max_queued_messages 0",
            "max_queued_bytes 0", *(["user root"] if os.geteuid() == 0 else []),
            f"listener {place.port} 127.0.0.1"]) + "\n")
        broker = place.start(wait=False)
        self.addCleanup(broker.kill)
        self.wait_until_open(place.port)
        result = subprocess.run([THREADS, str(place.port), str(SECONDS)], capture_output=True, text=True,
                                timeout=SECONDS + 240, check=False)
        self.assertEqual((result.returncode, result.stderr), (0, ""), result.stdout)
        print(result.stdout)

    @staticmethod
    def wait_until_open(port):
        for _ in range(600):
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                return
            except OSError:
                time.sleep(0.05)
        raise AssertionError("the broker does not listen")


if __name__ == "__main__":
    THREADS = test_program(sys.argv.pop(1))
    unittest.main(verbosity=2)
