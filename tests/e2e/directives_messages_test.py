"""Directives about messages and their limits, seen from a client: the broker does what each says."""

import unittest

from mqtest.case import BrokerCase

NO_SUBSCRIBERS, TOO_LARGE, RETAIN_UNSUPPORTED = 0x10, 0x95, 0x9A


class Messages(BrokerCase):
    def fenced(self, subscriber, publisher):
        """What the subscriber has got of all that was published before."""
        publisher.sends_publish("fence")
        return [one.payload for one in subscriber.receives_until("fence")]

    def subscriber(self, name="s", qos=1, **connect):
        peer = self.peer(name, **connect)
        peer.subscribes("t/#", qos)
        peer.subscribes("fence", 0)
        return peer

    # --- How many, how large -------------------------------------------------------------------
    def test_max_packet_size(self):
        self.start("max_packet_size 100")
        peer = self.peer("p")
        self.assertEqual(peer.connack.properties["maximum_packet_size"], 100)
        head = 2 + len("topic") + 2 + 1  # length and topic, identifier, no properties
        self.assertEqual(peer.publishes("topic", b"x" * (98 - head)), NO_SUBSCRIBERS)
        peer.sends_publish("topic", b"x" * (99 - head), qos=1)
        self.assertEqual(peer.ends_with(), TOO_LARGE)

    def test_message_size_limit(self):
        self.start("message_size_limit 10")
        subscriber, publisher = self.subscriber(), self.peer("p")
        self.assertEqual(publisher.publishes("t", b"0123456789"), 0)
        self.assertGreaterEqual(publisher.publishes("t", b"0123456789a"), 0x80)
        self.assertEqual(self.fenced(subscriber, publisher), [b"0123456789"])

    def test_max_inflight_messages(self):
        self.start("max_inflight_messages 3")
        subscriber, publisher = self.subscriber(), self.peer("p")
        self.assertEqual(subscriber.connack.properties["receive_maximum"], 3)
        for number in range(5):
            publisher.publishes("t", b"%d" % number)
        self.assertEqual(self.fenced(subscriber, publisher), [b"0", b"1", b"2"])
        subscriber.acknowledges(1)
        self.assertEqual(subscriber.next_publish().payload, b"3")

    def test_max_inflight_messages_without_limit(self):
        self.start("max_inflight_messages 0")
        subscriber, publisher = self.subscriber(), self.peer("p")
        for number in range(50):
            publisher.publishes("t", b"%d" % number)
        self.assertEqual(len(self.fenced(subscriber, publisher)), 50)

    def test_max_inflight_bytes(self):
        self.start("max_inflight_bytes 100")
        subscriber, publisher = self.subscriber(), self.peer("p")
        for _ in range(4):
            publisher.publishes("t", b"x" * 40)
        self.assertEqual(len(self.fenced(subscriber, publisher)), 2)
        subscriber.acknowledges(1)
        self.assertEqual(subscriber.next_publish().payload, b"x" * 40)

    def test_max_inflight_bytes_lets_one_large_message_through(self):
        self.start("max_inflight_bytes 100")
        subscriber, publisher = self.subscriber(), self.peer("p")
        publisher.publishes("t", b"x" * 500)
        publisher.publishes("t", b"y")
        self.assertEqual(self.fenced(subscriber, publisher), [b"x" * 500])

    def queued(self, *payloads, qos=1):
        """What a client that was away gets of these."""
        self.away("a", "t/#")
        publisher = self.peer("p")
        for payload in payloads:
            if qos:
                publisher.publishes("t", payload, qos)
            else:
                publisher.sends_publish("t", payload)
        publisher.pings()
        back = self.peer("a", version=4, clean=False)
        got = []
        for one in back.pings():
            got.append(one.payload)
            back.acknowledges(one.packet_id)
        return got

    def test_max_queued_messages(self):
        self.start("max_queued_messages 3")
        self.assertEqual(self.queued(b"1", b"2", b"3", b"4"), [b"1", b"2", b"3"])

    def test_max_queued_messages_counts_beyond_those_in_flight(self):
        self.start("max_queued_messages 3", "max_inflight_messages 2")
        subscriber, publisher = self.subscriber(), self.peer("p")
        for number in range(9):
            publisher.publishes("t", b"%d" % number)
        got = self.fenced(subscriber, publisher)
        for packet_id in range(1, 6):
            subscriber.acknowledges(packet_id)
        got += self.fenced(subscriber, publisher)
        self.assertEqual(got, [b"0", b"1", b"2", b"3", b"4"])

    def test_max_queued_bytes(self):
        self.start("max_queued_bytes 100", "max_queued_messages 0")
        self.assertEqual(self.queued(b"x" * 60, b"y" * 41, b"z" * 40), [b"x" * 60, b"z" * 40])

    def test_queue_qos0_messages(self):
        for value, expected in (("true", [b"m"]), ("false", [])):
            with self.subTest(value=value):
                broker = self.start(f"queue_qos0_messages {value}")
                self.assertEqual(self.queued(b"m", qos=0), expected)
                self.stop(broker)

    # --- What becomes of them ------------------------------------------------------------------
    def test_retain_available(self):
        self.start("retain_available false")
        peer = self.peer("p")
        self.assertEqual(peer.connack.properties["retain_available"], 0)
        peer.sends_publish("t", b"m", qos=1, retain=True)
        self.assertEqual(peer.ends_with(), RETAIN_UNSUPPORTED)
        self.assertEqual([one.topic for one in self.subscriber().pings()], [])

    def test_upgrade_outgoing_qos(self):
        for value, expected in (("true", 2), ("false", 0)):
            with self.subTest(value=value):
                broker = self.start(f"upgrade_outgoing_qos {value}")
                subscriber, publisher = self.subscriber(qos=2), self.peer("p")
                publisher.sends_publish("t", b"m")
                self.assertEqual(subscriber.next_publish().qos, expected)
                self.stop(broker)

    def test_allow_duplicate_messages(self):
        for value, expected in (("true", 2), ("false", 1)):
            with self.subTest(value=value):
                broker = self.start(f"allow_duplicate_messages {value}")
                subscriber, publisher = self.subscriber(), self.peer("p")
                subscriber.subscribes("t/+")
                publisher.sends_publish("t/1", b"m")
                self.assertEqual(self.fenced(subscriber, publisher), [b"m"] * expected)
                self.stop(broker)

    # --- Who, and for how long -----------------------------------------------------------------
    def test_max_keepalive(self):
        self.start("max_keepalive 60")
        for asked, told in ((0, 60), (61, 60), (60, None), (5, None)):
            with self.subTest(asked=asked):
                peer = self.peer("p", keep_alive_s=asked)
                self.assertEqual(peer.connack.properties.get("server_keep_alive"), told)
        for asked, code in ((0, 2), (61, 2), (60, 0)):
            with self.subTest(asked=asked, version="3.1.1"):
                self.assertEqual(self.tries("q", version=4, keep_alive_s=asked)[1].code, code)

    def test_persistent_client_expiration(self):
        self.start("persistent_client_expiration 2h")
        peer = self.peer("p", session_expiry_interval=0xFFFFFFFF)
        self.assertEqual(peer.connack.properties["session_expiry_interval"], 7200)
        peer = self.peer("p", session_expiry_interval=60)
        self.assertNotIn("session_expiry_interval", peer.connack.properties)

    def test_persistent_client_expiration_removes_the_session(self):
        self.start("persistent_client_expiration 1s", "sys_interval 1")
        self.away("a", "t")
        observer = self.peer("o")
        observer.subscribes("$SYS/broker/clients/expired")
        while observer.next_publish().payload != b"1":
            pass
        peer = self.peer("a", version=4, clean=False)
        self.assertFalse(peer.connack.session_present)


if __name__ == "__main__":
    unittest.main(verbosity=2)
