"""Raw connections: single packets as bytes, for what no well-behaved client sends."""

import socket

from . import DEADLINE_S


def field(text):
    data = text.encode() if isinstance(text, str) else text
    return len(data).to_bytes(2, "big") + data


def packet(first, body):
    """A packet with its remaining length."""
    length, size = b"", len(body)
    while True:
        size, low = divmod(size, 128)
        length += bytes([low | (128 if size else 0)])
        if not size:
            return bytes([first]) + length + body


def connect(name, user=None, password=None, keep_alive_s=0):
    """CONNECT of MQTT 3.1.1."""
    flags = 2 | (128 if user is not None else 0) | (64 if password is not None else 0)
    body = field("MQTT") + bytes([4, flags]) + keep_alive_s.to_bytes(2, "big") + field(name)
    for value in (user, password):
        if value is not None:
            body += field(value)
    return packet(0x10, body)


def publish(topic, payload):
    return packet(0x30, field(topic) + payload)


PING, PONG = b"\xc0\x00", b"\xd0\x00"
CONNACK_OK = b"\x20\x02\x00\x00"


class Wire:
    """A TCP connection to a local port."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), DEADLINE_S)

    def send(self, data):
        """Sends what the other side takes; it may have closed already."""
        try:
            self.socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            pass

    def receive(self, size):
        """Exactly `size` bytes, fewer only when the other side closed."""
        data = b""
        try:
            while len(data) < size:
                part = self.socket.recv(size - len(data))
                if not part:
                    break
                data += part
        except ConnectionResetError:
            pass
        return data

    def is_closed_by_peer(self):
        """Waits until the other side closes; whatever it says before is dropped."""
        try:
            while self.socket.recv(65536):
                pass
        except ConnectionResetError:
            pass
        except TimeoutError:
            return False
        return True

    def close(self):
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def answers(port):
    """Whether somebody listens there."""
    try:
        socket.create_connection(("127.0.0.1", port), DEADLINE_S).close()
    except ConnectionRefusedError:
        return False
    return True
