"""Writes the seeds in corpus/snapshot that are real files of Debian's Mosquitto.

By hand, with tests/support in PYTHONPATH: write_snapshot_seeds.py corpus/snapshot
The unit tests of the reader know what is in them.
"""

import pathlib
import struct
import sys

from mqtest.broker import Place
from mqtest.mosquitto import Mosquitto
from mqtest.raw_session import PUBREC, PUBREL, RawSession
from mqtest.wire import field

NEVER, TWO_HOURS = b"\x11\xff\xff\xff\xff", b"\x11" + struct.pack(">I", 7200)
PROPERTIES = (b"\x01\x01" + b"\x02" + struct.pack(">I", 3600) + b"\x03" + field("text/plain")
              + b"\x08" + field("answers") + b"\x09" + field(b"\x00\x01")
              + b"\x26" + field("a") + field("1") + b"\x26" + field("a") + field("2"))


class Writer:
    """One Mosquitto, what its clients do, and the file that it leaves."""

    def __init__(self, folder):
        self.folder = folder

    def write(self, name, act, *lines):
        place = Place()
        place.write_configuration("persistence true", f"persistence_location {place.folder}/",
                                  "autosave_interval 0", *lines, anonymous=True)
        with Mosquitto(place.configuration, place.port) as broker:
            act(place.port)
            broker.stop()
        (self.folder / name).write_bytes((place.folder / "mosquitto.db").read_bytes())
        place.remove()


def nothing(_port):
    pass


def sessions(port):
    """Sessions of both versions, with user names, and subscriptions with every option."""
    old = RawSession(port, "old", user="anna")
    old.subscribe("a/#", 2)
    new = RawSession(port, "new", 5, properties=TWO_HOURS, user="berta")
    new.subscribe("b/+", 1 | 4 | 8 | 0x10, b"\x0b\xac\x02")
    new.subscribe("c", 0)
    new.disconnect()
    RawSession(port, "gone", clean=True).disconnect()


def retained(port):
    writer = RawSession(port, "writer", 5, clean=True)
    writer.publish("r/1", "one", 1, retain=True)
    writer.publish("r/2", "two", 2, 2, retain=True, properties=PROPERTIES)
    writer.release(2)


def states(port):
    """Deliveries in every state, both ways."""
    reader = RawSession(port, "reader", 5, properties=NEVER)
    reader.subscribe("t", 2, b"\x0b\x07")
    writer = RawSession(port, "writer")
    for packet_id, qos in ((1, 1), (2, 2), (3, 2), (4, 1), (5, 2)):
        writer.publish("t", f"{packet_id}", qos, packet_id)
        if qos == 2:
            writer.release(packet_id)
    ids = [reader.message()[3] for _ in range(3)]
    reader.acknowledge(PUBREC, ids[1])
    reader.expect_acknowledgement(PUBREL, ids[1])
    writer.publish("t", "awaits PUBREL", 2, 700, retain=True)


def no_user(port):
    """A session without user name after one with: its user name is rubbish."""
    RawSession(port, "with", user="u").disconnect()
    RawSession(port, "without").disconnect()


def old_options(port):
    """A queued message of QoS 0, and a session of MQTT 3.1.1 that ends."""
    RawSession(port, "reader").subscribe("t", 1)
    RawSession(port, "reader").disconnect()
    RawSession(port, "writer", clean=True).publish("t", "at most once")
    RawSession(port, "last", clean=True).disconnect()


def main():
    writer = Writer(pathlib.Path(sys.argv[1]))
    writer.write("v6_empty", nothing)
    writer.write("v6_sessions", sessions)
    writer.write("v6_retained", retained)
    writer.write("v6_states", states, "max_inflight_messages 3")
    writer.write("v6_no_user", no_user)
    writer.write("v6_old_options", old_options, "queue_qos0_messages true",
                 "persistent_client_expiration 2h")


if __name__ == "__main__":
    main()
