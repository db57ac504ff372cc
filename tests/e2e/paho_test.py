"""Paho for Python against the broker: three protocol versions over TCP and over WebSocket."""

import itertools
import queue
import unittest

import paho.mqtt.client as paho
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

from mqtest import DEADLINE_S
from mqtest.broker import PASSWORD, USER, Place
from mqtest.paho_session import VERSIONS, Session

TRANSPORTS = ("tcp", "websockets")
NOT_AUTHORISED = {"3.1": 5, "3.1.1": 5, "5.0": 135}


class Paho(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.place = Place()
        cls.addClassCleanup(cls.place.remove)
        cls.place.add_user()
        cls.place.write_configuration()
        cls.broker = cls.place.start()
        cls.addClassCleanup(cls.broker.kill)

    def each_way(self):
        return itertools.product(VERSIONS, TRANSPORTS)

    def test_round_trip_with_every_quality_of_service(self):
        for version, transport in self.each_way():
            with self.subTest(version=version, transport=transport), \
                    Session(self.place, version, transport) as session:
                for qos in (0, 1, 2):
                    topic = f"paho/{version}/{transport}/{qos}"
                    self.assertEqual(session.subscribe(topic, qos), [qos])
                    session.publish(topic, b"\x00binary\xff", qos)
                    message = session.message()
                    self.assertEqual((message.topic, message.payload, message.qos),
                                     (topic, b"\x00binary\xff", qos))

    def test_large_payload_over_both_transports(self):
        payload = bytes(range(256)) * 4096
        for version, transport in self.each_way():
            with self.subTest(version=version, transport=transport), \
                    Session(self.place, version, transport) as session:
                session.subscribe("paho/large", 1)
                session.publish("paho/large", payload, 1)
                self.assertEqual(session.message().payload, payload)

    def test_wrong_password_is_refused(self):
        for version, transport in self.each_way():
            with self.subTest(version=version, transport=transport):
                session = Session(self.place, version, transport, password="wrong")
                self.assertEqual(session.connect(), NOT_AUTHORISED[version])
                session.close()

    def test_transports_and_versions_share_topics(self):
        with Session(self.place, "3.1.1", "websockets") as reader, \
                Session(self.place, "5.0", "tcp") as writer:
            reader.subscribe("paho/shared", 1)
            writer.publish("paho/shared", "from tcp", 1)
            self.assertEqual(reader.message().payload, b"from tcp")

    def test_retained_message_reaches_a_later_subscriber(self):
        for version, transport in self.each_way():
            topic = f"paho/kept/{version}/{transport}"
            with self.subTest(version=version, transport=transport):
                with Session(self.place, version, transport) as writer:
                    writer.publish(topic, "kept", 1, retain=True)
                with Session(self.place, version, transport) as reader:
                    reader.subscribe(topic, 1)
                    message = reader.message()
                    self.assertEqual((message.payload, message.retain), (b"kept", True))

    def test_session_is_there_again_with_its_queue(self):
        for version, transport in self.each_way():
            with self.subTest(version=version, transport=transport):
                name, topic = f"s-{version}-{transport}", f"paho/queue/{version}/{transport}"
                with Session(self.place, version, transport, name=name, clean=False,
                             expiry=600) as first:
                    self.assertFalse(first.session_present)
                    first.subscribe(topic, 1)
                with Session(self.place) as writer:
                    writer.publish(topic, "while away", 1)
                with Session(self.place, version, transport, name=name, clean=False,
                             expiry=600) as again:
                    self.assertTrue(version == "3.1" or again.session_present)
                    self.assertEqual(again.message().payload, b"while away")

    def test_will_of_a_lost_connection(self):
        for version, transport in self.each_way():
            topic = f"paho/will/{version}/{transport}"
            with self.subTest(version=version, transport=transport), \
                    Session(self.place) as watcher:
                watcher.subscribe(topic, 1)
                dying = Session(self.place, version, transport)
                dying.client.will_set(topic, "gone", 1)
                self.assertEqual(dying.connect(), 0)
                dying.vanish()
                self.assertEqual(watcher.message().payload, b"gone")

    def test_second_client_of_a_name_takes_over(self):
        first = Session(self.place, name="twin")
        self.assertEqual(first.connect(), 0)
        first.client.reconnect_delay_set(3600, 3600)  # it must not take over in its turn
        with Session(self.place, name="twin") as second:
            first.lost.get(timeout=DEADLINE_S)
            second.subscribe("paho/twin", 1)
            second.publish("paho/twin", "I am the one", 1)
            self.assertEqual(second.message().payload, b"I am the one")
        first.close()

    def test_properties_travel_from_publisher_to_subscriber(self):
        with Session(self.place) as session:
            session.subscribe("paho/properties", 1)
            sent = Properties(PacketTypes.PUBLISH)
            sent.UserProperty = [("colour", "green"), ("colour", "blue")]
            sent.ContentType = "text/plain"
            sent.PayloadFormatIndicator = 1
            sent.MessageExpiryInterval = 3600
            sent.ResponseTopic = "paho/answers"
            sent.CorrelationData = b"\x01\x02"
            session.publish("paho/properties", "text", 1, properties=sent)
            got = session.message().properties
            self.assertEqual(got.UserProperty, [("colour", "green"), ("colour", "blue")])
            self.assertEqual(got.ContentType, "text/plain")
            self.assertEqual(got.PayloadFormatIndicator, 1)
            self.assertLessEqual(got.MessageExpiryInterval, 3600)
            self.assertEqual(got.ResponseTopic, "paho/answers")
            self.assertEqual(got.CorrelationData, b"\x01\x02")

    def test_topic_alias_of_the_publisher_stands_for_its_topic(self):
        with Session(self.place) as session:
            session.subscribe("paho/alias", 1)
            sent = Properties(PacketTypes.PUBLISH)
            sent.TopicAlias = 1
            session.publish("paho/alias", "first", 1, properties=sent)
            self.assertEqual(session.message().topic, "paho/alias")
            # Paho wants a topic in publish(); sent twice, the alias is set again to the same topic.
            session.publish("paho/alias", "second", 1, properties=sent)
            message = session.message()
            self.assertEqual((message.topic, message.payload), ("paho/alias", b"second"))

    def test_subscription_options(self):
        with Session(self.place) as session, Session(self.place) as other:
            session.subscribe("paho/options", options=SubscribeOptions(
                qos=1, noLocal=True, retainAsPublished=True,
                retainHandling=SubscribeOptions.RETAIN_DO_NOT_SEND))
            session.publish("paho/options", "my own", 1)
            other.publish("paho/options", "of another", 1, retain=True)
            message = session.message()
            self.assertEqual((message.payload, message.retain), (b"of another", True))

    def test_subscription_identifier_comes_with_the_message(self):
        with Session(self.place) as session:
            numbered = Properties(PacketTypes.SUBSCRIBE)
            numbered.SubscriptionIdentifier = 77
            session.subscribe("paho/numbered", options=SubscribeOptions(qos=1),
                              properties=numbered)
            session.publish("paho/numbered", "x", 1)
            self.assertEqual(session.message().properties.SubscriptionIdentifier, [77])

    def test_unsubscribed_topic_stays_silent(self):
        with Session(self.place, "3.1.1") as session:
            session.subscribe("paho/left", 1)
            session.subscribe("paho/stayed", 1)
            session.client.unsubscribe("paho/left")
            while session.done.get(timeout=DEADLINE_S)[0] != "unsubscribe":
                pass
            session.publish("paho/left", "unheard", 1)
            session.publish("paho/stayed", "heard", 1)
            self.assertEqual(session.message().payload, b"heard")


if __name__ == "__main__":
    unittest.main(verbosity=2)
