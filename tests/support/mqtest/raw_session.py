"""A session that a test leaves in any state it likes: acknowledgements go out only when asked."""

import struct

from . import DEADLINE_S
from .wire import Wire, field, packet

PUBACK, PUBREC, PUBREL, PUBCOMP = 0x40, 0x50, 0x62, 0x70
CONNACK, PUBLISH, SUBACK = 0x20, 0x30, 0x90


def number(value):
    """A variable byte integer."""
    encoded = b""
    while True:
        value, low = divmod(value, 128)
        encoded += bytes([low | (128 if value else 0)])
        if not value:
            return encoded


class RawSession(Wire):
    """A connected client of MQTT 3.1.1 (4) or 5.0 (5) that keeps its session."""

    def __init__(self, port, name, version=4, clean=False, properties=b"", user=None):
        super().__init__(port)
        self.socket.settimeout(DEADLINE_S)
        self.version = version
        body = field("MQTT") + bytes([version, (2 if clean else 0) | (128 if user else 0)])
        body += struct.pack(">H", 0) + self._properties(properties) + field(name)
        self.send(packet(0x10, body + (field(user) if user else b"")))
        answer = self.expect(CONNACK)
        assert answer[1] == 0, answer
        self.session_present = answer[0] == 1

    def _properties(self, encoded=b""):
        return number(len(encoded)) + encoded if self.version == 5 else b""

    def read(self):
        """The next packet: its first byte, and what stands behind the length."""
        first = self.receive(1)
        size = shift = 0
        while True:
            low = self.receive(1)[0]
            size |= (low & 127) << shift
            shift += 7
            if not low & 128:
                return first[0], self.receive(size)

    def expect(self, kind):
        first, body = self.read()
        assert first & 0xF0 == kind & 0xF0, f"{first:#x} {body!r} instead of {kind:#x}"
        return body

    def subscribe(self, topic, options=0, properties=b""):
        body = struct.pack(">H", 1) + self._properties(properties) + field(topic)
        self.send(packet(0x82, body + bytes([options])))
        self.expect(SUBACK)

    def publish(self, topic, payload, qos=0, packet_id=1, retain=False, dup=False, properties=b""):
        """Sends PUBLISH and, above QoS 0, waits for the first answer."""
        first = PUBLISH | (8 if dup else 0) | qos << 1 | (1 if retain else 0)
        body = field(topic) + (struct.pack(">H", packet_id) if qos else b"")
        self.send(packet(first, body + self._properties(properties) + payload.encode()))
        if qos:
            self.expect_acknowledgement(PUBACK if qos == 1 else PUBREC, packet_id)

    def acknowledge(self, kind, packet_id):
        self.send(packet(kind, struct.pack(">H", packet_id)))

    def expect_acknowledgement(self, kind, packet_id):
        body = self.expect(kind)
        assert body[:2] == struct.pack(">H", packet_id), f"{body!r} instead of {packet_id}"

    def release(self, packet_id):
        """The second half of a publication at QoS 2."""
        self.acknowledge(PUBREL, packet_id)
        self.expect_acknowledgement(PUBCOMP, packet_id)

    def message(self):
        """The next PUBLISH, as (payload, QoS, DUP, packet identifier)."""
        first, body = self.read()
        assert first & 0xF0 == PUBLISH, f"{first:#x} {body!r} instead of PUBLISH"
        size = int.from_bytes(body[:2], "big")
        body = body[2 + size:]
        qos = first >> 1 & 3
        packet_id = int.from_bytes(body[:2], "big") if qos else 0
        body = body[2:] if qos else body
        if self.version == 5:
            assert body[0] < 128, "a long property list is not for this helper"
            body = body[1 + body[0]:]
        return body.decode(), qos, bool(first & 8), packet_id

    def nothing_waits(self):
        """True when the broker answers PINGREQ and has sent nothing before."""
        self.send(b"\xc0\x00")
        return self.read()[0] == 0xD0

    def disconnect(self):
        self.send(packet(0xE0, b""))
        self.is_closed_by_peer()
        self.close()
