"""A client that does and sees what no library shows: each packet of MQTT 5.0 or 3.1.1 as it came.

It does nothing by itself: it acknowledges what the test tells it to, sends no pings, never reconnects.
"""

import dataclasses

from .wire import PING, Wire, field, packet

CONNACK, PUBLISH, PUBACK, PUBREC, SUBACK, PINGRESP, DISCONNECT = 2, 3, 4, 5, 9, 13, 14

# name: identifier and kind of a property; a number is its size in bytes.
_PROPERTIES = {
    "message_expiry_interval": (0x02, 4), "response_topic": (0x08, "text"),
    "subscription_identifier": (0x0B, "varint"),
    "session_expiry_interval": (0x11, 4), "assigned_client_identifier": (0x12, "text"),
    "server_keep_alive": (0x13, 2), "reason_string": (0x1F, "text"), "receive_maximum": (0x21, 2),
    "topic_alias_maximum": (0x22, 2), "topic_alias": (0x23, 2), "maximum_qos": (0x24, 1),
    "retain_available": (0x25, 1), "maximum_packet_size": (0x27, 4),
    "wildcard_subscription_available": (0x28, 1), "subscription_identifier_available": (0x29, 1),
    "shared_subscription_available": (0x2A, 1),
}
_NAMES = {identifier: (name, kind) for name, (identifier, kind) in _PROPERTIES.items()}


@dataclasses.dataclass
class Packet:
    """A packet of the broker. What a kind does not have stays as it is here."""

    kind: int
    code: int = 0
    session_present: bool = False
    topic: str = ""
    payload: bytes = b""
    qos: int = 0
    retain: bool = False
    dup: bool = False
    packet_id: int = 0
    properties: dict = dataclasses.field(default_factory=dict)


class Peer(Wire):
    """A connection that speaks MQTT; `version` is 5 or 4 (3.1.1), as in CONNECT."""

    def __init__(self, port, version=5):
        super().__init__(port)
        self.version = version
        self._packet_id = 0

    def connects(self, name="", clean=True, keep_alive_s=0, user=None, password=None, **properties):
        """Sends CONNECT; returns CONNACK, or None when the broker just closes."""
        flags = (2 if clean else 0) | (128 if user is not None else 0)
        flags |= 64 if password is not None else 0
        body = field("MQTT") + bytes([self.version, flags]) + keep_alive_s.to_bytes(2, "big")
        body += self._encoded(properties) + field(name)
        for value in (user, password):
            body += field(value) if value is not None else b""
        self.send(packet(0x10, body))
        return self.next_packet()

    def subscribes(self, topic_filter, qos=0):
        """The code of the SUBACK; 0 to 2 are the granted QoS."""
        self._packet_id += 1
        self.send(packet(0x82, self._packet_id.to_bytes(2, "big") + self._encoded({})
                         + field(topic_filter) + bytes([qos])))
        return self._expects(SUBACK).code

    def sends_publish(self, topic, payload=b"", qos=0, retain=False, **properties):
        """Sends PUBLISH without waiting for an answer; returns its packet identifier."""
        body = field(topic)
        if qos:
            self._packet_id += 1
            body += self._packet_id.to_bytes(2, "big")
        body += self._encoded(properties) + payload
        self.send(packet(0x30 | qos << 1 | retain, body))
        return self._packet_id if qos else 0

    def publishes(self, topic, payload=b"", qos=1, retain=False, **properties):
        """Sends PUBLISH of QoS 1 or 2; returns the code of its PUBACK or PUBREC."""
        self.sends_publish(topic, payload, qos, retain, **properties)
        return self._expects(PUBACK if qos == 1 else PUBREC).code

    def acknowledges(self, packet_id):
        self.send(packet(0x40, packet_id.to_bytes(2, "big")))

    def disconnects(self):
        self.send(b"\xe0\x00")
        self.close()

    def next_packet(self):
        """The next packet of the broker; None when it has closed the connection."""
        first = self.receive(1)
        if not first:
            return None
        size, shift = 0, 0
        while True:
            byte = self.receive(1)[0]
            size |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                break
        return self._decoded(first[0], self.receive(size))

    def next_publish(self):
        return self._expects(PUBLISH)

    def pings(self):
        """Sends PINGREQ; returns the packets that came before its answer."""
        self.send(PING)
        return self._until(lambda one: one.kind == PINGRESP)

    def receives_until(self, topic):
        """The PUBLISH packets that come before one on `topic`."""
        return self._until(lambda one: one.kind == PUBLISH and one.topic == topic)

    def ends_with(self):
        """Waits until the broker closes; returns the code of its DISCONNECT, else None."""
        last = None
        while (one := self.next_packet()) is not None:
            last = one
        return last.code if last is not None and last.kind == DISCONNECT else None

    def _until(self, wanted):
        found = []
        while True:
            one = self.next_packet()
            assert one is not None, f"closed; before that came {found}"
            if wanted(one):
                return found
            found.append(one)

    def _expects(self, kind):
        one = self.next_packet()
        assert one is not None and one.kind == kind, f"not of kind {kind}: {one}"
        return one

    def _encoded(self, properties):
        if self.version < 5:
            assert not properties, "3.1.1 has no properties"
            return b""
        body = b""
        for name, value in properties.items():
            identifier, kind = _PROPERTIES[name]
            body += bytes([identifier])
            body += field(value) if kind == "text" else value.to_bytes(kind, "big")
        assert len(body) < 128
        return bytes([len(body)]) + body

    def _decoded(self, first, body):
        kind, rest = first >> 4, _Reader(body)
        one = Packet(kind)
        if kind == CONNACK:
            one.session_present, one.code = bool(rest.number(1)), rest.number(1)
            one.properties = self._properties(rest)
        elif kind == PUBLISH:
            one.dup, one.qos, one.retain = bool(first & 8), first >> 1 & 3, bool(first & 1)
            one.topic = rest.text()
            one.packet_id = rest.number(2) if one.qos else 0
            one.properties = self._properties(rest)
            one.payload = rest.all()
        elif kind == SUBACK:
            one.packet_id = rest.number(2)
            one.properties = self._properties(rest)
            one.code = rest.number(1)
        elif kind in (PUBACK, PUBREC):
            one.packet_id = rest.number(2)
            one.code = rest.number(1) if rest.left() else 0
        elif kind == DISCONNECT:
            one.code = rest.number(1) if rest.left() else 0
        return one

    def _properties(self, rest):
        if self.version < 5:
            return {}
        part = _Reader(rest.take(rest.varint()))
        found = {}
        while part.left():
            name, kind = _NAMES[part.number(1)]
            found[name] = (part.text() if kind == "text" else
                           part.varint() if kind == "varint" else part.number(kind))
        return found


class _Reader:
    """Takes fields from the front of a packet's body."""

    def __init__(self, data):
        self.data = data

    def left(self):
        return len(self.data)

    def take(self, size):
        assert size <= len(self.data), f"{size} bytes wanted of {self.data!r}"
        part, self.data = self.data[:size], self.data[size:]
        return part

    def all(self):
        return self.take(len(self.data))

    def number(self, size):
        return int.from_bytes(self.take(size), "big")

    def text(self):
        return self.take(self.number(2)).decode()

    def varint(self):
        value, shift = 0, 0
        while True:
            byte = self.number(1)
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value
