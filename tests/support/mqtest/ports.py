"""Free loopback ports that no other test and no outgoing connection can take meanwhile."""

import fcntl
import os
import random
import socket
import tempfile

# Below the range that the kernel hands out to connections (32768 and up).
_FIRST, _LAST = 20000, 31999
_held = []


def free_port():
    """A port that is free now and stays ours (by a locked file) until this process ends."""
    folder = os.path.join(tempfile.gettempdir(), f"mqhome-test-ports-{os.getuid()}")
    os.makedirs(folder, mode=0o700, exist_ok=True)
    for port in random.sample(range(_FIRST, _LAST + 1), 500):
        lock = os.open(os.path.join(folder, str(port)), os.O_CREAT | os.O_WRONLY, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(lock)
            continue
        with socket.socket() as probe:
            try:
                probe.bind(("0.0.0.0", port))
            except OSError:
                os.close(lock)
                continue
        _held.append(lock)
        return port
    raise RuntimeError("no free port between 20000 and 31999")
