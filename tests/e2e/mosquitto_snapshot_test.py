"""From Mosquitto to this broker on the same configuration and the same persistence file."""

import struct
import unittest

from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from mqtest.broker import Broker, Place
from mqtest.clients import Client
from mqtest.mosquitto import Mosquitto
from mqtest.paho_session import Session
from mqtest.process import run
from mqtest.programs import debian, program
from mqtest.raw_session import PUBACK, PUBCOMP, PUBREC, PUBREL, RawSession

NEVER = b"\x11\xff\xff\xff\xff"


def identifier(value):
    return b"\x0b" + bytes([value])


class TakingOver(unittest.TestCase):
    def setUp(self):
        self.place = Place()
        self.addCleanup(self.place.remove)
        self.place.write_configuration(
            "persistence true", f"persistence_location {self.place.folder}/", "autosave_interval 0",
            "max_inflight_messages 20", anonymous=True)
        self.snapshot = self.place.folder / "mosquitto.db"
        self.backup = self.place.folder / "mosquitto.db.mosquitto-backup"
        self.before = self.start_mosquitto()

    def start_mosquitto(self):
        broker = Mosquitto(self.place.configuration, self.place.port)
        self.addCleanup(broker.kill)
        return broker

    def take_over(self):
        """Ends Mosquitto and starts our broker; the snapshot's bytes, and the broker."""
        self.assertEqual(self.before.stop(), 0)
        written = self.snapshot.read_bytes()
        self.assertTrue(written.startswith(b"\x00\xb5\x00mosquitto db"))
        return written, self.start()

    def start(self):
        broker = self.place.start()
        self.addCleanup(broker.kill)
        return broker

    def raw(self, name, **options):
        session = RawSession(self.place.port, name, **options)
        self.addCleanup(session.close)
        return session

    def client(self, version="3.1.1"):
        return Client(self.place.port, version, user=None, password=None)

    def paho(self, name, **options):
        session = Session(self.place, name=name, user=None, password=None, clean=False, **options)
        self.assertEqual(session.connect(), 0)
        self.addCleanup(session.close)
        return session

    def leaves_subscription(self, name, topic, version="3.1.1"):
        """mosquitto_sub with a session that stays; it ends when the subscription stands."""
        result = run([debian("mosquitto_sub"), *self.client(version).options, "-c", "-i", name,
                      "-q", 2, "-t", topic, "-E"])
        self.assertEqual(result.returncode, 0, result.stderr)

    # --- What was stored -----------------------------------------------------------------------
    def test_queued_messages_come_once_each_to_real_clients(self):
        self.leaves_subscription("sub-3", "queue/#")
        self.leaves_subscription("sub-5", "queue/#", "5.0")
        for qos in (1, 2):
            self.client().publish_well(f"queue/{qos}", f"payload {qos}", "-q", qos)
        _, broker = self.take_over()
        wanted = [("queue/1", "payload 1", 1, 0), ("queue/2", "payload 2", 2, 0)]
        for name, version in (("sub-3", "3.1.1"), ("sub-5", "5.0")):
            with self.subTest(version=version):
                found = self.client(version).fetch("queue/#", 2, "-c", "-i", name, "-q", 2)
                self.assertEqual(found, wanted)
        broker.stop()
        self.start()
        for name in ("sub-3", "sub-5"):
            again = self.raw(name)
            self.assertTrue(again.session_present)
            self.assertTrue(again.nothing_waits(), "a message came twice")

    def test_subscriptions_go_on(self):
        self.leaves_subscription("reader", "news/+")
        self.take_over()
        self.client().publish_well("news/today", "after", "-q", 1)
        reader = self.raw("reader")
        self.assertEqual(reader.message()[:2], ("after", 1))

    def test_retained_messages_keep_their_properties(self):
        writer = self.paho("writer")
        properties = Properties(PacketTypes.PUBLISH)
        properties.ContentType = "text/plain"
        properties.CorrelationData = b"\x00\x01"
        properties.ResponseTopic = "answers"
        properties.PayloadFormatIndicator = 1
        properties.MessageExpiryInterval = 3600
        properties.UserProperty = [("a", "1"), ("a", "2")]
        writer.publish("state/door", "open", 1, retain=True, properties=properties)
        self.client().publish_well("state/lamp", "on", "-r", "-q", 1)
        self.take_over()
        reader = self.paho("reader")
        reader.subscribe("state/#", 1)
        found = {message.topic: message for message in (reader.message(), reader.message())}
        self.assertEqual(found["state/lamp"].payload, b"on")
        door = found["state/door"]
        self.assertEqual((door.payload, door.qos, door.retain), (b"open", 1, True))
        for name in ("ContentType", "CorrelationData", "ResponseTopic", "PayloadFormatIndicator",
                     "UserProperty"):
            self.assertEqual(getattr(door.properties, name), getattr(properties, name), name)
        self.assertLessEqual(door.properties.MessageExpiryInterval, 3600)
        self.assertGreater(door.properties.MessageExpiryInterval, 3500)

    def test_subscription_identifiers_are_delivered(self):
        away = self.raw("away", version=5, properties=NEVER)
        away.subscribe("t/+", 1, identifier(7))
        away.disconnect()
        self.client().publish_well("t/before", "before", "-q", 1)
        self.take_over()
        self.client().publish_well("t/after", "after", "-q", 1)
        back = self.paho("away", expiry=3600)
        for payload in (b"before", b"after"):
            message = back.message()
            self.assertEqual(message.payload, payload)
            self.assertEqual(message.properties.SubscriptionIdentifier, [7])

    def test_a_session_that_ended_meanwhile_is_gone(self):
        short = self.raw("short", version=5, properties=b"\x11" + struct.pack(">I", 1))
        short.subscribe("t", 1)
        short.disconnect()
        long = self.raw("long", version=5, properties=b"\x11" + struct.pack(">I", 3600))
        long.disconnect()
        self.assertEqual(self.before.stop(), 0)
        content = bytearray(self.snapshot.read_bytes())
        # What waiting would do: the end of the short session is moved back by an hour.
        place = content.index(struct.pack(">I", 1) + struct.pack(">HH", 0, 5)) - 8
        end = struct.unpack_from("<q", content, place)[0]
        struct.pack_into("<q", content, place, end - 3600)
        self.snapshot.write_bytes(content)
        self.start()
        self.assertFalse(self.raw("short", version=5, properties=NEVER).session_present)
        self.assertTrue(self.raw("long", version=5, properties=NEVER).session_present)

    # --- Deliveries that are under way ---------------------------------------------------------
    def test_deliveries_go_on_where_they_were(self):
        reader = self.raw("reader")
        reader.subscribe("t", 2)
        writer = self.raw("writer", clean=True)
        for packet_id, qos in ((1, 1), (2, 2), (3, 2)):
            writer.publish("t", f"message {packet_id}", qos, packet_id)
            if qos == 2:
                writer.release(packet_id)
        sent = [reader.message() for _ in range(3)]
        self.assertEqual([message[:3] for message in sent],
                         [("message 1", 1, False), ("message 2", 2, False),
                          ("message 3", 2, False)])
        ids = [message[3] for message in sent]
        reader.acknowledge(PUBREC, ids[1])
        reader.expect_acknowledgement(PUBREL, ids[1])
        reader.close()
        self.take_over()
        reader = self.raw("reader")
        self.assertTrue(reader.session_present)
        self.assertEqual(reader.message(), ("message 1", 1, True, ids[0]))
        reader.expect_acknowledgement(PUBREL, ids[1])
        self.assertEqual(reader.message(), ("message 3", 2, True, ids[2]))
        reader.acknowledge(PUBACK, ids[0])
        reader.acknowledge(PUBCOMP, ids[1])
        reader.acknowledge(PUBREC, ids[2])
        reader.expect_acknowledgement(PUBREL, ids[2])
        reader.acknowledge(PUBCOMP, ids[2])
        self.assertTrue(reader.nothing_waits())
        reader.disconnect()
        self.assertTrue(self.raw("reader").nothing_waits(), "a delivery that is over came again")

    def test_a_message_that_awaited_pubrel_comes_once(self):
        self.raw("reader").subscribe("t", 2)
        writer = self.raw("writer")
        writer.publish("t", "released", 2, 10)
        writer.publish("t", "sent again", 2, 11, retain=True)
        writer.close()
        self.take_over()
        writer = self.raw("writer")
        self.assertTrue(writer.session_present)
        writer.publish("t", "sent again", 2, 11, retain=True, dup=True)
        writer.release(10)
        writer.release(11)
        reader = self.raw("reader")
        received = [reader.message() for _ in range(2)]
        self.assertEqual([message[:3] for message in received],
                         [("released", 2, False), ("sent again", 2, False)])
        for message in received:
            reader.acknowledge(PUBREC, message[3])
            reader.expect_acknowledgement(PUBREL, message[3])
            reader.acknowledge(PUBCOMP, message[3])
        self.assertTrue(reader.nothing_waits(), "a message came twice")
        self.assertEqual(self.client().fetch("t", 1), [("t", "sent again", 0, 1)])

    # --- The file ------------------------------------------------------------------------------
    def test_the_snapshot_is_kept_and_the_log_counts(self):
        reader = self.raw("reader")
        reader.subscribe("a/#", 1)
        reader.subscribe("b/#", 1)
        reader.disconnect()
        self.client().publish_well("a/1", "one", "-q", 1, "-r")
        written, broker = self.take_over()
        broker.wait_for_log(r"Took over from Mosquitto \(snapshot of format 6\): 1 sessions with "
                            r"2 subscriptions, 1 queued messages, 0 accepted .*, 1 retained")
        broker.wait_for_log(f"The snapshot is kept as {self.backup}")
        self.assertEqual(self.backup.read_bytes(), written)
        self.assertTrue(self.snapshot.read_bytes().startswith(b"SQLite format 3\0"))
        self.assertEqual(broker.stop(), 0)
        self.assertNotIn("Took over", self.second_start())

    def second_start(self):
        broker = self.start()
        broker.stop()
        return broker.output

    def test_going_back_to_mosquitto_and_over_again_keeps_both_snapshots(self):
        first, broker = self.take_over()
        broker.stop()
        self.snapshot.write_bytes(first)
        self.before = self.start_mosquitto()
        self.client().publish_well("kept", "second time", "-r", "-q", 1)
        second, _ = self.take_over()
        self.assertEqual(self.backup.read_bytes(), first)
        self.assertEqual(self.backup.with_name(self.backup.name + "-2").read_bytes(), second)
        self.assertEqual(self.client().fetch("kept", 1), [("kept", "second time", 0, 1)])

    def test_while_mosquitto_runs_the_snapshot_stays(self):
        self.before.save(self.snapshot)
        written = self.snapshot.read_bytes()
        ours = Broker(self.place.configuration, wait=False)
        self.addCleanup(ours.kill)
        self.assertEqual(ours.wait(), 1)
        self.assertIn("Address already in use", ours.output)
        self.assertEqual(self.snapshot.read_bytes(), written)
        self.assertEqual([name.name for name in self.place.folder.glob("mosquitto.db*")],
                         ["mosquitto.db"])

    def test_a_snapshot_that_is_cut_off_gives_what_it_has(self):
        self.client().publish_well("first", "1", "-r", "-q", 1)
        self.client().publish_well("second", "2", "-r", "-q", 1)
        self.assertEqual(self.before.stop(), 0)
        content = self.snapshot.read_bytes()
        self.snapshot.write_bytes(content[:-3])
        broker = self.start()
        broker.wait_for_log("mosquitto.db is damaged; 1 places are passed over")
        broker.wait_for_log(rf"byte {len(content) - 16}: 13 bytes that hold no whole record")
        broker.wait_for_log(", 1 retained messages")
        self.assertEqual(self.backup.read_bytes(), content[:-3])

    def test_another_format_is_refused_and_named(self):
        self.assertEqual(self.before.stop(), 0)
        content = bytearray(self.snapshot.read_bytes())
        content[22] = 9
        self.snapshot.write_bytes(content)
        result = run([program("mqbroker"), "-c", self.place.configuration])
        self.assertEqual(result.returncode, 1)
        self.assertIn("format 9; this program reads formats 3 to 6", result.stderr)
        self.assertEqual(self.snapshot.read_bytes(), content)


if __name__ == "__main__":
    unittest.main(verbosity=2)
