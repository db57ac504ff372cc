"""Raw connections: single packets as bytes, for what no well-behaved client sends."""

import socket

from . import DEADLINE_S


def field(text):
    data = text.encode() if isinstance(text, str) else text
    return len(data).to_bytes(2, "big") + data


def counted(body):
    """Bytes behind their length as a variable byte integer."""
    length, size = b"", len(body)
    while True:
        size, low = divmod(size, 128)
        length += bytes([low | (128 if size else 0)])
        if not size:
            return length + body


def packet(first, body):
    """A packet with its remaining length."""
    return bytes([first]) + counted(body)


def connect(name, user=None, password=None, keep_alive_s=0):
    """CONNECT of MQTT 3.1.1."""
    flags = 2 | (128 if user is not None else 0) | (64 if password is not None else 0)
    body = field("MQTT") + bytes([4, flags]) + keep_alive_s.to_bytes(2, "big") + field(name)
    for value in (user, password):
        if value is not None:
            body += field(value)
    return packet(0x10, body)


METHOD, DATA = 0x15, 0x16  # properties


def authentication(method, data):
    """The properties of enhanced authentication; either may be None."""
    return counted((bytes([METHOD]) + field(method) if method is not None else b"") +
                   (bytes([DATA]) + field(data) if data is not None else b""))


def connect_v5(name, method=None, data=None, user_name=None):
    """CONNECT of MQTT 5.0 with enhanced authentication."""
    body = field("MQTT") + bytes([5, 2 | (128 if user_name is not None else 0), 0, 0])
    body += authentication(method, data) + field(name)
    return packet(0x10, body + (field(user_name) if user_name is not None else b""))


def auth(code, method, data=None):
    return packet(0xF0, bytes([code]) + authentication(method, data))


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

    def receive_packet(self):
        """The next packet as (first byte, body); (0, b"") when the other side closed."""
        first = self.receive(1)
        size, shift, more = 0, 0, 128
        while first and more:
            low = self.receive(1)[0]
            size, shift, more = size | (low & 127) << shift, shift + 7, low & 128
        return (first[0], self.receive(size)) if first else (0, b"")

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
